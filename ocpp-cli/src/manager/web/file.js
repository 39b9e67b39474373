// Puts the text of a chosen file into a field of the form.
"use strict";

for (const input of document.querySelectorAll("input[type=file][data-into]")) {
  input.closest("label").hidden = false;
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file) input.form.elements[input.dataset.into].value = await file.text();
  });
}
