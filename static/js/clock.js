// Draws the running clock. The server's time rules: the page brings it, and only its difference to this device's clock is
// kept. Each second the elapsed time is computed from scratch, so that sleep and throttled timers cannot bend it.
"use strict";

(() => {
  const clock = document.querySelector("[data-started]");
  const started = Date.parse(clock.dataset.started);
  const ahead = Date.parse(clock.dataset.now) - Date.now();
  const title = document.title;

  const draw = () => {
    const seconds = Math.max(0, Math.floor((Date.now() + ahead - started) / 1000));
    const hours = Math.floor(seconds / 3600);
    const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
    clock.textContent = `${hours}:${minutes}:${rest}`;
    document.title = title.replace(/^\s*\d+:\d\d/, `${hours}:${minutes}`);
  };

  document.querySelector("[data-as-of]").hidden = true;
  draw();
  setInterval(() => document.hidden || draw(), 1000);
  document.addEventListener("visibilitychange", draw);
})();
