// A press that the server did not get is stored, with the time it was pressed and the id it was to have, and
// sent with both when the server is there again: so it is never lost, and never done twice. One at a time.
"use strict";

(() => {
  const KEY = "unsent";
  const box = () => document.getElementById("timer-trouble");
  const read = () => JSON.parse(localStorage.getItem(KEY) ?? "null");
  const store = (unsent) => localStorage.setItem(KEY, JSON.stringify(unsent));
  const forget = () => localStorage.removeItem(KEY);

  const formatTime = (at) =>
    new Date(at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit", hour12: bar.element().dataset.clock === "12" });

  let isHere = false; // it was pressed on this page: when the server is back, it is sent without asking
  let seenAt = Date.now();
  let isGone = false;

  const describe = (unsent) => {
    const texts = bar.element().dataset;
    if (!unsent) return texts.unreachable.replace("{time}", formatTime(seenAt));
    const kinds = { start: texts.unsentStart, stop: texts.unsentStop };
    return (kinds[unsent.kind] ?? texts.unsentOther).replace("{time}", formatTime(unsent.at));
  };

  const show = () => {
    if (!box()) return;
    const unsent = read();
    box().hidden = !unsent && !isGone;
    bar.element().classList.toggle("is-unsent", Boolean(unsent));
    bar.element().classList.toggle("is-gone", isGone);
    box().querySelector("[data-forget]").hidden = !unsent;
    const text = unsent || isGone ? describe(unsent) : "";
    const paragraph = box().querySelector("p");
    if (paragraph.textContent !== text) paragraph.textContent = text;
  };

  const send = () => {
    const unsent = read();
    if (!unsent) return;
    const at = new Date(unsent.at).toISOString();
    const times = unsent.kind === "stop" ? { end: at } : unsent.kind === "start" ? { at } : {};
    htmx.ajax("POST", unsent.path, {
      source: bar.element(), target: "#timer-bar", select: "#timer-bar", swap: "outerHTML show:none",
      values: { ...unsent.values, ...times, next: location.pathname },
      headers: { "X-Unsent": "yes" },
    });
  };

  // ---- What failed
  const isOfTimer = ({ verb, path }) => verb === "post" && path.startsWith("/timer/");
  const onGone = ({ requestConfig }) => {
    isGone = true;
    if (isOfTimer(requestConfig) && !requestConfig.headers["X-Unsent"]) {
      const kind = requestConfig.elt.dataset?.kind ?? "other";
      const values = Object.fromEntries(requestConfig.formData);
      store({ kind, path: requestConfig.path, values, at: clock.now() });
      isHere = true;
    }
    show();
  };
  document.addEventListener("request:end", ({ detail }) => {
    const { xhr, requestConfig, outcome } = detail;
    if (outcome === "abort") return;
    if (outcome !== "load" || xhr.status >= 502) return onGone(detail);
    isGone = false;
    seenAt = Date.now();
    if (requestConfig.headers["X-Unsent"] && (xhr.status < 400 || xhr.status === 422 || xhr.status === 409)) {
      forget();
      isHere = false;
    } else if (read() && isHere && requestConfig.verb === "get") {
      send();
    }
    show();
  });
  document.addEventListener("htmx:load", ({ detail }) => detail.elt.id === "timer-bar" && show());

  document.addEventListener("click", ({ target }) => {
    if (!box()?.contains(target)) return;
    if (target.closest("[data-forget]")) {
      forget();
      show();
    }
    if (target.closest("[data-again]")) read() ? send() : htmx.trigger(bar.element(), "timer:poll");
  });
  show();
})();
