// Below a path of a proxy: people come in, follow each other, write and act, by what the pages say; and every page leads, sends
// and listens below that path alone, whether the proxy leaves the path in place or takes it off.

import { Crawl } from "./crawl.mjs";
import { same, scenario } from "./house.mjs";
import { Proxy } from "./proxy.mjs";

const PATH = "/push";

/** Waits for the notes of a page, where it has some: their socket is open then. */
async function settled({ page }) {
  if ((await page.locator("[data-notes]").count()) > 0) await page.locator(".kept", { hasText: "live" }).waitFor();
}

/** Two people at the push, and what one does is seen by the other where they are. Gives the step of it. */
async function played(house, crawl) {
  const [mat, kumar] = [await house.visitor("mat"), await house.visitor("kumar")];
  same(new URL(mat.page.url()).pathname, `${PATH}/trains/amo`, "where a link leads in");
  await kumar.opens(house.push);
  await kumar.page.evaluate(() => (globalThis.stayed = true));
  await kumar.types("\n* the page is blank", "Blockers:");
  await kumar.stands("saved");
  await mat.page.locator("#blockers", { hasText: "the page is blank" }).waitFor();

  // What waits is asked for by a script of its own.
  await mat.page.context().grantPermissions(["notifications"]);
  await mat.page.getByRole("link", { name: "Waiting for me" }).click();
  await mat.page.getByRole("button", { name: "Notify me" }).click();
  await mat.page.waitForFunction(() => localStorage.getItem("told"));

  await mat.page.getByRole("link", { name: "Do…", exact: true }).click();
  await mat.page.locator("#hold summary").click();
  await mat.page.locator("#hold [name=because]").fill("the office has no power");
  await mat.page.locator("#hold button").click();
  await mat.page.locator("form[action$='/do']").waitFor();
  await crawl.looks(mat.page);
  await mat.page.locator("form[action$='/do'] button").click();
  await mat.page.locator("#step", { hasText: "Over." }).waitFor();
  const step = new URL(mat.page.url()).pathname.split("/").at(-1);
  await mat.page.getByRole("link", { name: "Back to the push" }).click();
  for (const { page } of [mat, kumar]) await page.locator("#board .says", { hasText: "the office has no power" }).waitFor();
  same(await kumar.page.evaluate(() => globalThis.stayed), true, "kumar is at the same page");

  await kumar.page.goto(`${PATH}/me`);
  await kumar.page.locator("form[action$='/sign-out'] button").click();
  await kumar.page.waitForURL(`${house.given.base}${PATH}/sign-in`);
  // Whoever comes to the first page, with its slash or without, is brought back to nothing else.
  for (const first of [PATH, `${PATH}/`]) {
    await kumar.page.goto(first);
    same(kumar.page.url(), `${house.given.base}${PATH}/sign-in`, "where a stranger is sent");
  }
  return step;
}

/** Opens every page of the router, and follows what stands on it. */
async function crawled(house, crawl, { base, names }) {
  const visitor = await house.visitor("mat", { baseURL: base });
  for (const address of house.given.addresses) {
    const path = address.replace(/\{(\w+)\}/g, (_, name) => {
      if (!names[name]) throw new Error(`what is ${name} in ${address}?`);
      return names[name];
    });
    const answer = await visitor.page.goto(`${PATH}${path}`);
    same(answer.status(), 200, `the status of ${address}`);
    await settled(visitor);
    await crawl.looks(visitor.page);
  }
  if (crawl.followed.size < 30) throw new Error(`only ${crawl.followed.size} addresses stand on the pages`);
}

await scenario(async (house) => {
  const proxies = [await Proxy.below(PATH), await Proxy.below(PATH, true)];
  // The server is begun now that it can be told where people reach it.
  const told = await house.asks(`${proxies[0].address}${PATH}`);
  for (const proxy of proxies) proxy.leadsTo(told.base);
  const links = Object.entries(told.links).map(([who, link]) => [who, `${PATH}${link}`]);
  Object.assign(house.given, { base: proxies[0].address, links: Object.fromEntries(links) });
  Object.assign(house, { push: `${PATH}${house.push}`, notes: `${PATH}${house.notes}` });
  // What takes forms alone says so to a crawl.
  house.expected = (words) => /status of 405/.test(words);

  const crawls = proxies.map((proxy) => new Crawl(proxy));
  const step = await played(house, crawls[0]);
  const names = { train: "amo", push: house.given.push, repo: "web", step, key: told.deploy, secret: told.unused.split("/").at(-1) };
  for (const crawl of crawls) {
    await crawled(house, crawl, { base: crawl.proxy.address, names });
    same(crawl.wrong.join("\n"), "", "what leads elsewhere or nowhere");
    same(crawl.proxy.strays.join("\n"), "", "what was asked for beside the path");
  }
});
