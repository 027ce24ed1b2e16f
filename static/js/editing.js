// What is edited or waits for a decision stays, whatever answer comes and in whichever order. This is the one rule for the
// content of a page: what comes from elsewhere waits until nothing is edited; what users did themselves is shown at once,
// and what they edit beside it is put into the new content. What they did in the bar, or by Undo, waits for all but rows.
"use strict";

const editing = (() => {
  const FIELDS = "input:not([type=hidden]), textarea, select:not(#selection select)"; // that one waits for its buttons
  const FORMS = ".cell-form:focus-within, :is(.cell-form, .since-form):has([role=alert])";
  const WAITS = "[data-waits], form:has(.error[role=alert]:not([hidden]))"; // what was rejected or is asked about
  const OPEN = ".menu:popover-open, .cell > a.htmx-request"; // a menu, and a value whose form is under way

  const isTyped = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    const options = [...field.options];
    if (field.multiple) return options.some((option) => option.selected !== option.defaultSelected);
    const first = Math.max(0, options.findLastIndex((option) => option.defaultSelected)); // that is selected by itself
    return options.length > 0 && field.selectedIndex !== first;
  };
  const isChanged = (form) => [...form.querySelectorAll(FIELDS)].some((field) => field.name && isTyped(field));

  const isInUse = (field) => isTyped(field) || (field === document.activeElement && field.type === "text");
  const edited = (part) => [
    part.matches(WAITS) && part,
    ...part.querySelectorAll(`${FORMS}, ${WAITS}, ${OPEN}`),
    ...[...part.querySelectorAll(FIELDS)].filter(isInUse),
  ].filter(Boolean);
  const isIn = (part) => edited(part).length > 0;
  // Nor is what is shown this once, such as a recovery code: nothing else may lead back to the sessions.
  const isShownOnce = (part) => part.querySelector("textarea[readonly]") !== null;

  // Whoever types in a field goes on there, whatever opens elsewhere.
  const isTypingBeside = (part) =>
    document.activeElement?.matches("input:not([type=checkbox], [type=radio]), textarea, select") &&
    !part.contains(document.activeElement);

  const holds = []; // what else holds the content, such as a session that is moved in the calendar
  const holdWhile = (test) => holds.push(test);
  const content = () => document.getElementById("content");
  const isHeld = (part) => isIn(part) || holds.some((test) => test());
  const isHeldBesideRows = (part) => edited(part).some((each) => !each.closest(".cell-form, .pick")) || holds.some((test) => test());

  // The focus with its place in the text, to be given back after an element was moved.
  const rememberFocus = () => {
    const { activeElement } = document;
    const { selectionStart, selectionEnd } = activeElement ?? {};
    return (element = activeElement) => {
      element?.focus({ preventScroll: true });
      if (Number.isInteger(selectionStart)) element?.setSelectionRange?.(selectionStart, selectionEnd);
    };
  };

  // ---- What is edited beside the form or button that was pressed, or in it since
  const typedSince = (form, sent) => {
    if (!form.matches(".cell-form")) return [];
    const isOther = ({ name, value }) => name && sent.has(name) && sent.get(name) !== value;
    return [...form.querySelectorAll("input[type=text]")].filter(isOther);
  };
  const beside = (part, { elt: pressed, formData }) => {
    const row = pressed.matches(".cell-form") ? null : pressed.closest(".session, .entry");
    const isOther = (each) => each !== pressed && each.form !== pressed && !pressed.contains(each) && !row?.contains(each);
    const forms = [...part.querySelectorAll(".cell-form")].filter((form) => form.matches(FORMS) || isChanged(form));
    const isFilledIn = (field) => isTyped(field) || field.form?.matches(WAITS);
    const fields = [...part.querySelectorAll(FIELDS)].filter((field) => isFilledIn(field) && !field.closest(".cell-form"));
    const isTypedOn = (form) => form === pressed && typedSince(form, formData).length > 0;
    return [forms.filter((form) => isOther(form) || isTypedOn(form)), fields.filter(isOther)];
  };
  const cellOf = (form, part) => part.querySelector(`#${CSS.escape(form.dataset.cell)}`)?.closest(".cell");
  const sameField = (field, part) => {
    if (field.id) return part.querySelector(`#${CSS.escape(field.id)}`);
    const isSame = ({ name, defaultValue }) => name === field.name && defaultValue === field.defaultValue;
    return [...part.querySelectorAll(FIELDS)].find(isSame);
  };

  let giveFocusBack = null;
  let typeOn = null;
  // Puts it into the new content, and returns whether all of it has a place there.
  const takeAlong = (part, fragment) => {
    const [forms, fields] = beside(part, request);
    const isBox = (field) => field.type === "checkbox" || field.type === "radio";
    const missing = forms.find((form) => !cellOf(form, fragment))?.querySelector(FIELDS) ??
      fields.find((field) => !isBox(field) && !sameField(field, fragment));
    missing?.focus();
    if (missing) return false;
    for (const field of fields) {
      const same = sameField(field, fragment);
      if (same) same[isBox(field) ? "checked" : "value"] = isBox(field) ? field.checked : field.value;
      if (field.checkVisibility()) same?.closest("details")?.setAttribute("open", "");
    }
    const focused = document.activeElement?.closest(".cell-form");
    if (forms.includes(focused)) giveFocusBack = rememberFocus();
    for (const form of forms) {
      form.dataset.moves = "";
      form.querySelector("[autofocus]")?.removeAttribute("autofocus");
      cellOf(form, fragment).append(form);
      delete form.dataset.moves;
    }
    return true;
  };

  let isOlder = false; // the content is, than the bar, since it was being edited
  let request = null; // whose answer comes

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    request = detail.requestConfig;
    const { elt: form, formData } = request;
    typeOn = giveFocusBack = null;
    if (detail.target !== form) return;
    // A rejected form takes the place of the one that was sent: what was typed on meanwhile goes on there.
    const fields = typedSince(form, formData).map(({ id, value }) => [id, value]);
    if (!fields.length) return;
    const { selectionStart, selectionEnd } = document.activeElement;
    typeOn = () => {
      for (const [id, value] of fields) {
        const field = document.getElementById(form.getAttribute("id"))?.querySelector(`#${CSS.escape(id)}`);
        if (field) field.value = value;
        field?.setSelectionRange(selectionStart, selectionEnd);
      }
    };
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id !== "content") return;
    const isInside = target.contains(request.elt);
    const isOwn = isInside || (request.verb !== "get" && !isHeldBesideRows(target));
    const staysOnce = !isInside && isShownOnce(target) && !isShownOnce(fragment);
    isOlder = staysOnce || (isOwn ? !takeAlong(target, fragment) : isHeld(target));
    if (isOlder) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSwap", () => {
    typeOn?.();
    giveFocusBack?.();
    typeOn = giveFocusBack = null;
    for (const field of document.querySelectorAll("form [autofocus]")) {
      if (isTypingBeside(field.form)) field.removeAttribute("autofocus"); // htmx would obey it
    }
  });

  const isBehind = () => isOlder && !isHeld(content());

  return { isBehind, isChanged, isIn, isTyped, isTypingBeside, holdWhile, rememberFocus, typedSince };
})();
