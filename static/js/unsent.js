// Presses that the server did not get are stored, each with the time it was pressed and the id of what it is to make, and
// sent with both, in their order, when the server is there again: so none is lost, and none is done twice.
"use strict";

(() => {
  const KEY = "unsent";
  const LOST = new Set([400, 404, 409, 422]); // said why, and would say it again; else it may be sent once more
  const box = () => document.getElementById("timer-trouble");
  const read = () => [JSON.parse(localStorage.getItem(KEY)) ?? []].flat();
  const write = (waiting) => (waiting.length ? localStorage.setItem(KEY, JSON.stringify(waiting)) : localStorage.removeItem(KEY));

  const formatTime = (at) =>
    new Date(at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit", hour12: bar.element().dataset.clock === "12" });

  let isHere = false; // they were pressed on this page: when the server is back, they are sent without asking
  let seenAt = Date.now();
  let isGone = false;
  let isSending = false;
  let isAnothers = false; // the first one is of another user than the present one, who may save it all the same
  const sentAt = new WeakMap(); // by request

  // A UUIDv7, as the server makes them; `crypto.randomUUID` is only there by HTTPS.
  const newId = () => {
    const random = [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${Math.floor(clock.now()).toString(16).padStart(12, "0")}7${random.slice(0, 3)}8${random.slice(5)}`;
  };

  const describe = (waiting) => {
    const texts = bar.element().dataset;
    if (!waiting.length) return texts.unreachable.replace("{time}", formatTime(seenAt));
    const kinds = { start: texts.unsentStart, stop: texts.unsentStop };
    return waiting.map(({ kind, at }) => (kinds[kind] ?? texts.unsentOther).replace("{time}", formatTime(at))).join(" ");
  };

  const show = () => {
    if (!box()) return;
    const waiting = read();
    box().hidden = !waiting.length && !isGone;
    bar.element().classList.toggle("is-unsent", waiting.length > 0);
    bar.element().classList.toggle("is-gone", isGone);
    box().querySelector("[data-forget]").hidden = !waiting.length;
    const text = waiting.length || isGone ? describe(waiting) : "";
    const paragraph = box().querySelector("p");
    if (paragraph.textContent !== text) paragraph.textContent = text;
  };

  const send = () => {
    const [first] = read();
    if (!first || isSending) return;
    const at = new Date(first.at).toISOString();
    const times = first.kind === "stop" ? { end: at } : first.kind === "start" ? { at } : {};
    bar.post(first.path, { ...first.values, ...times }, { "X-Unsent": "yes" });
  };

  // ---- What failed
  const isContinue = (path) => path.endsWith("/continue/");
  const isKept = ({ verb, path }) => verb === "post" && (["/timer/start/", "/timer/stop/"].includes(path) || isContinue(path));
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (isContinue(detail.path) && !detail.formData.has("id")) detail.formData.set("id", newId());
  });
  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    sentAt.set(detail.xhr, clock.now());
    if (detail.requestConfig.headers["X-Unsent"]) isSending = true;
  });

  const store = ({ requestConfig, xhr }) => {
    const { path, elt, formData, headers } = requestConfig;
    const kind = isContinue(path) ? "start" : formData.has("discard") ? "other" : elt.dataset.kind ?? "other";
    const values = { "form-user": headers["X-Form-User"] ?? "", ...Object.fromEntries(formData) };
    const one = { kind, path, values, at: sentAt.get(xhr) };
    const waiting = read();
    const last = waiting.at(-1);
    const isSame = last && ["path", "kind"].every((key) => last[key] === one[key]) &&
      ["name", "project_id"].every((key) => last.values[key] === values[key]);
    if (isSame) return; // pressed again, since nothing came of it: the first time counts
    if (kind === "start" && waiting.some((other) => other.values.id === values.id)) values.id = newId();
    write([...waiting, one]);
  };
  const onGone = (detail) => {
    isGone = true;
    if (isKept(detail.requestConfig) && !detail.requestConfig.headers["X-Unsent"]) {
      store(detail);
      isHere = true;
    }
    show();
  };
  document.addEventListener("request:end", ({ detail }) => {
    const { xhr, requestConfig, outcome } = detail;
    const isUnsent = Boolean(requestConfig.headers["X-Unsent"]);
    if (isUnsent) isSending = false;
    if (outcome === "abort") return;
    if (outcome !== "load" || xhr.status >= 502) return onGone(detail);
    isGone = false;
    seenAt = Date.now();
    if (isUnsent) {
      const isDone = xhr.status < 400;
      if (isDone || LOST.has(xhr.status)) write(read().slice(1));
      isHere &&= isDone && read().length > 0;
      isAnothers = xhr.status === 412;
    } else if (isHere && requestConfig.verb === "get") {
      send();
    }
    show();
  });
  document.addEventListener("htmx:load", ({ detail }) => {
    if (detail.elt.id !== "timer-bar") return;
    show();
    if (isHere && !isGone) setTimeout(send); // the next one
  });

  document.addEventListener("click", ({ target }) => {
    if (!box()?.contains(target)) return;
    if (target.closest("[data-forget]")) {
      write([]);
      isHere = false;
      show();
    }
    if (target.closest("[data-again]")) read().length ? send() : htmx.trigger(bar.element(), "timer:poll");
  });
  document.addEventListener("submit", ({ target }) => isAnothers && target.closest("#refused") && write(read().slice(1)));
  show();
})();
