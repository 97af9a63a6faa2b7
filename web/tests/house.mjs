// A browser at a server, and people in it. What a scenario needs comes as JSON on the standard input: secrets are no
// arguments. Anything that a page complains about, on its console or against its policy, fails the scenario at its end.

import { chromium } from "playwright-core";
import { createInterface } from "node:readline";

/** How long is waited for anything, in milliseconds. */
export const PATIENCE = 20_000;

/** Tall enough for all of the notes: an editor holds only the lines in sight. */
const TALL = { width: 1280, height: 2400 };

/** A browser that draws the same everywhere. */
export function launched() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--font-render-hinting=none", "--disable-lcd-text"] });
}

/** Runs a scenario: a function that is given a house. It is told one line of JSON, and a line for each answer to `asks`. */
export async function scenario(play) {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const given = JSON.parse((await lines.next()).value);
  const browser = await launched();
  const house = new House(browser, given, lines);
  try {
    await play(house);
    house.isCalm();
  } finally {
    await browser.close();
    process.stdin.destroy();
  }
}

/** What a browser says while the network is away. Where it is back before the notes' socket is, the page asks by a plain question
 * why: a 400 says that nothing is wrong with who asks. */
export const OFFLINE = /ERR_INTERNET_DISCONNECTED|WebSocket connection|status of 400/;

/** A server with people in browsers. */
export class House {
  /** What pages complained about. */
  complaints = [];
  /** What the browsers of people keep who came in already: a link lets in once. */
  keeps = {};

  constructor(browser, given, lines) {
    this.browser = browser;
    this.given = given;
    this.lines = lines;
    this.notes = `/trains/${given.train}/pushes/${given.push}/notes`;
    this.push = `/trains/${given.train}/pushes/${given.push}`;
  }

  /** Lets the world around the browsers go on, as the test says, and gives what it answers. */
  async asks(what) {
    process.stdout.write(`${JSON.stringify({ asks: what })}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`nobody answers to ${what}`);
    return JSON.parse(value);
  }

  /** Somebody with a browser of their own; signed in where a link lets them in. */
  async visitor(name, options = {}) {
    const context = await this.browser.newContext({ baseURL: this.given.base, viewport: TALL, storageState: this.keeps[name], ...options });
    context.setDefaultTimeout(PATIENCE);
    const visitor = this.at(name, await context.newPage());
    const link = this.given.links[name];
    if (link && !this.keeps[name]) {
      await entered(visitor.page, link);
      this.keeps[name] = await context.storageState();
    }
    return visitor;
  }

  /** Somebody at a page of a browser that is there already. */
  at(name, page) {
    page.on("console", (said) => {
      if (!["error", "warning"].includes(said.type()) || this.expected?.(said.text())) return;
      this.complaints.push(`${name}: ${said.text()} (${said.location().url})`);
    });
    page.on("pageerror", (error) => this.complaints.push(`${name}: ${error.stack}`));
    return new Visitor(this, name, page);
  }

  /** Fails on any complaint. */
  isCalm() {
    if (this.complaints.length > 0) throw new Error(`pages complained:\n${this.complaints.join("\n")}`);
  }
}

/** Follows a link that lets in. */
export async function entered(page, link) {
  await page.goto(link);
  await page.locator("form button:not([data-theme-toggle])").first().click();
  await page.waitForURL((url) => !url.pathname.includes("/sign-in/"));
}

/** Somebody at a page. */
export class Visitor {
  constructor(house, name, page) {
    this.house = house;
    this.name = name;
    this.page = page;
    this.text = page.locator(".cm-content");
  }

  /** Opens a page with live notes, and waits for the editor. */
  async opens(path) {
    await this.page.goto(path);
    await this.text.waitFor();
    return this;
  }

  /** Types at the end of the line that holds some words; what has several lines as it stands. */
  async types(words, after) {
    await this.page.locator(".cm-line", { hasText: after }).last().click();
    await this.page.keyboard.press("End");
    await this.page.keyboard.type(words);
  }

  /** Waits until the text has some words. */
  async sees(words) {
    await this.until(`${this.name} sees ${JSON.stringify(words)}`, async () => (await this.lines()).includes(words));
  }

  /** The text's lines, without the names at carets. */
  lines() {
    return this.text.evaluate((content) => {
      const bare = content.cloneNode(true);
      for (const caret of bare.querySelectorAll(".cur")) caret.remove();
      return [...bare.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n");
    });
  }

  /** Waits until the notes stand so. */
  async stands(word) {
    const kept = this.page.locator(".kept");
    await kept.filter({ hasText: word }).waitFor().catch(async () => {
      const alerts = await this.page.getByRole("alert").allInnerTexts();
      throw new Error(`${this.name}'s notes stand so: ${[...(await kept.allInnerTexts()), ...alerts].join("; ")}; not “${word}”`);
    });
  }

  /** Waits until those are named as here. */
  async meets(...names) {
    for (const name of names) await this.page.locator(".present li", { hasText: name }).waitFor();
  }

  /** Waits until something holds. */
  async until(what, holds) {
    const end = Date.now() + PATIENCE;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`in vain: ${what}\n${await this.lines()}`);
      await this.page.waitForTimeout(30);
    }
  }

  /** Takes the network away, or gives it back. */
  offline(yes) {
    return this.page.context().setOffline(yes);
  }
}

/** Holds that two are the same. */
export function same(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}:\n${JSON.stringify(found)}\nis not\n${JSON.stringify(wanted)}`);
}
