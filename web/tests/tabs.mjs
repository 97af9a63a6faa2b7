// As many tabs as somebody has open. A browser has six connections to a server for all of them: the tab in sight is live, and
// one of the others; what the rest missed they show when they are seen again.

import { same, scenario } from "./house.mjs";

const TABS = 8;
/** What takes as long as its push is held. */
const WISH = { command: "tag", again: true, because: "kick" };

/** Lets a page be put out of sight: a browser without a screen shows all of its pages. */
const sight = () => {
  let state = "visible";
  Object.defineProperty(document, "visibilityState", { get: () => state });
  globalThis.comes = (next) => {
    state = next;
    document.dispatchEvent(new Event("visibilitychange"));
  };
};
const goes = (page) => page.evaluate(() => globalThis.comes("hidden"));
const comes = (page) => page.evaluate(() => globalThis.comes("visible"));

/** The pages of a browser that follow, by the streams that they have open. */
function followersOf(context) {
  const open = new Map();
  context.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith("/events")) open.set(request, request.frame().page());
  });
  for (const end of ["requestfinished", "requestfailed"]) context.on(end, (request) => open.delete(request));
  return () => [...open.values()].filter((page) => !page.isClosed());
}

/** A step is followed by as many: whoever sees one of them reads all that was said, and its end. */
async function followsAStep(house, kumar) {
  const mat = await house.visitor("mat");
  const context = mat.page.context();
  await mat.page.goto("/waiting");
  const begins = async (wish) => (await fetch("/trains/amo/do", { method: "POST", body: new URLSearchParams({ wish }) })).url;
  const step = await mat.page.evaluate(begins, JSON.stringify(WISH));
  await mat.page.close();
  await context.addInitScript(sight);
  const followers = followersOf(context);
  const follow = (...pages) => kumar.until("these follow the step, and no others", () => {
    const now = new Set(followers());
    return now.size === pages.length && pages.every((page) => now.has(page));
  });

  const tabs = [];
  for (let n = 0; n < TABS; n++) {
    if (n > 0) await goes(tabs[n - 1]);
    const { page } = house.at("mat", await context.newPage());
    await page.goto(step);
    await page.locator("#step", { hasText: "On its way" }).waitFor();
    tabs.push(page);
  }
  const [first, second, last] = [tabs[0], tabs[1], tabs[TABS - 1]];
  await follow(first, last);

  await goes(last);
  await comes(second);
  await follow(first, second);
  const said = (page) => page.locator("[data-said]").textContent();
  await kumar.until("both have what was said", async () => {
    const now = await said(first);
    return now !== "" && now === (await said(second));
  });
  await house.asks("let the push on");
  const over = (page) => page.locator("#step", { hasText: "Over." });
  for (const page of [second, first]) await over(page).waitFor();
  same(await over(last).count(), 0, "one that is out of sight has not asked");
  await goes(second);
  await comes(last);
  await over(last).waitFor();
}

await scenario(async (house) => {
  const mat = await house.visitor("mat");
  const kumar = await house.visitor("kumar");
  await kumar.opens(house.notes);
  const context = mat.page.context();
  await context.addInitScript(sight);
  const followers = followersOf(context);
  const follow = (...pages) => kumar.until("these follow, and no others", () => {
    const now = followers();
    return now.length === pages.length && pages.every((page) => now.includes(page));
  });

  const tabs = [];
  for (let n = 0; n < TABS; n++) {
    if (n > 0) await goes(tabs[n - 1]);
    const { page } = n > 0 ? house.at("mat", await context.newPage()) : mat;
    await page.goto("/waiting");
    tabs.push(page);
  }
  const [first, second, third, last] = [...tabs.slice(0, 3), tabs[TABS - 1]];
  await follow(first, last);

  // What comes is shown by the tab in sight, and by that which was put out of sight before all others.
  await kumar.types("\n* the page is blank", "Blockers:");
  await kumar.stands("saved");
  for (const page of [last, first]) await page.getByText("the page is blank").first().waitFor();

  // Another one is seen: it shows what it missed, and follows.
  await goes(last);
  await comes(second);
  await second.getByText("the page is blank").first().waitFor();
  await follow(first, second);
  await kumar.types("\n* the logo is upside down", "Blockers:");
  await kumar.stands("saved");
  for (const page of [second, first]) await page.getByText("the logo is upside down").first().waitFor();

  // The one that followed out of sight is closed: the next of them goes on in its place.
  await first.close();
  await third.getByText("the logo is upside down").first().waitFor();
  await follow(second, third);

  await followsAStep(house, kumar);
});
