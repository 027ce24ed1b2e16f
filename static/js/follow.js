// Follows what happens elsewhere: in other tabs at once, on other devices within seconds. htmx asks `/timer/state/` at
// each `timer:poll`; nothing changed is answered with 204, else with this page, of which what changed is taken.
"use strict";

(() => {
  const USED_MS = 10 * 60_000;
  const EVERY_MS = { used: 4_000, idle: 15_000, hidden: 60_000 };

  let usedAt = Date.now();
  let askedAt = Date.now();
  let isAsking = false;
  let posting = 0; // those whose answer has not come
  let posts = 0;
  let postsBefore = 0;

  const revision = () => bar.element()?.dataset.revision ?? "";
  const channel = new BroadcastChannel("timetracker");

  const ask = () => {
    if (isAsking || posting > 0 || !bar.element()?.hasAttribute("hx-get")) return;
    askedAt = Date.now();
    htmx.trigger(bar.element(), "timer:poll");
  };

  // What was not taken over while it was being edited is asked for afterwards, and at midnight the new day, as by one
  // who knows no revision.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.triggeringEvent?.type === "timer:poll" && bar.isBehind()) detail.path = detail.path.replace(/v=\d*/, "v=none");
  });

  // A POST is answered with everything: nothing is asked meanwhile, and the answer to what was asked before is older.
  const isPoll = ({ detail }) => detail.requestConfig?.triggeringEvent?.type === "timer:poll";
  document.addEventListener("htmx:beforeSend", (event) => {
    if (isPoll(event)) {
      isAsking = true;
      postsBefore = posts;
    } else if (event.detail.requestConfig.verb !== "get") {
      posting += 1;
      posts += 1;
    }
  });
  document.addEventListener("request:end", (event) => {
    if (isPoll(event)) isAsking = false;
    else if (event.detail.requestConfig.verb !== "get") {
      posting -= 1;
      // What a row answered is not all that changed: the bar, and other tabs, follow it.
      if (event.detail.xhr.status === 200 && event.detail.target.id !== "timer-bar") setTimeout(ask, 50);
    }
  });
  // Nor is anything replaced under a button that is held down: nothing would hear that it was pressed.
  let isHeldDown = false;
  document.addEventListener("pointerdown", ({ button }) => (isHeldDown = button === 0), true);
  for (const type of ["pointerup", "pointercancel"]) {
    document.addEventListener(type, () => setTimeout(() => (isHeldDown = false)), true); // after the click
  }
  document.addEventListener("pointermove", ({ buttons }) => buttons || (isHeldDown = false), { passive: true, capture: true });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (isPoll(event) && (posts !== postsBefore || isHeldDown)) event.detail.shouldSwap = false;
  });
  // The same of a bar that was replaced meanwhile; what a POST from it changed is asked for. A form that was rejected
  // takes another place.
  const hearAnswers = (asked) =>
    asked?.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
      if (target !== asked || detail.target !== asked || asked.isConnected) return;
      detail.shouldSwap = false;
      if (detail.requestConfig.verb !== "get") setTimeout(ask, 50);
    });
  hearAnswers(bar.element());

  // ---- Other tabs: whoever shows more tells it, whoever shows less asks.
  const tell = () => channel.postMessage(revision());
  channel.addEventListener("message", ({ data }) => {
    if (data !== revision()) ask();
  });
  document.addEventListener("htmx:load", ({ detail }) => {
    if (detail.elt.id !== "timer-bar") return;
    hearAnswers(detail.elt);
    if (detail.elt.dataset.revision === told) return;
    told = revision();
    tell();
  });
  let told = revision();
  tell();

  // ---- Other devices
  setInterval(() => {
    const state = document.hidden ? "hidden" : Date.now() - usedAt < USED_MS ? "used" : "idle";
    if (bar.isBehind() || Date.now() - askedAt >= EVERY_MS[state]) ask();
  }, 1000);
  for (const type of ["pointerdown", "keydown"]) {
    document.addEventListener(type, () => (usedAt = Date.now()), { passive: true });
  }
  for (const type of ["focus", "online", "pageshow"]) {
    addEventListener(type, () => Date.now() - askedAt > 500 && ask());
  }
  document.addEventListener("visibilitychange", () => document.hidden || ask());
})();
