// A page that follows its train, in a browser: `follow.mjs ADDRESS`, with a cookie as the first line of standard input. It says
// *follows* once it does. Each further line is words: it says *looks* when it looks out for them, and *shows* when they are there,
// beside the notes, which have a way of their own.

import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [address] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (word) => process.stdout.write(`${word}\n`);
const [name, value] = (await lines.next()).value.split("=");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const context = await browser.newContext();
  await context.addCookies([{ name, value, url: new URL(address).origin }]);
  const page = await context.newPage();
  // What the page complains of is told where it does not come that far.
  page.on("console", (said) => said.type() === "error" && console.error(said.text()));
  page.on("pageerror", (error) => console.error(error.stack));
  // A stream begins with how things are: the page is asked for once more.
  const asked = page.waitForResponse((answer) => answer.url() === address && answer.request().resourceType() === "fetch");
  await page.goto(address);
  await (await asked).finished();
  say("follows");
  for await (const words of lines) {
    await page.evaluate((words) => {
      const there = () => [...document.querySelectorAll("[data-live]")].some((part) => part.textContent.includes(words));
      window.there = new Promise((done) => {
        const seen = new MutationObserver(() => there() && done());
        seen.observe(document.body, { childList: true, subtree: true });
        if (there()) done();
      });
    }, words);
    say("looks");
    await page.evaluate(() => window.there);
    say("shows");
  }
} finally {
  await browser.close();
}
