"""Small help with TCP ports for the scripts.

    ports.py free N              prints N ports of 127.0.0.1 that are free now
    ports.py wait SECONDS PORT   waits until something listens on PORT
"""

import socket
import sys
import time


def free(count):
    """Ports that the system has just given out, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def wait(seconds, port):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if listens(port):
            return
        time.sleep(0.1)
    sys.exit(f"nothing listens on port {port} after {seconds:g} s")


if __name__ == "__main__":
    if sys.argv[1] == "free":
        print(*free(int(sys.argv[2])))
    else:
        wait(float(sys.argv[2]), int(sys.argv[3]))
