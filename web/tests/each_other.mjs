// Two people who ask things of each other, each in a browser of their own: a push offered and taken, everybody aboard called, and
// one's own change confirmed on stage. What one does comes to the other by itself.

import { same, scenario } from "./house.mjs";
import { presses } from "./keys.mjs";

/** What of it waits for somebody, on their page. */
function thing({ page }, words) {
  return page.locator(".first, #things > .sec:not(:has(#s-later)) .rows > li").filter({ hasText: words });
}

/** The yes to a plan that says so much. */
async function agrees({ page }, yes, words) {
  const plan = page.locator("main", { has: page.getByRole("button", { name: yes, exact: true }), hasText: words });
  await plan.getByRole("button", { name: yes, exact: true }).click();
  await over(page);
}

async function over(page) {
  await page.locator("#step", { hasText: "Over." }).waitFor();
  same(await page.locator("#step [role=alert]").count(), 0, "nothing went wrong");
}

/** Opens a page to stay there. */
async function stays({ page }, path) {
  await page.goto(path);
  await page.evaluate(() => (globalThis.stayed = true));
}

async function stayed({ name, page }) {
  same(await page.evaluate(() => globalThis.stayed), true, `${name} is at the same page`);
}

/** kumar offers his next push, by the keyboard alone; mat takes it. */
async function swapped(mat, kumar) {
  await stays(mat, "/waiting");
  await kumar.page.goto("/trains/amo/schedule");
  await presses(kumar.page, "Offer… 2026.12.03");
  await kumar.page.locator("#offer[open]").waitFor();
  await presses(kumar.page, "<input> to", "m");
  await kumar.page.keyboard.type("at");
  await presses(kumar.page, "Show the plan…");
  await kumar.page.locator("main", { hasText: "2026.12.03" }).waitFor();
  same(await thing(mat, "offers 2026.12.03").count(), 0, "a plan offers nothing");
  await presses(kumar.page, "Offer it");
  await over(kumar.page);

  await stays(kumar, "/trains/amo/schedule");
  const row = kumar.page.locator("#schedule tr", { has: kumar.page.getByRole("link", { name: "2026.12.03", exact: true }) });
  await row.getByRole("button", { name: "Keep it…" }).waitFor();
  await thing(mat, "kumar offers 2026.12.03 to you").waitFor();
  await stayed(mat);
  await thing(mat, "kumar offers 2026.12.03").getByRole("button", { name: "Take the push…" }).click();
  await agrees(mat, "Take it", "2026.12.03");
  await row.locator(".d-h", { hasText: "mat" }).waitFor();
  same(await row.getByRole("button").count(), 0, "nothing of it is offered any more");
  await stayed(kumar);
}

/** mat calls everybody aboard; kumar, who wrote what the push brings, says that it does on stage what it should. */
async function confirmed(house, mat, kumar) {
  await stays(kumar, "/waiting");
  await mat.page.goto(house.push);
  await mat.page.locator("#authors", { hasText: "waiting for kumar" }).getByRole("button", { name: "Call them…" }).click();
  same(await thing(kumar, "mat calls you").count(), 0, "a plan calls nobody");
  await agrees(mat, "Call them", "kumar");
  await thing(kumar, "mat calls you about 2026.11.26").waitFor();
  await stayed(kumar);

  await stays(mat, house.push);
  await thing(kumar, "stage shows your change in web 2026.11.26").getByRole("button", { name: "Confirm…" }).click();
  await agrees(kumar, "Confirm them", "Add a form");
  await mat.page.locator("#authors", { hasText: "1 of 1 author confirmed on stage" }).waitFor();
  await stayed(mat);
  await kumar.page.goto("/waiting");
  same(await thing(kumar, "stage shows your change").count(), 0, "it waits no more");
}

await scenario(async (house) => {
  const [mat, kumar] = [await house.visitor("mat"), await house.visitor("kumar")];
  await swapped(mat, kumar);
  await confirmed(house, mat, kumar);
});
