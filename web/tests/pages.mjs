// Every page: nothing serious on it for axe-core, in both themes, wide and on a telephone; every place of it reached by Tab and
// seen there; light enough; and as the documents show it. The test tells which addresses there are: one that is not looked at
// here fails.

import { gzipSync } from "node:zlib";

import { graveOn } from "./axe.mjs";
import { House, same, scenario } from "./house.mjs";
import { walked } from "./keys.mjs";
import { Pictures } from "./pictures.mjs";

const WIDE = { width: 1280, height: 900 };
const TELEPHONE = { width: 390, height: 844 };
/** In the dark nothing but the colours is another. */
const COLOURS = ["color-contrast", "link-in-text-block"];
const LOOKS = {
  light: { colorScheme: "light", size: WIDE },
  dark: { colorScheme: "dark", size: WIDE, rules: COLOURS },
  telephone: { colorScheme: "light", size: TELEPHONE },
  "telephone-dark": { colorScheme: "dark", size: TELEPHONE, rules: COLOURS },
};
/** The lowest and the tallest picture, in pixels: every page is whole in its own, save the interface's description of itself. */
const LOWEST = 360;
const TALLEST = 6_000;
/** What a page may weigh on its way, packed, for somebody who comes for the first time, without the notes' script. */
const LIGHT = 60_000;
/** What the notes' script may. */
const SCRIPT = 150_000;

const notes = async (page) => {
  await page.locator(".cm-content").waitFor();
  await page.locator(".kept", { hasText: "live" }).waitFor();
};
const submits = (selector, fill) => async (page) => {
  for (const [name, value] of Object.entries(fill ?? {})) await page.locator(`${selector} [name=${name}]`).fill(value);
  await page.locator(`${selector} button`).last().click();
  await page.waitForLoadState();
};

/**
 * The pages by their address, as the router has it: where one goes, what is done there, and in which other looks than by
 * light they are shown; and what has to stand in the first screen of a telephone. What comes from a form has no address to ask
 * for, and stands behind a `+`, as what is one page of many. A page with hundreds of links made alike is walked so far. On
 * Thursday there is what Wednesday's house has not: a push in production by a program, a private twin, and a server at work.
 */
const PAGES = {
  "/": { name: "trains" },
  "/waiting": { name: "waiting", path: "/waiting" },
  "/trains/{train}": { name: "train", path: "/trains/amo", then: notes },
  "/trains/{train}/pushes/{push}": { name: "push", path: "/trains/amo/pushes/2026.11.26", then: notes, shown: ["light", "dark", "telephone"], first: "#holds .next .alt" },
  "/trains/{train}/pushes/{push}/notes": { name: "notes", path: "/trains/amo/pushes/2026.11.26/notes", then: notes, shown: ["light", "telephone-dark"] },
  "/trains/{train}/pushes/{push}/notes/history": { name: "notes-history", path: "/trains/amo/pushes/2026.11.26/notes/history" },
  "/trains/{train}/pushes/{push}/notes/check": { name: "notes-check", path: "/trains/amo/pushes/2026.11.26/notes/check" },
  "/trains/{train}/schedule": { name: "schedule", path: "/trains/amo/schedule", shown: ["light", "telephone"] },
  "/trains/{train}/where": { name: "where", path: "/trains/amo/where?commit=2026.11.26-1" },
  "/trains/{train}/compare/{repo}": { name: "compare", path: "/trains/amo/compare/server?push=2026.11.26" },
  "/trains/{train}/history": { name: "history", path: "/trains/amo/history" },
  "/trains/{train}/stats": { name: "stats", path: "/trains/amo/stats" },
  "/trains/{train}/people": { name: "people", path: "/trains/amo/people" },
  "/trains/{train}/ledger": { name: "ledger", path: "/trains/amo/ledger" },
  "/trains/{train}/told": { name: "told", path: "/trains/amo/told" },
  "/trains/{train}/act": { name: "act", path: "/trains/amo/act", then: (page) => page.locator("#pick summary").click() },
  "/sign-in": { name: "sign-in", who: "anybody" },
  "/sign-in/{secret}": { name: "link", who: "anybody", path: (given) => given.unused },
  "/me": { name: "me", path: "/me" },
  "/api/v1/": { name: "api", path: "/api/v1/", most: 60 },
  "+ a form of the interface": { name: "api-form", path: "/api/v1/?form=Command", most: 60, shown: [] },
  "+ no such page": { name: "nowhere", path: "/trains/amo/nowhere", status: 404 },
  "+ a plan": { name: "plan", path: "/trains/amo/act?command=swap&push=2026.12.03#swap", then: submits("#swap form", { with: "mat" }) },
  "+ the plan of a cut": { name: "plan-of-a-cut", path: "/trains/amo/act?push=2026.12.03#tag", then: opened("#tag") },
  "+ a pick that does not apply": { name: "conflict", path: (given) => `/trains/amo/act?command=pick&push=2026.11.26&commit=${encodeURIComponent(given.clash)}#pick`, then: submits("#pick form") },
  "+ a sign-off": { name: "sign-off", who: "krupa", path: "/trains/amo/act?command=approve&push=2026.11.26#approve", then: submits("#approve form"), shown: [] },
  "+ the run sheet": { name: "run-sheet", path: "/trains/amo/act?command=start&push=2026.11.26#start", then: submits("#start form") },
  "+ a no": { name: "no", who: "krupa", path: "/trains/amo/act?push=2026.11.26#claim", then: opened("#claim"), status: 403 },
  "/trains/{train}/steps/{step}": { name: "step", path: "/trains/amo/act#hold", then: held },
  "+ a token": { name: "token", path: "/me", then: submits("form[action$='/me/tokens']", { label: "the board in the office" }) },
  "/trains/{train}/pushes/{push}/deploys/{key}": { name: "deploy", day: "thursday", path: (given) => `/trains/amo/pushes/2026.11.26/deploys/${given.deploy}` },
  "+ a push in production": { name: "in-production", day: "thursday", who: "iris", path: "/trains/amo/pushes/2026.11.26", then: securely, shown: [] },
  "+ a train at work": { name: "health", day: "thursday", path: "/trains/amo/schedule" },
  "+ the way back": { name: "way-back", day: "thursday", path: "/trains/amo/act?command=rollback#rollback", then: submits("#rollback form", { because: "nobody can log in" }) },
  "+ a review": { name: "review", day: "thursday", who: "iris", path: "/trains/amo/act?command=security_approve&repo=server&branch=1#security_approve", then: submits("#security_approve form"), shown: [] },
  "+ a repair": { name: "repair", day: "thursday", who: "iris", path: "/trains/amo/act?command=security_repair&repo=server&way=publish#security_repair", then: submits("#security_repair form"), shown: [] },
  "+ a link for somebody": { name: "made-link", path: "/me", then: submits("form[action$='/me/links']", { name: "theo" }) },
};

function opened(form) {
  return async (page) => {
    await page.locator(`${form} summary`).click();
    await page.locator(`${form} button`).click();
    await page.waitForLoadState();
  };
}

/** What only security sees is there, with what was deployed. */
async function securely(page) {
  await notes(page);
  for (const part of ["#security", "#deploys"]) await page.locator(part).waitFor();
}

/** Lets nothing more of what a server at work finds come into a page: it is measured as it stands. */
async function stands(page) {
  await page.evaluate(() => (globalThis.fetch = () => new Promise(() => {})));
  // What was asked for before is answered by then.
  await page.waitForTimeout(200);
}

async function held(page) {
  await page.locator("#hold summary").click();
  await page.locator("#hold [name=because]").fill("the office has no power");
  await page.locator("#hold button").click();
  await page.locator("form[action$='/do'] button").click();
  await page.locator("#step", { hasText: "Over." }).waitFor();
}

/** Puts always the same in the place of what is another in every run: hashes of the record, secrets, this server's port, how long a round took. */
function fixed() {
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.parentElement.closest(".cm-editor")) continue;
    text.data = text.data
      .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:7380")
      .replace(/asked in \d+ ms/g, "asked in 12 ms")
      .replace(/[\w-]{40,}/g, (secret) => "0123456789abcdef".repeat(8).slice(0, secret.length))
      .replace(/\b[0-9a-f]{12,}\b/g, (hash) => "0123456789abcdef".repeat(8).slice(0, hash.length));
  }
}

function called(name, look) {
  return look === "light" ? name : `${name}-${look}`;
}

/** Where the first of some ends, from the top of its page. */
function end(page, selector) {
  return page.locator(selector).first().evaluate((one) => one.getBoundingClientRect().bottom + scrollY);
}

async function picture(page, name, size, pictures) {
  await page.evaluate(fixed);
  await page.evaluate(() => document.activeElement?.blur?.());
  await page.mouse.move(0, 0);
  await page.evaluate(() => scrollTo(0, 0));
  await page.evaluate(() => document.fonts.ready);
  await page.setViewportSize({ width: size.width, height: LOWEST });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.min(height, TALLEST) });
  // What came into view with the new size is painted in the frames after it.
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  await pictures.compare(name, await page.screenshot({ animations: "disabled" }));
}

/** What came on the way to a page, by the last part of its address, in bytes as gzip makes them; a font is packed already. */
function weighing(page, came) {
  page.on("response", async (response) => {
    const { pathname } = new URL(response.url());
    const kind = response.headers()["content-type"] ?? "";
    if (response.status() >= 300 || kind.startsWith("text/event-stream")) return;
    const body = await response.body().catch(() => Buffer.alloc(0));
    const bytes = kind.startsWith("font/") ? body.length : gzipSync(body, { level: 9 }).length;
    came.set(/^\/assets\//.test(pathname) ? pathname.slice(8) : "page", bytes);
  });
}

await scenario(async (house) => {
  same(Object.keys(PAGES).filter((at) => at.startsWith("/")).sort().join("\n"), house.given.addresses.sort().join("\n"), "the pages that are looked at, and those of the router");
  house.expected = (words) => /status of 40[34]/.test(words);
  const like = { bypassCSP: true, timezoneId: "Europe/Paris", locale: "en-GB", reducedMotion: "reduce", viewport: WIDE };
  const [houses, visitors] = [{ wednesday: house }, new Map()];
  const pictures = new Pictures(await (await house.browser.newContext()).newPage(), house.given.pictures);
  const [found, fonts] = [[], new Map()];
  // The pages are looked at in several runs at once, each of some that follow each other.
  const all = Object.entries(PAGES);
  const [part, parts] = house.given.part;
  const some = all.slice(Math.floor((all.length * part) / parts), Math.floor((all.length * (part + 1)) / parts));
  for (const [at, { name, day = "wednesday", who = "mat", path = at, then, shown = ["light"], status = 200, most, first }] of some) {
    houses[day] ??= new House(house.browser, await house.asks(day));
    const [there, comes] = [houses[day], `${who} on ${day}`];
    if (!visitors.has(comes)) visitors.set(comes, await there.visitor(who, like));
    const { page } = visitors.get(comes);
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: "light" });
    const came = new Map();
    weighing(page, came);
    let last = 0;
    const counted = (response) => {
      if (response.request().isNavigationRequest() && response.status() !== 303) last = response.status();
    };
    page.on("response", counted);
    await page.goto(typeof path === "string" ? path : path(there.given));
    await then?.(page);
    if (day === "thursday") await stands(page);
    page.removeAllListeners("response");
    same(last, status, `the status of ${name}`);
    for (const wrong of await walked(page, most)) found.push(`${name}: ${wrong}`);
    for (const [look, { colorScheme, size, rules }] of Object.entries(LOOKS)) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      for (const grave of await graveOn(page, rules)) found.push(`${name}, ${look}: ${grave}`);
      if (first && size === TELEPHONE && (await end(page, first)) > size.height) found.push(`${name}, ${look}: ${first} is not in the first screen`);
      const wanted = shown.includes(look);
      if (wanted) await picture(page, called(name, look), size, pictures);
    }
    // A browser keeps the font for good: whoever comes for the first time gets it with any page.
    for (const [what, bytes] of came) if (what.endsWith(".woff2")) fonts.set(what, Math.max(bytes, fonts.get(what) ?? 0));
    const weight = [...new Map([...came, ...fonts])].reduce((sum, [what, bytes]) => (what === "notes.js" ? sum : sum + bytes), 0);
    if (weight > LIGHT) found.push(`${name} weighs ${weight} bytes`);
    if (came.get("notes.js") > SCRIPT) found.push(`the notes' script weighs ${came.get("notes.js")} bytes`);
  }
  if (found.length + pictures.wrong.length > 0) {
    throw new Error(`on pages:\n${found.join("\n")}\nin pictures (cargo xtask docs --pictures makes them anew):\n${pictures.wrong.join("\n")}`);
  }
  for (const one of Object.values(houses)) one.isCalm();
  const shown = all.flatMap(([, { name, shown = ["light"] }]) => shown.map((look) => `${called(name, look)}.png`));
  process.stdout.write(`${shown.join("\n")}\n`);
});
