// The timer bar while it is open: what is typed stays through every swap, the focus stays where it belongs, messages
// leave by themselves, and menus close.
"use strict";

const bar = (() => {
  const SHOWN_MS = 10_000;
  const element = () => document.getElementById("timer-bar");
  const field = () => document.getElementById("id_name");
  const editor = () => document.getElementById("timer-editor");

  // ---- Swaps: nothing that is being typed is taken away. The content has a rule of its own in editing.js.
  const isYesterdays = () => clock.now() >= Date.parse(element()?.dataset.dayEnds);
  const isBehind = () => isYesterdays() || editing.isBehind();

  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    if (detail.target.id === "notices" && isFollowing && detail.target.children.length) detail.shouldSwap = false;
  });

  let before = null;
  let isFollowing = false;
  let hadFocus = "";

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== element()) return;
    const { elt: pressed, verb, formData } = detail.requestConfig;
    isFollowing = pressed === element() && verb === "get";
    const focused = document.activeElement;
    hadFocus = !element().contains(focused) ? "" : editor().contains(focused) ? opener : focused.id || "timer-submit";
    // `pressed.id` is a field of that name. What was typed while the answer was under way is another line.
    const isStart = pressed.getAttribute("id") === "timer-start";
    const isOwnLine = isStart && field()?.value === formData.get("name");
    const isEditorKept = !editor().contains(pressed) && (isFollowing || isOwnLine || editing.isIn(editor()));
    before = {
      text: isOwnLine ? null : field()?.value || null,
      line: isStart ? null : document.getElementById("timer-start"),
      isOpen: !isOwnLine && document.getElementById("timer-switch")?.open,
      editor: isEditorKept ? [...editor().childNodes] : [],
      giveFocusBack: focused === field() || editor().contains(focused) ? editing.rememberFocus() : null,
      wasTyping: editor().contains(focused),
    };
  });

  // What belongs to a line that was typed: what was selected for it, and what the server asked about it.
  const ABOUT_LINE = ":scope > :is(.error, .actions, [name=answered], [name=at])";
  const restoreLine = ({ text, line }) => {
    if (text !== null) field().value = text;
    const form = document.getElementById("timer-start");
    const isAbout = line && (text !== null || [...line.querySelectorAll("select")].some(editing.isTyped));
    if (!isAbout) return;
    for (const name of ["project_id", "billable"]) {
      if (line.elements[name] && form.elements[name]) form.elements[name].value = line.elements[name].value;
    }
    form.append(...line.querySelectorAll(ABOUT_LINE));
  };

  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id !== "timer-bar" || !before) return;
    const { text, isOpen, editor: nodes, giveFocusBack, wasTyping } = before;
    const switcher = document.getElementById("timer-switch");
    const isTyping = text !== null && hadFocus === "id_name";
    if (switcher && (isOpen || isTyping)) switcher.open = true;
    if (field()) restoreLine(before);
    if (nodes.length) {
      editor().replaceChildren(...nodes);
      sayChanged();
    }
    // At once: until htmx settles, what is typed would act on the page.
    if (nodes.length && wasTyping) {
      giveFocusBack();
      hadFocus = "";
    } else if (isTyping) giveFocusBack?.(field());
    before = null;
  });

  document.addEventListener("htmx:afterSettle", () => {
    if (!hadFocus || (document.activeElement && document.activeElement !== document.body)) return;
    const target = document.getElementById(hadFocus);
    (target?.checkVisibility?.() ? target : document.getElementById("timer-submit"))?.focus();
    hadFocus = "";
  });

  document.addEventListener("htmx:load", ({ detail }) => {
    if (detail.elt.id !== "timer-bar") return;
    clock.readServer();
    const icon = document.querySelector("link[rel=icon]");
    if (icon.getAttribute("href") !== detail.elt.dataset.icon) icon.href = detail.elt.dataset.icon;
    leaveLater();
  });

  // ---- Editing in the bar: the name, project or start of what runs, pressed and edited below it
  let opener = ""; // what was pressed, by its id
  let opened = ""; // what it said then

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target !== editor() || detail.requestConfig.verb !== "get") return;
    opener = detail.elt.id;
    opened = detail.elt.textContent.trim();
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target !== editor()) return;
    const input = editor().querySelector("[aria-invalid], input:not([type=hidden]), select");
    if (editing.isTypingBeside(editor())) return;
    input?.focus();
    input?.select?.();
  });

  // What is edited was changed elsewhere meanwhile: the field stays, and what is there now is offered.
  const sayChanged = () => {
    const now = document.getElementById(opener)?.textContent.trim();
    editor().querySelector(".timer-changed")?.remove();
    if (!now || now === opened) return;
    const line = document.getElementById("timer-changed").content.cloneNode(true);
    const text = line.querySelector("[data-text]");
    text.textContent = text.dataset.text.replace("{value}", now);
    editor().firstElementChild.prepend(line);
  };

  const leaveEditor = () => {
    if (!editor()?.firstElementChild) return false;
    editor().replaceChildren();
    document.getElementById(opener)?.focus();
    return true;
  };

  // ---- Switch, menus, dialogs
  document.addEventListener(
    "toggle",
    ({ target, newState }) => {
      if (target.id === "timer-switch" && newState === "open") field().focus();
    },
    true,
  );
  const openMenus = ".more details[open], .filter[open]";
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(openMenus)) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    if (editor()?.contains(event.target) && event.target.closest("[data-leave-editor], [data-leave]")) {
      event.preventDefault();
      leaveEditor();
    }
    const opener = event.target.closest("[data-keys]");
    const sheet = document.getElementById("keys");
    if (opener && sheet) {
      event.preventDefault();
      opener.closest("details")?.removeAttribute("open");
      sheet.showModal();
    }
  });

  // Esc leaves what is open, the innermost first.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const menu = document.querySelector(openMenus);
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (editor()?.contains(document.activeElement)) {
      leaveEditor();
    } else if (document.activeElement === field()) {
      if (document.getElementById("timer-suggestions")?.hidden === false) return; // line.js closes them first
      const switcher = document.getElementById("timer-switch");
      field().value = "";
      htmx.trigger(field(), "timer:preview");
      if (switcher) {
        switcher.open = false;
        document.getElementById("timer-switch-button").focus();
      } else {
        field().blur();
      }
    } else {
      return;
    }
    event.preventDefault();
  });

  // ---- Messages leave after a while, not while somebody is at them; errors stay.
  const leaveLater = () => {
    for (const notice of document.querySelectorAll("#notices .notice:not(.is-error):not([data-leaves])")) {
      notice.dataset.leaves = "";
      const leave = () => (notice.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : notice.remove());
      setTimeout(leave, SHOWN_MS);
    }
  };
  leaveLater();

  // A POST of no form that is shown, answered as those of the bar.
  const post = (url, values = {}, headers = {}) => {
    const answer = { source: element(), target: "#timer-bar", select: "#timer-bar", swap: "outerHTML show:none" };
    htmx.ajax("POST", url, { ...answer, headers, values: { ...values, next: location.pathname + location.search } })
      .catch(() => {}); // what failed is heard by `request:end`
  };

  return { element, field, isBehind, post };
})();
