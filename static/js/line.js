// The line that is typed: its chips, and what was tracked lately to choose from. The server reads the line and sends both
// (`/timer/preview/`); Enter does not wait for that.
"use strict";

(() => {
  const list = () => document.getElementById("timer-suggestions");
  const form = () => document.getElementById("timer-start");
  const isField = (element) => element?.id === "id_name";

  const options = () => [...(list()?.children ?? [])];
  const selected = () => options().find((option) => option.getAttribute("aria-selected") === "true");

  const choose = (option) => {
    const field = bar.field();
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };

  const close = () => {
    if (!list()) return;
    list().hidden = true;
    bar.field()?.setAttribute("aria-expanded", "false");
    choose(null);
  };

  // Takes over what was tracked before, as it would be typed; Enter then starts it.
  const take = (option) => {
    bar.field().value = option.dataset.text;
    form().elements.billable.value = option.dataset.billable;
    close();
    bar.field().focus();
    htmx.trigger(bar.field(), "timer:preview");
  };

  const prepare = (field) => {
    field.removeAttribute("list"); // that one is for browsers without scripts
    const roles = { role: "combobox", "aria-controls": "timer-suggestions", "aria-expanded": "false", "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(roles)) field.setAttribute(name, value);
  };
  // Also reads what was typed before anything listened.
  document.addEventListener("htmx:load", ({ detail }) => {
    const field = bar.field();
    if (!detail.elt.contains(field)) return;
    prepare(field);
    if (field.value !== field.defaultValue) htmx.trigger(field, "timer:preview");
  });

  // What is answered too late, after the field was sent or left, says nothing and opens nothing.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (isField(detail.requestConfig.elt) && !detail.requestConfig.elt.isConnected) detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target?.id !== "timer-reading" || !list()) return;
    const isOpen = isField(document.activeElement) && options().length > 0 && !isTaken;
    list().hidden = !isOpen;
    bar.field()?.setAttribute("aria-expanded", String(isOpen));
  });

  let isTaken = false; // the line is a suggestion as it is, or Esc was pressed: there is nothing to suggest
  document.addEventListener("input", ({ target }) => {
    if (!isField(target)) return;
    isTaken = false;
    form().elements.billable.value = "";
    form().elements.at?.remove(); // what was pressed before the server asked was another line
  });

  document.addEventListener("keydown", (event) => {
    if (!isField(event.target) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = list() && !list().hidden;
    if (event.key === "ArrowDown" && !isOpen) {
      isTaken = false;
      htmx.trigger(bar.field(), "timer:preview");
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!isOpen) return;
      const all = options();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = (all.indexOf(selected()) + step + all.length + 1) % (all.length + 1);
      choose(all[next] ?? null); // after the last one none is chosen, and Enter sends what was typed
    } else if (event.key === "Enter" && isOpen && selected()) {
      isTaken = true;
      take(selected());
    } else if (event.key === "Escape") {
      isTaken = true; // also what is still to come stays closed
      if (!isOpen) return;
      close();
    } else {
      return;
    }
    event.preventDefault();
  });

  document.addEventListener("click", ({ target }) => {
    if (isField(target)) isTaken = false;
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (isField(target) && !list()?.contains(relatedTarget)) close();
  });
  // Before the field loses the focus by it.
  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("#timer-suggestions [role=option]");
    if (!option) return;
    event.preventDefault();
    isTaken = true;
    take(option);
  });

  // A chip becomes text again: by a backslash before each of its words, the last one first.
  document.addEventListener("click", ({ target }) => {
    const chip = target.closest("#timer-reading .chip");
    if (!chip) return;
    const { escape, field: name } = chip.dataset;
    if (name) form().elements[name].value = "no";
    for (const at of (escape ?? "").split(" ").map(Number).reverse()) {
      if (!escape) break;
      const letters = [...bar.field().value]; // as the server counts them
      bar.field().value = letters.toSpliced(at, 0, "\\").join("");
    }
    isTaken = true;
    bar.field().focus();
    htmx.trigger(bar.field(), "timer:preview");
  });
})();
