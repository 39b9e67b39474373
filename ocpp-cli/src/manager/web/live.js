// Puts rendered parts of the page in place as they arrive.
"use strict";

const connection = document.getElementById("connection");
const source = new EventSource("/live");

source.addEventListener("open", () => show("live"));
source.addEventListener("error", () => show("connection lost, trying again"));
source.addEventListener("part", (event) => place(event.data));

function show(text) {
  if (connection.textContent !== text && text === "live") {
    // Changes may have been missed while there was no connection.
    refresh();
  }
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
    old.replaceWith(part);
  } else if (part.classList.contains("station")) {
    document.getElementById("no-stations")?.remove();
    addInOrder(document.getElementById("stations"), part);
  }
}

function addInOrder(list, card) {
  const next = [...list.children].find((other) => other.dataset.name > card.dataset.name);
  list.insertBefore(card, next ?? null);
}

async function refresh() {
  const response = await fetch("/");
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["summary", "stations", "sessions", "refusals"]) {
    document.getElementById(id)?.replaceWith(fresh.getElementById(id));
  }
}
