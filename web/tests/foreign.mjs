// Whatever somebody writes stands there as text: markup of the notes is never markup of the page.

import { same, scenario } from "./house.mjs";

const NASTY = [
  "<script>window.nasty = 1</script>",
  "<img src=x onerror='window.nasty = 2'>",
  "[a](javascript:window.nasty=3) javascript:window.nasty=4",
  "https://example.test/\"><svg onload=window.nasty=5>",
  "@<b>kumar</b> #1<i> web@<u>8c1f2ab",
];

await scenario(async (house) => {
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  await kumar.types(`\n${NASTY.join("\n")}`, "Blockers:");
  await kumar.stands("saved");
  const krupa = await (await house.visitor("krupa")).opens(house.push);
  await krupa.opens(house.notes);
  for (const line of NASTY) await krupa.sees(line);
  for (const { page, text } of [kumar, krupa]) {
    same(await page.evaluate(() => window.nasty), undefined, "nothing of it ran");
    same(await text.locator("script, img:not(.cm-widgetBuffer), svg, b, i, u, a").count(), 0, "nothing of it is an element");
  }
  // The link at the caret can be followed from the line below the text, and leads to an address alone.
  await krupa.page.locator(".cm-line", { hasText: "https://example.test/" }).click({ position: { x: 40, y: 8 } });
  const link = krupa.page.locator(".byline a");
  await link.waitFor();
  same(await link.getAttribute("href"), "https://example.test/", "the link's address");
});
