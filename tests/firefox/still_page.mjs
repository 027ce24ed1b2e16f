// A page whose scripts are off. puppeteer-core finds elements by scripts of its own in the page, which Firefox stops with
// the page's; these commands of WebDriver BiDi are carried out by the browser itself.
import assert from "node:assert/strict";

export const STILL = { extraPrefsFirefox: { "javascript.enabled": false } }; // this Firefox cannot do it for a page
const PATIENCE = 10_000;
const ENTER = "\uE007";
const CONTROL = "\uE009";
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

export class StillPage {
  // Of a browser that was launched with STILL.
  static async of(page) {
    const still = new StillPage(page);
    await page.goto("data:text/html,<noscript><p>Off</p></noscript>");
    assert.equal(await still.text("p"), "Off"); // with scripts it would be no element
    return still;
  }

  constructor(page) {
    this.page = page;
    const frame = page.mainFrame();
    this.context = frame._id;
    this.session = frame.browsingContext.userContext.browser.session; // puppeteer has no public way to send a command
  }

  async send(method, parameters) {
    return (await this.session.send(method, { context: this.context, ...parameters })).result;
  }

  // Selectors of CSS, or of XPath when they begin with a slash.
  async all(selector) {
    const locator = { type: selector.startsWith("/") ? "xpath" : "css", value: selector };
    const serializationOptions = { maxDomDepth: 20 };
    return (await this.send("browsingContext.locateNodes", { locator, serializationOptions })).nodes;
  }

  async find(selector, part = "") {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const nodes = await this.all(selector).catch(() => []); // between two pages there is none to look in
      const found = nodes.find((node) => textOf(node).includes(part));
      if (found) return found;
      assert.ok(Date.now() < end, `no ${selector} with “${part}” but ${JSON.stringify(nodes.map(textOf))}`);
      await pause(50);
    }
  }

  async text(selector, part) {
    return textOf(await this.find(selector, part));
  }

  async click(selector) {
    const { sharedId } = await this.find(selector);
    const to = { type: "pointerMove", x: 0, y: 0, origin: { type: "element", element: { sharedId } } };
    const actions = [to, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }];
    await this.send("input.performActions", { actions: [{ type: "pointer", id: "mouse", actions }] });
  }

  // Presses a link or button, and waits for the page that it leads to.
  async follow(selector) {
    await Promise.all([this.page.waitForNavigation(), this.click(selector)]);
  }

  async press(...keys) {
    const down = keys.map((value) => ({ type: "keyDown", value }));
    const up = keys.toReversed().map((value) => ({ type: "keyUp", value }));
    await this.send("input.performActions", { actions: [{ type: "key", id: "keys", actions: [...down, ...up] }] });
  }

  // Puts a text in the place of what a field has, and sends its form.
  async enter(selector, text) {
    await this.click(selector);
    await this.press(CONTROL, "a");
    for (const letter of text) await this.press(letter);
    await Promise.all([this.page.waitForNavigation(), this.press(ENTER)]);
  }
}

function textOf({ value }) {
  const own = value.nodeType === 3 ? value.nodeValue : (value.children ?? []).map(textOf).join("");
  return own.replace(/\s+/g, " ");
}
