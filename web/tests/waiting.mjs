// What waits for somebody: yes, no and later by clicks and by keyboard, news as it comes, and notifications told once. And
// what axe-core finds on the page.

import { graveOn } from "./axe.mjs";
import { same, scenario } from "./house.mjs";

const SIZES = { wide: { width: 1280, height: 900 }, telephone: { width: 390, height: 844 } };

/** Keeps every notification that the browser shows, of all pages. The browser's own are shown; this only looks on. */
const watched = () => {
  globalThis.Notification = class extends globalThis.Notification {
    constructor(title, options) {
      super(title, options);
      globalThis.last = this;
      this.addEventListener("show", () => {
        const { title, body, tag } = this;
        const all = JSON.parse(localStorage.getItem("shown") ?? "[]");
        localStorage.setItem("shown", JSON.stringify([...all, { title, body, tag }]));
      });
    }
  };
};
const shown = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("shown") ?? "[]"));

/** Nobody is asked before the click; whom the browser lets nobody notify is told so. */
async function refused(house) {
  const { page } = await house.visitor("krupa");
  await page.goto("/waiting");
  const permission = () => page.evaluate(() => Notification.permission);
  same(await permission(), "default", "nobody is asked before the click");
  // Without somebody to ask, this browser says no.
  await page.getByRole("button", { name: "Notify me" }).click();
  await page.locator("[data-notify] [role=status]", { hasText: "was told not to let this site notify you" }).waitFor();
  same(await permission(), "denied", "what the browser said");
  same(await page.locator("[data-notify] button").getAttribute("aria-pressed"), "false", "how the switch stands");
  await page.context().close();
}

/** Writes a line below a heading of the notes, and waits until it counts. */
async function writes(visitor, line, heading, path) {
  await visitor.opens(path);
  await visitor.types(`\n${line}`, heading);
  await visitor.stands("saved");
}

await scenario(async (house) => {
  await refused(house);
  const mat = await house.visitor("mat");
  await mat.page.context().grantPermissions(["notifications"]);
  await mat.page.context().addInitScript(watched);
  const kumar = await house.visitor("kumar");
  await mat.page.goto("/waiting");
  const count = () => mat.page.locator("#things > .sec:not(:has(#s-later)) [data-key], .first").count();
  // Nothing holds the push: whoever serves may start it, until somebody says what blocks it.
  await mat.page.locator(".first", { hasText: "it may be started" }).waitFor();

  const switches_on = async () => {
    await mat.page.getByRole("button", { name: "Notify me" }).click();
    await mat.page.locator("[data-notify] button[aria-pressed=true]").waitFor();
    await mat.until("what waits already is known", () => mat.page.evaluate(() => localStorage.getItem("told") !== null));
  };
  await switches_on();
  const second = await mat.page.context().newPage();
  await second.goto(house.push);

  // A blocker that nobody owns comes by itself, on the page, in the bar and as a notification, once.
  await writes(kumar, "* the page is blank <b>here</b>", "Blockers:", house.notes);
  await mat.page.getByText("the page is blank").first().waitFor();
  await mat.until("it is counted in the title", async () => (await mat.page.title()).startsWith(`(${await count()})`));
  await second.locator("#waiting .count", { hasText: String(await count()) }).waitFor();
  await mat.until("it is told", async () => (await shown(mat.page)).length > 0);
  const [first] = await shown(mat.page);
  same(first.body.includes("the page is blank"), true, "it is told what");
  same(first.tag.startsWith("blocker:"), true, "by its name");
  same(await mat.page.locator("b", { hasText: "here" }).count(), 0, "what people write is text");

  // A click on it opens what waits. The page that told it is gone by that, and the other one tells what comes next; had either
  // told something twice, it would be there by now.
  same(await second.evaluate(() => globalThis.last), undefined, "of two pages one tells");
  await mat.page.evaluate(() => void (globalThis.before = true));
  await mat.page.evaluate(() => void globalThis.last.dispatchEvent(new Event("click")));
  await mat.page.waitForFunction(() => globalThis.before === undefined);
  await writes(kumar, "* the logo is upside down", "Blockers:", house.notes);
  await mat.until("the next is told", async () => (await shown(mat.page)).length > 1);
  same((await shown(mat.page)).map(({ body }) => /blank|upside down/.exec(body)?.[0]).join(), "blank,upside down", "each is told once, whatever pages are open");
  same(await second.evaluate(() => globalThis.last?.tag.startsWith("blocker:")), true, "the other page took over");

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

  // Switched off, nothing is told. Once it is on again what comes next is: had the other been told, it would be there by then.
  await mat.page.getByRole("button", { name: "Don’t notify me" }).click();
  await mat.page.locator("[data-notify] button[aria-pressed=false]").waitFor();
  await writes(kumar, "* the css is gone", "Blockers:", house.notes);
  await mat.page.getByText("the css is gone").first().waitFor();
  await switches_on();
  await writes(kumar, "* the footer is gone", "Blockers:", house.notes);
  const is_told = async (words) => (await shown(mat.page)).some(({ body }) => body.includes(words));
  await mat.until("what comes next is told", () => is_told("the footer is gone"));
  same(await is_told("the css is gone"), false, "what came while it was off is told");

  const found = [];
  for (const who of ["mat", "krupa"]) {
    const reader = await house.visitor(who, { bypassCSP: true });
    await reader.page.goto("/waiting");
    for (const colorScheme of ["light", "dark"]) {
      await reader.page.emulateMedia({ colorScheme });
      for (const [size, viewport] of Object.entries(SIZES)) {
        await reader.page.setViewportSize(viewport);
        for (const grave of await graveOn(reader.page)) found.push(`${who} ${colorScheme} ${size}: ${grave}`);
      }
    }
    await reader.page.context().close();
  }
  if (found.length > 0) throw new Error(`axe-core found:\n${found.join("\n")}`);
});
