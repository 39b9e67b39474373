/* Links the library that needs no std, and runs it. */

#include <stdio.h>

int ocpp_try(void);

/* The compiled `alloc` names this for unwinding, which does not happen with panic = "abort". */
void rust_eh_personality(void) {}

int main(void) {
    int step = ocpp_try();
    if (step != 0) {
        printf("step %d went wrong\n", step);
    }
    return step;
}
