// A draft that others write too: what they changed is put into the page, what both changed is kept aside.
"use strict";

document.addEventListener("draft-merged", (event) => {
  for (const [id, change] of Object.entries(event.detail)) {
    const field = document.getElementById(id);
    if (!field || change.text === undefined) continue;
    if (field.type === "checkbox") {
      field.checked = change.text === "yes";
      continue;
    }
    const unchanged = field.value.replaceAll("\r\n", "\n") === change.sent;
    const mine = change.mine && document.getElementById(change.mine);
    if (mine && !unchanged) mine.value = field.value; // somebody typed on while the answer was under way
    if (mine || unchanged) field.value = change.text;
  }
  for (const box of document.querySelectorAll("[data-slider]")) box.dispatchEvent(new Event("repaint"));
});
