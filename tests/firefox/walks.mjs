// Walks through the product in Debian's Firefox, driven over WebDriver BiDi: `node walks.mjs http://127.0.0.1:8000`.
// Prints a line for each walk and ends with 1 when one fails. Each begins as a stranger, in a context of its own.
import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";
import { STILL, StillPage } from "./still_page.mjs";

const [, , base] = process.argv;
const DAY = "2026-03-03";
const launch = (options) =>
  puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    ...options,
  });

const text = (page, selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());
const until = (page, test, ...values) => page.waitForFunction(test, { timeout: 10_000 }, ...values);
const shows = (page, selector, part) =>
  until(page, (at, what) => document.querySelector(at)?.textContent.replace(/\s+/g, " ").includes(what), selector, part);

const type = async (page, line) => {
  await page.goto(`${base}/`);
  await page.type("#id_name", line);
  await page.keyboard.press("Enter");
  await shows(page, "#notices", "Added “");
};

const WALKS = {
  "1. First visit: nothing is asked, a session is kept over a reload": async (page) => {
    await page.goto(`${base}/`);
    assert.match(await text(page, "main"), /Nothing tracked yet/);
    await page.type("#id_name", "Logo sketches");
    await page.keyboard.press("Enter");
    await shows(page, "#timer-bar", "Running");
    await page.reload();
    assert.match(await text(page, "#timer-name"), /Logo sketches/);
  },
  "7. Edit in place: row and total follow, Esc restores": async (page) => {
    await type(page, `Call ${DAY} 9-10`);
    await page.goto(`${base}/day/${DAY}/`);
    await page.click("a[id^=end-]");
    await page.waitForSelector(".cell-form input[name=end]");
    await page.keyboard.type("11");
    await page.keyboard.press("Enter");
    await shows(page, ".day-head .total", "2:00");
    await page.click("a[id^=name-]");
    await page.waitForSelector(".cell-form input[name=name]");
    await page.keyboard.type("Other");
    await page.keyboard.press("Escape");
    await until(page, () => !document.querySelector(".cell-form"));
    assert.equal(await text(page, "a[id^=name-]"), "Call");
  },
  "8. Delete a row, and take it back with Z": async (page) => {
    await type(page, `Call ${DAY} 9-10`);
    await page.goto(`${base}/day/${DAY}/`);
    await page.focus("li.session");
    await page.keyboard.press("Delete");
    await until(page, () => !document.querySelector("li.session"));
    await page.keyboard.press("z");
    await shows(page, "li.session", "Call");
  },
  "12. 320 and 1280 pixels: nothing scrolls sideways": async (page) => {
    await type(page, `Call with Mira about the second round of the brochure ${DAY} 9-10`);
    for (const width of [320, 1280]) {
      await page.setViewport({ width, height: 800 });
      for (const path of ["/", `/day/${DAY}/`, "/week/2026-03-02/", "/week/2026-03-02/?view=calendar", "/month/2026-03/"]) {
        await page.goto(base + path);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} at ${width}`);
      }
    }
  },
  "14. Numbers: week, calendar, month and CSV agree": async (page) => {
    await type(page, `Call ${DAY} 9-10:25`);
    await type(page, "Night 2026-03-04 22:30-1:15");
    const totals = [];
    for (const path of ["/week/2026-03-02/", "/week/2026-03-02/?view=calendar", "/month/2026-03/"]) {
      await page.goto(base + path);
      totals.push((await text(page, ".day-head .total")).replace("Total ", ""));
    }
    assert.deepEqual(totals, ["4:10", "4:10", "4:10"]);
    await page.goto(`${base}/week/2026-03-02/`);
    const csv = await page.evaluate(() => fetch(document.querySelector("a[href*='download.csv']").href).then((answer) => answer.text()));
    const [head, ...rows] = csv.trim().split(/\r?\n/).map((row) => row.split(","));
    const column = head.findIndex((name) => /seconds/i.test(name));
    assert.ok(column >= 0, head.join());
    assert.equal(rows.reduce((sum, row) => sum + Number(row[column]), 0), 4 * 3600 + 600);
  },
  "The calendar: keys move a session, free time is added to": async (page) => {
    await page.setViewport({ width: 1280, height: 1100 });
    await type(page, `Call ${DAY} 9-10:30`);
    await page.goto(`${base}/week/2026-03-02/?view=calendar`);
    await page.focus(".block a");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await shows(page, "#notices", "Moved “Call”");
    await shows(page, ".block .range", "9:01");
    await page.goto(`${base}/week/2026-03-02/?view=calendar`);
    await page.$eval(".free", (link) => link.focus());
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    assert.match(await page.$eval("input[name=start]", (field) => field.value), /^8:00/);
    assert.match(await page.$eval("input[name=end]", (field) => field.value), /^(18:00|6:00 pm)/);
  },
};

const STILL_WALKS = {
  "13. Without scripts: start, come back, correct, delete, week, month, CSV, settings": async (page) => {
    const still = await StillPage.of(page);
    await page.goto(`${base}/`);
    await still.enter("#id_name", "Logo sketches");
    await still.find("#timer-bar", "Running");
    await page.reload();
    await still.find("#timer-name", "Logo sketches");
    await still.follow("//*[@id='timer-bar']//button[normalize-space()='Stop']");
    await still.find("#notices", "Stopped after");

    await still.enter("#id_name", `Call ${DAY} 9-10`);
    await still.find("#notices", "Added “Call”");
    await page.goto(`${base}/day/${DAY}/`);
    await still.follow("a[id^=end-]");
    await still.enter("input[name=end]", "9:75");
    await still.find("main", "“9:75” is not a time");
    assert.equal((await still.find("input[name=end]")).value.attributes.value, "9:75");
    await still.enter("input[name=end]", "11");
    await still.find(".day-head .total", "2:00");
    await still.follow("a[id^=name-]");
    await still.enter("main input[name=name]", "Proposal");
    await still.find("a[id^=name-]", "Proposal");

    await still.click("li.session input[type=checkbox]");
    await still.follow("//*[@id='selection']//button[normalize-space()='Delete']");
    await still.find("#notices", "Deleted");
    assert.deepEqual(await still.all("li.session"), []);
    await still.follow("//*[@id='notices']//button[normalize-space()='Undo']");
    await still.find("li.session", "Proposal");

    for (const path of ["/week/2026-03-02/", "/month/2026-03/"]) {
      await page.goto(base + path);
      await still.find(".day-head .total", "2:00");
    }
    await page.goto(`${base}/week/2026-03-02/`);
    const { href } = (await still.find("a[href*='download.csv']")).value.attributes;
    const cookie = (await page.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    const csv = await fetch(new URL(href, base), { headers: { cookie } }).then((answer) => answer.text());
    assert.match(csv, /7200/);

    await page.goto(`${base}/settings/time/`);
    await still.enter("input[name=timezone]", "kiritimati");
    await still.find("main", "Saved.");
    assert.equal((await still.find("input[name=timezone]")).value.attributes.value, "Pacific/Kiritimati");
  },
};

let failed = 0;
const run = async (browser, name, walk) => {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    failed += 1;
    console.log(`Script: ${error.message}`);
  });
  try {
    await walk(page);
    console.log(`passed  ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
  await context.close();
};

for (const [walks, options] of [[WALKS, {}], [STILL_WALKS, STILL]]) {
  const browser = await launch(options);
  for (const [name, walk] of Object.entries(walks)) await run(browser, name, walk);
  await browser.close();
}
process.exit(failed ? 1 : 0);
