// Tells the server this device's time zone and how its language writes times and dates, so that the pages of a first
// visit are right without asking. Read once, when somebody becomes known; later only the zone is compared.
// Loads the very first page again if the day there is not the day here.
"use strict";

(() => {
  const today = document.getElementById("timer-bar")?.dataset.today;
  const isNew = !document.cookie.includes("timezone=");
  const write = (name, value) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${name}=${value}; path=/; max-age=34560000; samesite=lax${secure}`;
  };

  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  const { hourCycle } = Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions();
  const language = new Intl.Locale(locale);
  const week = language.getWeekInfo?.() ?? language.weekInfo; // not every browser knows it
  const first = Intl.DateTimeFormat(locale)
    .formatToParts()
    .find(({ type }) => type !== "literal").type;

  const clock = hourCycle === "h11" || hourCycle === "h12" ? "12" : "24";
  const weekStart = week ? week.firstDay - 1 : ""; // Monday is 0
  const dates = { day: "day", month: "month", year: "iso" }[first] ?? "";

  if (timeZone) write("timezone", timeZone);
  write("formats", `${clock}.${weekStart}.${dates}`);

  const isKept = document.cookie.includes("timezone="); // else this would go on for ever
  if (isNew && isKept && today && today !== new Date().toLocaleDateString("sv-SE")) location.reload();
})();
