// The palette that finds anything, and the sign that long work goes on. Both have a page or an answer without this file.
"use strict";

const palette = document.getElementById("palette");
const words = document.getElementById("palette-words");
const found = () => [...document.querySelectorAll("#palette-found a")];

function openPalette(event) {
  if (!palette || palette.open) return;
  event.preventDefault();
  palette.showModal();
  words.select();
  words.dispatchEvent(new Event("open"));
}

// Arrows go along what was found and back to the words; Enter in the words opens the first.
function goAlong(event) {
  const links = found();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && links.length) {
    event.preventDefault();
    const at = links.indexOf(document.activeElement) + step;
    (at < 0 ? words : links[Math.min(at, links.length - 1)]).focus();
  } else if (event.key === "Escape") {
    event.preventDefault(); // else a field of words would only be emptied
    palette.close();
  } else if (event.key === "Enter" && event.target === words && links.length) {
    event.preventDefault();
    links[0].click();
  }
}

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === "k") openPalette(event);
});
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("palette-open")?.addEventListener("click", openPalette);
  palette?.addEventListener("keydown", goAlong);
});

// A form that is still being answered after a moment says so, and is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => document.getElementById("working")?.removeAttribute("hidden"), 400);
});
// Whoever comes back with the back button finds the form as it was.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  document.getElementById("working")?.setAttribute("hidden", "");
});
