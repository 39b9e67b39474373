// Shows only the fields of what is chosen where an order asks for one of several.
"use strict";

function showChosen(select) {
  const form = select.form;
  for (const part of form.querySelectorAll("[data-of]")) {
    if (part.dataset.of !== select.dataset.cases) continue;
    const isChosen = part.dataset.case === select.value;
    part.hidden = !isChosen;
    const group = part.querySelector("details");
    if (isChosen && group) group.open = true;
  }
}

for (const select of document.querySelectorAll("select[data-cases]")) {
  select.addEventListener("change", () => showChosen(select));
  showChosen(select);
}
