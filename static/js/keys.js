// Single keys, while no field has the focus. They can be turned off, in this browser: a keyboard is a device's.
"use strict";

(() => {
  const KEY = "keys";
  const areOn = () => localStorage.getItem(KEY) !== "off";
  const byId = (id) => document.getElementById(id);
  const go = (selector) => document.querySelector(selector)?.click();
  const tab = (number) => document.querySelectorAll(".tabs > li > a")[number]?.click();

  const toField = () => {
    const switcher = byId("timer-switch");
    if (switcher) switcher.open = true;
    bar.field()?.focus();
  };

  // ---- Rows: the one with the focus, or that holds it
  const rows = () => [...document.querySelectorAll(".sessions > .session")];
  const row = () => document.activeElement?.closest(".sessions > .session");
  const toRow = (step) => {
    const all = rows();
    const next = all[row() ? all.indexOf(row()) + step : step > 0 ? 0 : all.length - 1];
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const openPage = () => row()?.querySelector(".whole")?.click();
  const editName = () => {
    if (!row()) byId("timer-name")?.click();
    else if (row().querySelector(".whole")?.checkVisibility()) openPage(); // a narrow row is one link
    else row().querySelector(".name > a, a.name")?.click();
  };
  const remove = () => {
    const selected = document.querySelector("input[name=session]:checked") && document.querySelector("#selection [value=delete]");
    const more = row()?.querySelector("[data-menu]");
    const button = selected ?? (more && rowMenu.of(more).querySelector("[formaction$='/delete/']"));
    button?.click();
  };
  const select = () => row()?.querySelector("input[type=checkbox]")?.click();

  const ACTIONS = {
    n: toField,
    s: () => document.querySelector(".stop button")?.click(),
    c: () => bar.post(bar.element().dataset.continueUrl),
    a: () => location.assign(document.querySelector("a[href^='/sessions/add/']")?.href ?? "/sessions/add/"),
    z: () => bar.post(bar.element().dataset.undoUrl), // the latest, and again the one before
    b: () => byId("timer-since")?.click(),
    e: editName,
    f: () => go("main a[href*='.csv']"),
    x: select,
    j: () => toRow(1),
    k: () => toRow(-1),
    ArrowDown: () => toRow(1),
    ArrowUp: () => toRow(-1),
    Delete: remove,
    Backspace: remove,
    d: () => tab(0),
    t: () => tab(0),
    w: () => tab(1),
    m: () => tab(2),
    r: () => tab(3),
    p: () => tab(4),
    ArrowLeft: () => go("main a[rel=prev], .day-head > a:first-child, .steps a:first-child"),
    ArrowRight: () => go("main a[rel=next], .day-head > h1 + a, .steps a:nth-child(2)"),
    "?": () => byId("keys")?.showModal(),
    "/": () => {
      const field = document.querySelector("main :is([type=search], .query [name=q])") ??
        document.querySelector("main .query input:not([type=hidden])");
      field?.closest("details")?.setAttribute("open", "");
      field?.focus();
    },
  };
  for (const number of [1, 2, 3, 4, 5, 6]) ACTIONS[number] = () => byId(`pick-up-${number}`)?.click();
  const ON_ROWS = new Set(["ArrowDown", "ArrowUp", "Delete", "Backspace", "x"]); // else they are the page's own

  // In a field for a time: a minute later or earlier, with Shift 15. What is no time yet, such as `-15`, stays.
  const step = (field, minutes) => {
    const [time, hours, rest, half] = /^(\d\d?):([0-5]\d)( ?[ap]m)?$/i.exec(field.value) ?? [];
    if (!time) return;
    const later = (hours % (half ? 12 : 24)) * 60 + Number(rest) + (/p/i.test(half) ? 720 : 0) + minutes + 1440;
    const hour = Math.floor(later / 60) % 24;
    field.value = `${half ? hour % 12 || 12 : hour}:${String(later % 60).padStart(2, "0")}`;
    if (half) field.value += half.toLowerCase().replace(/[ap]/i, hour < 12 ? "a" : "p");
  };

  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (/^Arrow(Up|Down)$/.test(key) && target.placeholder === "9:15") {
      event.preventDefault();
      step(target, (key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 15 : 1));
      return;
    }
    if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.form) {
      event.preventDefault();
      target.form.requestSubmit();
      return;
    }
    if (!areOn() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog, [popover]")) return;
    if (key.startsWith("Arrow") && target.closest("[role=region][tabindex]")) return; // a box that arrows scroll
    if (ON_ROWS.has(key) && !row() && !document.querySelector("input[name=session]:checked")) return;
    if (key === "Enter" && row() === target) {
      event.preventDefault();
      openPage();
      return;
    }
    const action = ACTIONS[key.length === 1 ? key.toLowerCase() : key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // ---- What is a matter of this browser: the switches at the foot of the sheet and in Settings
  const SWITCHES = { "[data-keys-switch]": KEY, "[data-title-switch]": "title" };
  const prepare = () => {
    for (const part of document.querySelectorAll("[data-needs-scripts]")) part.hidden = false;
    for (const [selector, key] of Object.entries(SWITCHES)) {
      for (const input of document.querySelectorAll(selector)) input.checked = localStorage.getItem(key) !== "off";
    }
  };
  prepare();
  document.addEventListener("change", ({ target }) => {
    const key = Object.entries(SWITCHES).find(([selector]) => target.matches(selector))?.[1];
    if (!key) return;
    localStorage.setItem(key, target.checked ? "on" : "off");
    prepare();
  });
})();
