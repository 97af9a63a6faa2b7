// What waits for somebody: yes, no and later by clicks and by keyboard, news as it comes, and notifications told once. And
// what axe-core finds on the page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { same, scenario } from "./house.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Notes every notification of all pages of a browser instead of showing it. */
const noting = () => {
  class Noted extends EventTarget {
    static permission = localStorage.getItem("granted") ?? "default";

    static async requestPermission() {
      localStorage.setItem("granted", "granted");
      Noted.permission = "granted";
      return "granted";
    }

    constructor(title, { body, tag }) {
      super();
      const all = JSON.parse(localStorage.getItem("noted") ?? "[]");
      localStorage.setItem("noted", JSON.stringify([...all, { title, body, tag }]));
      globalThis.last = this;
    }
  }
  Object.defineProperty(globalThis, "Notification", { value: Noted, configurable: true });
};
const noted = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("noted") ?? "[]"));

/** Writes a line below a heading of the notes, and waits until it counts. */
async function writes(visitor, line, heading, path) {
  await visitor.opens(path);
  await visitor.types(`\n${line}`, heading);
  await visitor.stands("saved");
}

await scenario(async (house) => {
  const mat = await house.visitor("mat");
  await mat.page.context().addInitScript(noting);
  const kumar = await house.visitor("kumar");
  await mat.page.goto("/waiting");
  const count = () => mat.page.locator("#things > .sec:not(:has(#s-later)) [data-key], .first").count();
  // Nothing holds the push: whoever serves may start it, until somebody says what blocks it.
  await mat.page.locator(".first", { hasText: "it may be started" }).waitFor();

  // Nobody is asked for anything before the click.
  await mat.page.getByRole("button", { name: "Notify me" }).click();
  await mat.page.locator("[data-notify] button[aria-pressed=true]").waitFor();
  const second = await mat.page.context().newPage();
  await second.goto(house.push);
  await mat.until("what waits already is known", () => mat.page.evaluate(() => localStorage.getItem("told") !== null));

  // A blocker that nobody owns comes by itself, on the page, in the bar and as a notification, once.
  await writes(kumar, "* the page is blank <b>here</b>", "Blockers:", house.notes);
  await mat.page.getByText("the page is blank").first().waitFor();
  await mat.until("it is counted in the title", async () => (await mat.page.title()).startsWith(`(${await count()})`));
  await second.locator("#waiting .count", { hasText: String(await count()) }).waitFor();
  await mat.until("it is told", async () => (await noted(mat.page)).length > 0);
  await mat.page.waitForTimeout(500);
  const told = await noted(mat.page);
  same(told.length, 1, "it is told once, whatever pages are open");
  same(told[0].body.includes("the page is blank"), true, "it is told what");
  same(told[0].tag.startsWith("blocker:"), true, "by its name");
  same(await mat.page.locator("b", { hasText: "here" }).count(), 0, "what people write is text");

  // Later, by keyboard: it is folded away, and counted no more.
  const thing = mat.page.locator(".first, .rows > li").filter({ hasText: "the page is blank" });
  await thing.locator("summary", { hasText: "Later…" }).focus();
  await mat.page.keyboard.press("Enter");
  await mat.page.keyboard.press("Tab");
  await mat.page.keyboard.press("Enter");
  await mat.page.waitForURL("**/waiting");
  await mat.page.locator("#s-later").waitFor();
  same(await mat.page.locator(".first").filter({ hasText: "the page is blank" }).count(), 0, "it is among what is put off");
  await mat.page.locator(".put-off summary").first().click();
  await mat.page.locator(".put-off li").filter({ hasText: "the page is blank" }).waitFor();

  // Accept: the plan, the yes, and it waits no more.
  await mat.page.locator(".put-off li form button", { hasText: "Settle it…" }).click();
  await mat.page.getByRole("button", { name: "Write it" }).click();
  await mat.page.getByText("Over.").waitFor();
  await mat.page.goto("/waiting");
  same(await mat.page.getByText("the page is blank").count(), 0, "it is settled");

  // An ask is declined for a reason, in line.
  await writes(kumar, `* web@${house.given.commit} please`, "to be in chronological order", house.notes);
  const ask = mat.page.locator(".first, .rows > li").filter({ hasText: "kumar asks for web@" });
  await ask.waitFor();
  await ask.locator("summary", { hasText: "Decline…" }).click();
  await ask.getByLabel("Why not").fill("it waits a week");
  await mat.page.keyboard.press("Enter");
  await mat.page.getByText("it waits a week").first().waitFor();
  await mat.page.getByRole("button", { name: "Write it" }).click();
  await mat.page.getByText("Over.").waitFor();
  await mat.page.goto("/waiting");
  same(await mat.page.getByText("kumar asks for").count(), 0, "it is declined");

  // Switched off, nothing is told.
  const so_far = (await noted(mat.page)).length;
  await mat.page.getByRole("button", { name: "Don’t notify me" }).click();
  await mat.page.locator("[data-notify] button[aria-pressed=false]").waitFor();
  await writes(kumar, "* the css is gone", "Blockers:", house.notes);
  await mat.page.getByText("the css is gone").first().waitFor();
  await mat.page.waitForTimeout(500);
  same((await noted(mat.page)).length, so_far, "nothing is told");

  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
      for (const who of ["mat", "krupa"]) {
        const reader = await house.visitor(who, { colorScheme, viewport, bypassCSP: true });
        await reader.page.goto("/waiting");
        await reader.page.addScriptTag({ content: axe });
        const { violations } = await reader.page.evaluate(() => globalThis.axe.run());
        const grave = violations.filter((one) => ["serious", "critical"].includes(one.impact));
        for (const { id, nodes } of grave) {
          found.push(`${who} ${colorScheme} ${viewport.width}: ${id}\n  ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`);
        }
        await reader.page.context().close();
      }
    }
  }
  if (found.length > 0) throw new Error(`axe-core found:\n${found.join("\n")}`);
});
