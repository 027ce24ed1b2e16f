// The calendar of a week: sessions are moved and stretched, and drawn into free time, with a mouse or pen; or moved with
// the arrow keys. What is shown meanwhile is a draft, dashed, until the server has saved it. A finger scrolls, and
// presses the links that are there without this.
"use strict";

(() => {
  const SECONDS_PER_PIXEL = 50;
  const FOLD = 1_200; // seconds
  const POINTER_STEP = 300;
  const MINUTE = 60;
  const HOUR = 3_600;
  const DAY = 86_400;
  const IS_MOVED = 4; // pixels; less is a press
  const KEYS_REST = 1_500; // milliseconds until what keys moved is saved

  const calendar = () => document.querySelector(".week-calendar");
  const columns = () => [...document.querySelectorAll(".calendar-column")];
  const midnight = (column) => Number(column.dataset.midnight);
  const number = (element, name) => Number(element.getAttribute(name));
  const clamp = (value, from, to) => Math.min(Math.max(value, from), to);

  const format = (seconds, timeZone, hour12 = calendar().dataset.clock === "12") => {
    const options = { hour: "numeric", minute: "2-digit", hour12, timeZone };
    return new Intl.DateTimeFormat(hour12 ? "en-US" : "en-GB", options).format(seconds * 1000).toLowerCase().replace(/^0/, "");
  };

  // Hours without anything may be folded, each of these as if they were 20 minutes: from and to, in seconds of a day.
  const folds = () => {
    const all = (calendar().dataset.folds.match(/\d+/g) ?? []).map(Number);
    return all.flatMap((from, at) => (at % 2 ? [] : [[from, all[at + 1]]]));
  };
  const unfold = (seconds) =>
    folds().reduce((sum, [from, to]) => sum + clamp(sum - from, 0, FOLD) * ((to - from) / FOLD - 1), seconds);
  const fold = (seconds) =>
    folds().reduce((sum, [from, to]) => sum - (clamp(seconds, from, to) - from) * (1 - FOLD / (to - from)), seconds);

  // The instant that a height in a column stands for.
  const firstSecond = () => Number(calendar().dataset.firstSecond);
  const instantAt = (column, y) => midnight(column) + unfold(firstSecond() + y * SECONDS_PER_PIXEL);
  const heightOf = (column, instant) => (fold(instant - midnight(column)) - firstSecond()) / SECONDS_PER_PIXEL;
  const pointAt = (column, { clientY }) => clientY - column.getBoundingClientRect().top;

  // ---- A draft of a session: where it would be
  let draft = null; // { block, ghost, part: "both", "start" or "end", start, end }
  let resting = 0;
  let isSaving = false;
  let goesTo = ""; // the edge to have the focus when the answer is there, by its id

  const begin = (block, part) => {
    if (draft?.block === block && draft.part === part) return;
    restore();
    const { start, end } = block.dataset;
    const ghost = block.cloneNode(true);
    for (const each of ghost.querySelectorAll("[id]")) each.removeAttribute("id");
    ghost.classList.add("is-ghost");
    ghost.setAttribute("aria-hidden", "true");
    ghost.setAttribute("x", 0); // as wide as its day, so that its times can be read
    ghost.setAttribute("width", "100%");
    for (const each of ghost.querySelectorAll("a, button")) each.tabIndex = -1;
    block.classList.add("is-moving");
    // What runs has no end that could be moved.
    draft = { block, ghost, part: part === "both" && !end ? "start" : part, start: Number(start), end: end ? Number(end) : null };
  };

  const restore = () => {
    clearTimeout(resting);
    draft?.ghost.remove();
    draft?.block.classList.remove("is-moving");
    draft = null;
  };

  const draw = () => {
    const { block, ghost, start, end } = draft;
    const home = block.closest(".calendar-column");
    const moved = [start - block.dataset.start, end ? end - block.dataset.end : 0];
    const first = instantAt(home, number(block, "y")) + moved[0];
    const isOver = (column, next) => midnight(column) <= first && first < (next ? midnight(next) : midnight(column) + DAY);
    const column = columns().find((each, at, all) => isOver(each, all[at + 1])) ?? home;
    const top = heightOf(column, first);
    const height = heightOf(column, instantAt(home, number(block, "y") + number(block, "height")) + moved[1]) - top;
    ghost.setAttribute("y", Math.round(top));
    ghost.setAttribute("height", Math.max(Math.round(height), 12));
    const zone = block.dataset.timezone;
    const range = end ? `${format(start, zone)}–${format(end, zone)}` : format(start, zone);
    ghost.querySelector(".range").textContent = range;
    column.append(ghost);
  };

  const move = (seconds) => {
    const { part } = draft;
    if (part !== "end") draft.start += seconds;
    if (part !== "start") draft.end += seconds;
    if (draft.end && draft.end - draft.start < MINUTE) {
      if (part === "start") draft.start = draft.end - MINUTE;
      else draft.end = draft.start + MINUTE;
    }
    // What has not come yet is refused; what was planned by the API may be moved back.
    const over = (draft.end ?? draft.start) - Math.max(Math.floor(clock.now() / 1000), draft.block.dataset.end ?? 0);
    if (over > 0 && part !== "end") draft.start -= over;
    if (over > 0 && draft.end && part !== "start") draft.end -= over;
    draw();
  };

  const save = () => {
    clearTimeout(resting);
    if (!draft || isSaving) return;
    const { block, start, end, part } = draft;
    const values = { version: block.dataset.version };
    if (part !== "end" && start !== Number(block.dataset.start)) values.start = new Date(start * 1000).toISOString();
    if (part !== "start" && end !== Number(block.dataset.end)) values.end = new Date(end * 1000).toISOString();
    if (!values.start && !values.end) return restore();
    isSaving = true;
    const focused = document.activeElement;
    goesTo = block.contains(focused) && focused.matches(".edge") ? focused.id : "";
    bar.post(block.dataset.url, values);
  };

  document.addEventListener("request:end", ({ detail }) => {
    if (detail.requestConfig.verb !== "post" || !isSaving) return;
    isSaving = false;
    if (detail.xhr.status !== 200) restore();
  });

  // ---- Keys
  const offsetAt = (instant, timeZone) => {
    const options = { timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en", options).formatToParts(instant * 1000).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) / 1000 - instant;
  };
  // To the same time of the clock on the day before or after, which a clock change may put 23 or 25 hours away.
  const secondsToDay = (instant, sign, zone) => sign * DAY + offsetAt(instant, zone) - offsetAt(instant + sign * DAY, zone);

  document.addEventListener("keydown", (event) => {
    pressed = null;
    const at = event.target.closest?.(".block a, .edge");
    if (!at || event.ctrlKey || event.altKey || event.metaKey) return;
    const block = at.closest(".block");
    const part = at.matches(".is-start") ? "start" : at.matches(".is-end") ? "end" : "both";
    const sign = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape" && draft) restore();
    else if (event.key === "Enter" && draft) save();
    else if (!sign || isSaving) return;
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      begin(block, part);
      move(sign * MINUTE * (event.shiftKey ? 15 : 1));
    } else if (part === "both" && !event.shiftKey) {
      begin(block, part);
      move(secondsToDay(draft.start, sign, block.dataset.timezone));
    } else return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(resting);
    if (draft && !isSaving) resting = setTimeout(save, KEYS_REST);
  });
  document.addEventListener("focusout", ({ target }) => {
    if (draft && !pointer && draft.block.contains(target)) save();
  });

  // ---- Mouse and pen
  let pointer = null; // { x, y, block and part, or gap; drawn }
  let isClickOfDrag = false;
  let pressed = null; // the block or gap of the last press, as a click by Enter looks the same in some browsers

  document.addEventListener("pointerdown", (event) => {
    isClickOfDrag = false;
    const at = event.target.closest?.(".block, .free");
    pressed = at;
    if (!at || event.button || event.pointerType === "touch" || isSaving) return;
    const edge = event.target.closest(".edge");
    const part = !edge ? "both" : edge.matches(".is-start") ? "start" : "end";
    const column = at.closest(".calendar-column");
    pointer = { at, part, column, x: event.clientX, y: event.clientY, from: pointAt(column, event), isDragging: false };
  });

  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.(".week-calendar")) event.preventDefault(); // links would be dragged
  });

  const snap = (seconds) => Math.round(seconds / POINTER_STEP) * POINTER_STEP;

  document.addEventListener("pointermove", (event) => {
    if (!pointer) return;
    if (!pointer.isDragging && Math.hypot(event.clientX - pointer.x, event.clientY - pointer.y) < IS_MOVED) return;
    pointer.isDragging = true;
    event.preventDefault();
    if (pointer.at.matches(".free")) drawInto(event);
    else drag(event);
  });

  const drag = (event) => {
    const { at: block, part, column, from } = pointer;
    begin(block, part);
    const isOver = ({ left, right }) => left <= event.clientX && event.clientX < right;
    const over = part === "both" ? columns().find((each) => isOver(each.getBoundingClientRect())) ?? column : column;
    const moved = snap(instantAt(column, pointAt(column, event)) - instantAt(column, from)) + midnight(over) - midnight(column);
    draft.start = Number(block.dataset.start);
    draft.end = block.dataset.end ? Number(block.dataset.end) : null;
    move(moved);
  };

  const drawInto = (event) => {
    const { at: gap, column, from } = pointer;
    const rect = gap.querySelector("rect");
    const [top, foot] = [number(rect, "y"), number(rect, "y") + number(rect, "height")];
    const height = (y) => clamp(heightOf(column, snap(instantAt(column, clamp(y, top, foot)))), top, foot);
    pointer.drawn ??= document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const [y1, y2] = [height(from), height(pointAt(column, event))].sort((a, b) => a - b);
    pointer.drawn.setAttribute("class", "drawn");
    pointer.drawn.setAttribute("width", "100%");
    pointer.drawn.setAttribute("y", y1);
    pointer.drawn.setAttribute("height", y2 - y1);
    pointer.range = [instantAt(column, y1), instantAt(column, y2)];
    column.append(pointer.drawn);
  };

  document.addEventListener("pointerup", () => {
    if (!pointer) return;
    const { isDragging, drawn, range, at } = pointer;
    pointer = null;
    if (!isDragging) return;
    isClickOfDrag = true;
    if (!drawn) return save();
    if (range[1] - range[0] >= POINTER_STEP) add(at, ...range);
    else drawn.remove();
  });
  document.addEventListener("pointercancel", () => {
    pointer?.drawn?.remove();
    pointer = null;
    restore();
  });

  const add = (gap, start, end) => {
    const address = new URL(gap.href.baseVal, location);
    const zone = calendar().dataset.timezone;
    address.searchParams.set("start", format(start, zone, false));
    address.searchParams.set("end", format(end, zone, false));
    location.assign(address);
  };

  document.addEventListener(
    "click",
    (event) => {
      if (!isClickOfDrag || !event.target.closest?.(".week-calendar")) return;
      isClickOfDrag = false;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  // A press on much free time means the hour pressed; without a pointer, all of it.
  document.addEventListener("click", (event) => {
    const gap = event.target.closest?.(".free");
    if (!gap || pressed !== gap || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const rect = gap.querySelector("rect");
    const column = gap.closest(".calendar-column");
    const [top, foot] = [number(rect, "y"), number(rect, "y") + number(rect, "height")];
    const [start, end] = [instantAt(column, top), instantAt(column, foot)];
    const hour = instantAt(column, pointAt(column, event)) - midnight(column);
    const from = midnight(column) + Math.floor(hour / HOUR) * HOUR;
    if (end - start <= HOUR) return;
    event.preventDefault();
    add(gap, Math.max(from, start), Math.min(from + HOUR, end));
  });

  // ---- The line of now and what runs go on; the box stays where it was scrolled to.
  const tick = () => {
    const line = document.querySelector(".calendar-column .now");
    if (!line) return;
    const column = line.closest(".calendar-column");
    const y = Math.min(Math.round(heightOf(column, clock.now() / 1000)), number(column, "height"));
    line.setAttribute("y1", y);
    line.setAttribute("y2", y);
    const running = column.querySelector(".block.is-running:not(.is-ghost)");
    running?.setAttribute("height", Math.max(y - number(running, "y"), number(running, "height")));
  };
  setInterval(tick, 15_000);

  let scrolledTo = null;
  document.addEventListener("htmx:beforeSwap", () => (scrolledTo = calendar()?.scrollLeft ?? null));
  editing.holdWhile(() => (draft || pointer) && !isSaving);
  document.addEventListener("htmx:afterSettle", () => {
    if (draft && !draft.block.isConnected) draft = null;
    const edge = goesTo && document.getElementById(goesTo);
    goesTo = "";
    if (edge) {
      edge.parentElement.querySelector("a").focus(); // an edge is there only when its block has the focus
      edge.focus();
    }
    if (scrolledTo !== null && calendar()) calendar().scrollLeft = scrolledTo;
    for (const hint of document.querySelectorAll("#content [data-needs-scripts]")) hint.hidden = false;
  });
  const today = document.querySelector(".calendar-day.is-today");
  if (today) calendar().scrollLeft = today.offsetLeft - today.parentElement.querySelector(".hours").clientWidth;
})();
