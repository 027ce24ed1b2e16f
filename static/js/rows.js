// A value of a row that is edited where it stands. The form comes from the server (htmx); here is what keys and leaving
// the form do: Esc restores the value, leaving saves what was changed, and the focus goes back to the value.
"use strict";

(() => {
  let goesTo = null; // the value to have the focus when the answer is there, by its id
  let pressed = null; // the value that was pressed last, by its id
  let rowsToFocus = [];
  let opens = null; // the value to be opened then, since it was pressed to leave another

  const formOf = (element) => element?.closest?.(".cell > .cell-form");
  const isChanged = (form) =>
    [...form.elements].some((field) => {
      if (field.type === "hidden" || !field.name) return false;
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
      return field.value !== field.defaultValue;
    });

  const restore = (form) => {
    const id = form.dataset.cell;
    form.dataset.sent = "never"; // a form that goes loses the focus, too
    form.remove();
    document.getElementById(id)?.focus();
  };

  document.addEventListener("keydown", (event) => {
    const form = formOf(event.target);
    if (form && event.key === "Escape") restore(form);
  });

  document.addEventListener("click", (event) => {
    const form = formOf(event.target);
    if (!form || !event.target.closest("[data-leave]")) return;
    event.preventDefault();
    restore(form);
  });

  // Before the focus leaves the form, so that it is known where to.
  document.addEventListener("pointerdown", (event) => {
    pressed = event.target.closest?.(".cell > a")?.id ?? null;
  });

  document.addEventListener("focusout", (event) => {
    const form = formOf(event.target);
    if (!form || form.contains(event.relatedTarget) || !document.hasFocus() || form.dataset.sent) return;
    if (!isChanged(form)) {
      if (event.relatedTarget) form.remove();
      return;
    }
    if (!event.relatedTarget && !pressed) return; // beside everything: nothing else is begun yet
    goesTo = event.relatedTarget?.id || pressed;
    opens = pressed;
    form.dataset.sent = "by leaving";
    form.requestSubmit();
  });

  // Where the focus goes after a button of a row: to the row or, when it is gone, to the one after it.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const row = detail.elt.closest?.(".menu")?.closest(".session, .entry");
    if (!row || detail.elt.matches("a")) return;
    const rows = [...document.querySelectorAll(".session, .entry")];
    const index = rows.indexOf(row);
    rowsToFocus = [row, rows[index + 1], rows[index - 1]].filter(Boolean).map(({ id }) => id);
  });

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const form = formOf(detail.elt);
    if (form && form === detail.elt && form.dataset.sent !== "by leaving") goesTo = form.dataset.cell;
    if (form) form.dataset.sent ||= "by pressing";
    if (detail.target?.matches?.(".cell") && detail.target.querySelector(".cell-form")) detail.xhr?.abort(); // it is open
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const form = formOf(detail.elt);
    if (form) delete form.dataset.sent; // it may be sent again: nothing came, or it was rejected
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const opened = detail.elt.matches?.(".cell") ? detail.elt.querySelector(".cell-form") : formOf(detail.elt);
    if (opened) {
      document.querySelector(".menu:popover-open")?.hidePopover();
      pressed = null;
      const field = opened.querySelector("[autofocus], [aria-invalid]") ??
        opened.querySelector("input:not([type=hidden]), select");
      field?.focus();
      if (field?.type === "text") field.select();
      return;
    }
    if (rowsToFocus.length) {
      const row = rowsToFocus.map((id) => document.getElementById(id)).find(Boolean);
      (row ?? document.getElementById("heading"))?.focus();
      rowsToFocus = [];
    }
    if (!goesTo) return;
    document.getElementById(goesTo)?.focus();
    if (opens) document.getElementById(opens)?.click();
    goesTo = opens = pressed = null;
  });
})();
