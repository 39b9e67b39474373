// Puts rendered parts of the page in place as they arrive.
"use strict";

const connection = document.getElementById("connection");
const source = new EventSource(document.currentScript.dataset.live);
let missed = false;

source.addEventListener("open", () => {
  show("live");
  if (missed) refresh();
  missed = false;
});
source.addEventListener("error", () => {
  missed = true;
  show("connection lost, trying again");
});
source.addEventListener("part", (event) => place(event.data));
// What the page shows has come to its end.
source.addEventListener("end", () => source.close());

function show(text) {
  if (!connection) return;
  connection.textContent = text;
  connection.classList.toggle("lost", text !== "live");
}

function place(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  const part = template.content.firstElementChild;
  if (!part) return;
  const old = document.getElementById(part.id);
  if (old) {
    if (old.outerHTML !== part.outerHTML) old.replaceWith(part);
  } else if (part.classList.contains("station")) {
    addInOrder(part);
  }
}

function addInOrder(card) {
  const groups = [...document.querySelectorAll("#stations .group")];
  const group = groups.find((group) => group.dataset.site === card.dataset.site);
  const list = group?.querySelector(".stations");
  if (!list) return void refresh();
  const next = [...list.children].find((other) => other.dataset.name > card.dataset.name);
  list.insertBefore(card, next ?? null);
}

async function refresh() {
  const response = await fetch(location.href);
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["summary", "stations", "sessions", "refusals", "payment", "order", "batch", "places"]) {
    const part = fresh.getElementById(id);
    if (part) document.getElementById(id)?.replaceWith(part);
  }
}
