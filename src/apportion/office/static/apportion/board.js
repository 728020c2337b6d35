// The board by keys and by dragging. Every move can be made without this file, by the forms beside it.
"use strict";

(() => {
  const dialog = document.getElementById("move");
  const form = dialog.querySelector("form");
  const told = document.getElementById("move-told");
  const lineBox = document.getElementById("move-line");
  const amount = document.getElementById("move-amount");
  const line = document.getElementById("line");
  const cutline = document.getElementById("cutline");
  const per = Number(line.dataset.per);
  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
  const words = { full: "Grant in full", minimum: "Hold to its minimum", out: "Not yet" };

  // Asks the engine what the move would bring, while one writes the reason.
  function foretell() {
    const asked = new URLSearchParams(new FormData(form));
    asked.delete("why");
    asked.delete("csrfmiddlewaretoken");
    told.textContent = "";
    window.htmx?.ajax("GET", `${dialog.dataset.preview}?${asked}`, { target: told, swap: "innerHTML" });
  }

  function open(moved, owner, title, to) {
    form.elements.moved.value = moved;
    form.elements.owner.value = owner;
    lineBox.hidden = moved !== "pool";
    amount.value = to === undefined ? "" : Math.round(to / per);
    document.getElementById("move-title").textContent = title;
    document.getElementById("move-why").value = "";
    dialog.showModal();
    document.getElementById("move-why").focus();
    foretell();
  }

  const focused = () => {
    const all = rows();
    return all.find((row) => row.contains(document.activeElement)) || all.find((row) => row.classList.contains("foc"));
  };
  const pin = (moved) => () => {
    const row = focused();
    if (row) open(moved, row.id, `${words[moved]}: ${row.dataset.title}`);
  };
  const moveLine = (to) => {
    if (to !== "" && to !== undefined) open("pool", "", "Move the line", Number(to));
  };
  const press = (id) => () => document.getElementById(id)?.click();
  const keys = {
    g: pin("full"),
    m: pin("minimum"),
    n: pin("out"),
    b: () => {
      const row = focused();
      if (row) document.querySelector(`[data-back="${CSS.escape(row.id)}"]`)?.click();
    },
    u: press("undo"),
    r: press("redo"),
    "[": () => moveLine(cutline?.dataset.down),
    "]": () => moveLine(cutline?.dataset.up),
  };
  document.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const busy = event.target.closest("input:not([type=range]), textarea, select, dialog[open]");
    if (!act || busy || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  document.getElementById("move-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { line.value = line.defaultValue; });
  amount.addEventListener("change", foretell);

  // The line in the picture: a slider that lies over it.
  line.hidden = false;
  const flag = document.querySelector(".sky .flag-text");
  const plain = flag?.textContent;
  const mark = document.querySelectorAll(".sky line.cut, .sky .flag, .sky .flag-text");
  const wide = 1048;
  line.addEventListener("input", () => {
    const shift = ((Number(line.value) - Number(line.defaultValue)) / Number(line.max)) * wide;
    for (const part of mark) part.setAttribute("transform", `translate(${shift} 0)`);
    if (flag) flag.textContent = `${Math.round(Number(line.value) / per).toLocaleString("en-GB")} ${line.dataset.unit}`;
  });
  line.addEventListener("change", () => moveLine(line.value));
  dialog.addEventListener("close", () => {
    for (const part of mark) part.removeAttribute("transform");
    if (flag) flag.textContent = plain;
  });

  // The line in the table: dragged to below the row where it is let go.
  let under = null;
  const below = (event) => rows().filter((row) => row.getBoundingClientRect().top < event.clientY).at(-1);
  cutline?.addEventListener("pointerdown", (event) => {
    cutline.setPointerCapture(event.pointerId);
    under = undefined;
  });
  cutline?.addEventListener("pointermove", (event) => {
    if (under === null) return;
    under?.classList.remove("drop-here");
    under = below(event);
    under?.classList.add("drop-here");
  });
  cutline?.addEventListener("pointerup", () => {
    const row = under;
    row?.classList.remove("drop-here");
    under = null;
    if (row) moveLine(row.dataset.line);
  });

  // A long table opens around the line; what stands far from it is a scroll away.
  const table = document.querySelector(".lots")?.parentElement;
  if (cutline && table && innerWidth > 900 && table.clientHeight > 760) {
    table.classList.add("around");
    const off = cutline.getBoundingClientRect().top - table.getBoundingClientRect().top;
    if (!location.hash) table.scrollTop = off - table.clientHeight / 2;
  }
})();
