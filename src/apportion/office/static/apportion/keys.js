// The keyboard, the two-handled slider and the letter counter. Every page works without this file.
"use strict";

document.documentElement.classList.add("js");

// On a narrow screen the rail is one line that scrolls: it begins where one is.
const here = document.querySelector(".rail a[aria-current]");
if (here) here.closest("div").scrollLeft = here.offsetLeft - 90;

const typing = (event) => event.target.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];

// Opens the reason below the row that holds the focus, and closes the others.
function showReason(row) {
  for (const other of rows()) {
    const why = document.getElementById(other.getAttribute("aria-describedby") || "");
    other.classList.toggle("foc", other === row);
    if (why) why.hidden = other !== row;
  }
}

function move(step) {
  const all = rows();
  const links = all.map((row) => row.querySelector("a"));
  const now = links.indexOf(document.activeElement);
  const from = now >= 0 ? now : all.findIndex((row) => row.classList.contains("foc"));
  const next = links[Math.min(Math.max(from + step, 0), links.length - 1)];
  if (next) next.focus();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => showKeys(),
};

// Tells the keys that do something in this page, and no others.
function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog || dialog.open) return;
  for (const key of dialog.querySelectorAll("[data-when]")) {
    key.hidden = key.nextElementSibling.hidden = !document.querySelector(key.dataset.when);
  }
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key === "Enter") {
    event.target.closest("form")?.querySelector("[data-submit]")?.click();
    return;
  }
  const act = keys[event.key];
  if (!act || typing(event) || event.metaKey || event.ctrlKey || event.altKey) return;
  event.preventDefault();
  act();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-rows] [data-row]");
  if (row && row.hasAttribute("aria-describedby")) showReason(row);
});

// Counts letters under a field that names its counter.
function count(field) {
  const out = document.getElementById(field.dataset.count);
  if (out) out.textContent = `${[...field.value].length} of ${field.maxLength}`;
}

// Keeps the number fields, which are the truth, and the two handles of a slider alike.
function slide(box) {
  const low = box.querySelector("input.low");
  const high = box.querySelector("input.high");
  const fields = [low, high].map((handle) => document.getElementById(handle.dataset.field));
  const paint = () => {
    const share = (handle) => `${(100 * handle.value) / handle.max}%`;
    box.style.setProperty("--low", share(low));
    box.style.setProperty("--high", share(high));
    const cost = document.getElementById(box.dataset.cost);
    const rate = Number(box.dataset.rate);
    if (cost && rate) cost.textContent = Math.round(Number(fields[1].value) * rate).toLocaleString("en-GB");
    const shell = document.getElementById("shell-amounts");
    if (shell) shell.textContent = `--min ${fields[0].value || 0} --ask ${fields[1].value || 0}`;
  };
  const fromHandle = (moved) => {
    if (Number(low.value) > Number(high.value)) (moved === low ? high : low).value = moved.value;
    fields[0].value = low.value;
    fields[1].value = high.value;
    paint();
  };
  const fromField = () => {
    for (const handle of [low, high]) handle.max = Math.max(Number(box.dataset.max), Number(fields[1].value) || 0);
    low.value = fields[0].value || 0;
    high.value = fields[1].value || 0;
    paint();
  };
  box.addEventListener("repaint", fromField);
  for (const handle of [low, high]) handle.addEventListener("input", () => fromHandle(handle));
  for (const field of fields) field.addEventListener("input", fromField);
  fromField();
}

document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("[data-count]")) {
    field.addEventListener("input", () => count(field));
    count(field);
  }
  for (const box of document.querySelectorAll("[data-slider]")) slide(box);
  document.getElementById("keys-open")?.addEventListener("click", keys["?"]);
  document.getElementById("keys-close")?.addEventListener("click", () => document.getElementById("keys").close());
});
