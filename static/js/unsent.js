// A press that the server did not get is kept, over reloads, with the time it was pressed and the id it was to have, and
// sent with both when the server is there again: so it is never lost, and never done twice. One at a time.
"use strict";

(() => {
  const KEY = "unsent";
  const box = () => document.getElementById("timer-trouble");
  const read = () => JSON.parse(localStorage.getItem(KEY) ?? "null");
  const keep = (press) => localStorage.setItem(KEY, JSON.stringify(press));
  const forget = () => localStorage.removeItem(KEY);

  const formatTime = (at) =>
    new Date(at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit", hour12: bar.element().dataset.clock === "12" });

  let isHere = false; // it was pressed on this page: when the server is back, it is sent without asking
  let seenAt = Date.now();
  let isGone = false;

  const describe = (press) => {
    const texts = bar.element().dataset;
    if (!press) return texts.unreachable.replace("{time}", formatTime(seenAt));
    const kinds = { start: texts.unsentStart, stop: texts.unsentStop };
    return (kinds[press.kind] ?? texts.unsentOther).replace("{time}", formatTime(press.at));
  };

  const show = () => {
    if (!box()) return;
    const press = read();
    box().hidden = !press && !isGone;
    bar.element().classList.toggle("is-unsent", Boolean(press));
    bar.element().classList.toggle("is-gone", isGone);
    box().querySelector("[data-forget]").hidden = !press;
    const text = press || isGone ? describe(press) : "";
    const paragraph = box().querySelector("p");
    if (paragraph.textContent !== text) paragraph.textContent = text;
  };

  const send = () => {
    const press = read();
    if (!press) return;
    const at = new Date(press.at).toISOString();
    const times = press.kind === "stop" ? { end: at } : press.kind === "start" ? { at } : {};
    htmx.ajax("POST", press.path, {
      source: bar.element(), target: "#timer-bar", select: "#timer-bar", swap: "outerHTML show:none",
      values: { ...press.values, ...times, next: location.pathname },
      headers: { "X-Unsent": "yes" },
    });
  };

  // ---- What failed
  const isPress = ({ verb, path }) => verb === "post" && path.startsWith("/timer/");
  const onGone = ({ requestConfig }) => {
    isGone = true;
    if (isPress(requestConfig) && !requestConfig.headers["X-Unsent"]) {
      const kind = requestConfig.elt.dataset?.press ?? "other";
      const values = Object.fromEntries(requestConfig.formData);
      keep({ kind, path: requestConfig.path, values, at: clock.now() });
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
