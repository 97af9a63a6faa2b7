// When a browser shows the first thing of a page: `paint.mjs ADDRESS TIMES`, with a cookie on standard input. Each time it is a
// browser that was never here; the milliseconds of each are a line.

import { text } from "node:stream/consumers";
import { chromium } from "playwright-core";

const [address, times] = process.argv.slice(2);
const [name, value] = (await text(process.stdin)).trim().split("=");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  for (let at = 0; at < Number(times); at++) {
    const context = await browser.newContext();
    await context.addCookies([{ name, value, url: address }]);
    const page = await context.newPage();
    await page.goto(address, { waitUntil: "load" });
    const painted = await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    console.log(await painted.jsonValue());
    await context.close();
  }
} finally {
  await browser.close();
}
