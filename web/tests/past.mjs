// Earlier versions: who wrote what, what was different, and the way back, which goes through a plan and shows at once to
// whoever has the notes open.

import { same, scenario } from "./house.mjs";

await scenario(async (house) => {
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  await kumar.types("\n* the lamp is broken", "Blockers:");
  await kumar.stands("saved");
  const krupa = await house.visitor("krupa");
  // What is typed is put on record after a pause.
  await krupa.until("kumar's version is on record", async () => {
    await krupa.page.goto(`${house.notes}/history`);
    return (await krupa.page.locator("tbody").textContent()).includes("the lamp is broken");
  });
  same(await krupa.page.locator(".diff ins").textContent(), "* the lamp is broken", "what came");
  same(await krupa.page.locator("tbody tr").first().locator("td").nth(1).textContent(), "kumar", "who wrote it");
  same(await krupa.page.locator("button", { hasText: "Bring it back" }).count(), 0, "the newest is there already");

  await krupa.page.getByRole("link", { name: "Version 1", exact: true }).click();
  await krupa.page.locator("button", { hasText: "Bring it back…" }).click();
  await krupa.page.locator("form[action$='/do'] button").click();
  await kumar.until("the page is as it was", async () => !(await kumar.lines()).includes("the lamp"));
});
