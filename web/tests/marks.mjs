// What stands out in the notes: people who are known, what the machine wrote, and who wrote what; and the first two for whoever
// reads without a script.

import { same, scenario } from "./house.mjs";

await scenario(async (house) => {
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  await kumar.types("\n* @krupa looks, and so does @nobody", "Blockers:");
  await kumar.stands("saved");
  const typed = kumar.page.locator(".cm-line", { hasText: "looks" });
  same((await typed.locator(".at").allTextContents()).join(), "@krupa", "who is known is marked");
  const lines = kumar.page.locator(".cm-line.machine");
  await kumar.until("the machine's lines are marked", async () => (await lines.filter({ hasText: /^start:/ }).count()) === 1);
  same(await lines.filter({ hasText: "looks" }).count(), 0, "a line of somebody's is none of the machine's");
  const names = async () => (await kumar.page.locator(".by .cm-gutterElement").allTextContents()).join();
  await kumar.until("names stand in the margin", async () => /pushduty,.*kumar,.*pushduty/.test(await names()));

  const plain = await house.visitor("krupa", { javaScriptEnabled: false });
  const doc = plain.page.locator(".doc");
  // What is typed is put on record after a pause.
  await plain.until("it is on record", async () => {
    await plain.page.goto(house.push);
    return (await doc.textContent()).includes("looks");
  });
  same((await doc.locator("p", { hasText: "looks" }).locator(".at").allTextContents()).join(), "@krupa", "who is known is marked here too");
  same(await doc.locator("p.machine", { hasText: "start:" }).count(), 1, "so is the machine's line");
  same(await doc.locator("p.machine", { hasText: "looks" }).count(), 0, "and no other");
});
