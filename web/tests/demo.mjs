// The demo as somebody meets it: the first page goes on by itself, scenes are stepped through with and without a script, parts
// are taken, and the bar is sound for whoever has no mouse and no eyes.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { PATIENCE, same, scenario } from "./house.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { wide: { width: 1280, height: 900 }, telephone: { width: 390, height: 844 } };

/** Fails on anything serious that axe-core finds on a page. */
async function sound(page, what) {
  await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const grave = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const told = grave.map(({ id, nodes }) => `${what}: ${id}\n  ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`);
  if (told.length > 0) throw new Error(`axe-core found:\n${told.join("\n")}`);
}

await scenario(async (house) => {
  const { page } = await house.visitor("stranger");
  const bar = page.locator("#demo");
  const next = page.getByRole("button", { name: "Next scene" });
  // Wherever it stood when the browser came, it goes on to the push by itself.
  await page.goto("/");
  await bar.getByText("Demo week, Monday 23 November, 09:00").waitFor();
  same(await page.locator("#demo [aria-pressed=true]").textContent(), "a stranger", "who one is at first");

  // By keyboard: the scene is told in place, and the button keeps the focus.
  await next.focus();
  await page.keyboard.press("Enter");
  await bar.getByText("Dates and turns are computed").waitFor();
  same(await page.evaluate(() => document.activeElement.id), "demo-next", "what has the focus");
  same(new URL(page.url()).pathname, "/trains/demo", "where one is");

  // A second one sees it too, without asking.
  const other = await house.visitor("second");
  await other.page.goto("/trains/demo/schedule");
  await next.click();
  await other.page.locator("#demo").getByText("lands #211 on the server").waitFor();

  // Playing goes on by itself, and stands when it is told to.
  await page.getByRole("button", { name: "Play on" }).click();
  await bar.getByText("lands #212 on the server, with a migration.").waitFor({ timeout: 2 * PATIENCE });
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Play on" }).waitFor();

  // The hero cuts the push before the story does, by the form of the page; the scene finds it done.
  await page.getByRole("button", { name: "mara, hero" }).click();
  await page.locator("#demo [aria-pressed=true]", { hasText: "mara" }).waitFor();
  while (!(await bar.textContent()).includes("tag --stay worker")) {
    const before = await bar.textContent();
    await next.click();
    await page.waitForFunction((old) => document.querySelector("#demo")?.textContent !== old && document.querySelector("#demo-next"), before);
    // What comes next is not told to everybody; that the scene is over is.
    await page.waitForFunction(() => !document.querySelector("#demo")?.textContent.includes("Now, "));
  }
  await page.goto("/trains/demo/act");
  const tag = page.locator("details", { hasText: "Tag the repositories" }).first();
  await tag.locator("summary").click();
  await tag.locator("input[name=stay][value=worker]").check();
  await tag.locator("input[name=because]").fill("nothing new");
  await tag.getByRole("button").click();
  await page.locator(".yes button").first().click();
  await page.getByText("2026.11.26").first().waitFor();
  await page.goto("/trains/demo");
  await next.click();
  await bar.getByText("That is done already.").waitFor();

  // Without a script the same forms work, and lead back to the page.
  const plain = await house.visitor("plain", { javaScriptEnabled: false });
  await plain.page.goto("/trains/demo/history");
  await plain.page.getByRole("button", { name: "quinn, QA" }).click();
  same(new URL(plain.page.url()).pathname, "/trains/demo/history", "where one is led back to");
  same(await plain.page.locator("#demo [aria-pressed=true]").textContent(), "quinn, QA", "who one is");
  await plain.page.getByRole("button", { name: "Next scene" }).click();
  await plain.page.locator("#demo").getByText("Next, ").waitFor();

  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      // The page's policy holds for what is put into it too: the measuring alone goes around it.
      const reader = await house.visitor("reader", { colorScheme, viewport, bypassCSP: true });
      for (const path of ["/trains/demo", "/trains/demo/schedule"]) {
        await reader.page.goto(path);
        await sound(reader.page, `${path} ${colorScheme} ${size}`);
      }
      const over = await reader.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) throw new Error(`${size}: the page is ${over} px wider than the window`);
      await reader.page.context().close();
    }
  }
});
