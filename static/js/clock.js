// Draws the running clock, and the totals that grow with it. The server's time rules: the bar brings it, and only its
// difference to this device's clock is kept. Each second the time is computed from scratch, so that sleep and throttled
// timers cannot bend it.
"use strict";

const clock = (() => {
  const bar = () => document.getElementById("timer-bar");
  let ahead = 0; // of the server's clock before this one, in milliseconds
  let drawnAt = 0; // what the page shows is as of then, by the server's clock

  const now = () => Date.now() + ahead;

  const readServer = () => {
    drawnAt = Date.parse(bar()?.dataset.now);
    ahead = drawnAt - Date.now();
    draw();
  };

  const twoDigits = (number) => String(number).padStart(2, "0");

  // As `timekeeping/durations.py` has them: half up to what is shown.
  const format = (seconds, style) => {
    if (style === "decimal") return (Math.floor(seconds / 36 + 0.5) / 100).toFixed(2);
    if (style === "words" && seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60 + 0.5);
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    if (style !== "words") return `${hours}:${twoDigits(rest)}`;
    return [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
  };

  const write = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  const draw = () => {
    const { started, title } = bar()?.dataset ?? {};
    if (!started) return;
    const seconds = Math.max(0, Math.floor((now() - Date.parse(started)) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), twoDigits(Math.floor(seconds / 60) % 60)];
    write(bar().querySelector(".elapsed"), `${hours}:${minutes}:${twoDigits(seconds % 60)}`);
    bar().querySelector("[data-as-of]").hidden = true;
    document.title = localStorage.getItem("title") === "off" ? title : `${hours}:${minutes} ${title}`;
    const more = Math.max(0, Math.floor((now() - drawnAt) / 1000));
    for (const total of document.querySelectorAll("[data-counts]")) {
      write(total, format(Number(total.dataset.counts) + more, total.dataset.style));
    }
  };

  readServer();
  setInterval(() => document.hidden || draw(), 1000);
  document.addEventListener("visibilitychange", draw);
  return { now, readServer };
})();
