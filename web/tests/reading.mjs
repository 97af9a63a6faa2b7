// Somebody who is not signed in, where everybody may look: they read along, and nothing of theirs goes over.

import { same, scenario } from "./house.mjs";

await scenario(async (house) => {
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  const reader = await (await house.visitor("anybody")).opens(house.push);
  await reader.stands("read only");
  await reader.meets("kumar");
  await kumar.types(`\n* as it happens, see ${house.given.base}/__version__`, "Blockers:");
  await reader.sees("* as it happens");
  same(await kumar.page.locator(".present li").allTextContents().then((all) => all.join()), "you", "readers are not named");

  const before = await reader.lines();
  await reader.page.locator(".cm-line", { hasText: "as it happens" }).click({ position: { x: 30, y: 8 } });
  await reader.page.keyboard.type("not mine");
  same(await reader.lines(), before, "nothing can be typed");

  // A click on a link opens it beside the page.
  const opened = reader.page.context().waitForEvent("page");
  await reader.page.locator(".link", { hasText: "__version__" }).click();
  same(new URL((await opened).url()).pathname, "/__version__", "the link is opened");
});
