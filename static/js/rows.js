// A value of a row that is edited where it stands. The form comes from the server (htmx); here is what keys and leaving
// the form do: Esc restores the value, leaving saves what was changed, and the focus goes back to the value. And the menu
// of a row, a copy of the one that the page has for all.
"use strict";

const rowMenu = (() => {
  let goesTo = null; // the value to have the focus when the answer is there, by its id
  let pressed = null; // the value that was pressed last, by its id
  let toFocus = []; // where the focus may go when what had it is gone, by id, the best first
  let opens = null; // the value to be opened then, since it was pressed to leave another

  const formOf = (element) => element?.closest?.(".cell > .cell-form");

  const close = (form) => {
    form.dataset.sent = "never"; // a form that goes loses the focus, too
    form.remove();
  };
  const restore = (form) => {
    close(form);
    document.getElementById(form.dataset.cell)?.focus();
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

  // ---- The menu of a row
  const ANY = /00000000-0000-0000-0000-000000000000/g;
  const menuOf = (button) => {
    if (button.popoverTargetElement) return button.popoverTargetElement;
    const menu = document.getElementById("row-menu").content.firstElementChild.cloneNode(true);
    for (const element of [menu, ...menu.querySelectorAll("*")]) {
      for (const { name, value } of element.attributes) element.setAttribute(name, value.replace(ANY, button.dataset.menu));
      const { state } = element.dataset;
      if (state && !button.dataset.states.split(" ").includes(state)) element.remove();
    }
    button.after(menu);
    htmx.process(menu);
    button.type = "button";
    button.popoverTargetElement = menu;
    return menu;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu]");
    if (button) menuOf(button); // which the browser opens after this
  });

  // One listener for all values: as elements of htmx's own they took most of the time of each answer.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".session .cell > a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.classList.contains("htmx-request")) return; // it is being opened
    htmx.ajax("GET", link.getAttribute("href"), { source: link, target: link.parentElement, swap: "beforeend" })
      .catch(() => {}); // what failed is heard by `request:end`
  });

  // Before the focus leaves the form, so that it is known where to.
  document.addEventListener("pointerdown", (event) => {
    pressed = event.target.closest?.(".cell > a")?.id ?? null;
  });

  document.addEventListener("focusout", (event) => {
    const form = formOf(event.target);
    if (!form || form.contains(event.relatedTarget) || !document.hasFocus()) return;
    if (form.dataset.sent || "moves" in form.dataset) return;
    if (form.querySelector(".both")) return; // only a button or Enter decides
    if (!editing.isChanged(form)) {
      if (event.relatedTarget && !form.querySelector("[role=alert]")) form.remove();
      return;
    }
    if (!event.relatedTarget && !pressed) return; // beside everything: nothing else is begun yet
    goesTo = event.relatedTarget?.id || pressed;
    opens = pressed;
    form.dataset.sent = "by leaving";
    form.requestSubmit();
  });

  // Where the focus goes when what was pressed is gone with the answer: to its row, the row after or before it, else to
  // the heading. What has an id and is there again gets the focus from htmx.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const pressedIn = detail.requestConfig.triggeringEvent?.submitter ?? detail.elt;
    if (!detail.elt.closest?.("#content, #notices") || formOf(detail.elt) || detail.requestConfig.verb === "get") return;
    const rows = [...document.querySelectorAll(".session, .entry")];
    const changed = detail.elt.id === "selection" ? rows.filter((row) => row.querySelector(".pick:checked")) : [pressedIn.closest(".session, .entry")];
    const [first, last] = [rows.indexOf(changed.at(0)), rows.indexOf(changed.at(-1))];
    const around = first < 0 ? [] : [...changed, rows[last + 1], rows[first - 1]];
    toFocus = [...around.filter(Boolean).map(({ id }) => id), "heading", "main"];
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

  document.addEventListener("request:end", ({ detail: { requestConfig, outcome, xhr } }) => {
    const { elt: form, formData } = requestConfig;
    if (!form.matches(".cell-form")) return;
    if (outcome !== "load" || xhr.status !== 200) goesTo = opens = null; // the value is not left yet
    else if (form.isConnected && !editing.typedSince(form, formData).length) close(form); // what is saved is shown later
  });

  // A value that was opened before the one left for it was saved has the version of before. It gets the present one, if
  // its form is still the same: nobody else changed it.
  const valuesOf = (form) => {
    const fields = [...(form?.elements ?? [])].filter(({ name }) => name && !["csrfmiddlewaretoken", "version"].includes(name));
    const selectedIn = ({ options }) => [...(options ?? [])].map((option) => option.defaultSelected);
    return JSON.stringify(fields.map((field) => [field.name, field.defaultValue, field.defaultChecked, selectedIn(field)]));
  };
  const updateVersion = async (link, form) => {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".cell-form");
    if (valuesOf(fresh) === valuesOf(form)) form.elements.version.value = fresh.elements.version.value;
  };

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const opened = detail.elt.matches?.(".cell") ? detail.elt.querySelector(".cell-form") : formOf(detail.elt);
    if (opened) {
      document.querySelector(".menu:popover-open")?.hidePopover();
      pressed = null;
      const field = opened.querySelector("[autofocus], [aria-invalid]") ??
        opened.querySelector("input:not([type=hidden]), select");
      if (editing.isTypingBeside(opened)) return;
      field?.focus();
      if (field?.type === "text" && !editing.isTyped(field)) field.select();
      return;
    }
    const isNowhere = (document.activeElement ?? document.body) === document.body;
    if (toFocus.length && isNowhere) {
      toFocus.map((id) => document.getElementById(id)).find(Boolean)?.focus();
    }
    toFocus = [];
    if (!goesTo) return;
    const link = opens && document.getElementById(opens);
    const isOpen = link?.parentElement.querySelector(".cell-form");
    if (isNowhere) document.getElementById(goesTo)?.focus();
    if (isOpen) updateVersion(link, isOpen).catch(() => {}); // else both values are shown when it is saved
    else link?.click();
    goesTo = opens = pressed = null;
  });

  return { of: menuOf };
})();
