// The grid of a week: Enter goes down a column and Shift Enter up, as in a sheet; at its end to the button that saves.
// Tab goes along the row as everywhere. Without this, Enter saves.
"use strict";

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.(".is-grid td > input");
  if (!field || event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const column = field.parentElement.cellIndex;
  const fields = [...field.closest("tbody").rows]
    .map((row) => row.cells[column].querySelector("input:not([type=hidden])"))
    .filter(Boolean);
  const next = fields[fields.indexOf(field) + (event.shiftKey ? -1 : 1)];
  if (next) {
    next.focus();
    next.select();
  } else if (!event.shiftKey) {
    field.form.querySelector("button[type=submit]").focus();
  }
});
