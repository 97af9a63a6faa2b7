// Where it gets narrow: without a script, by keyboard alone, what was typed before the connection, and a page that gets too
// large for the server.

import { OFFLINE, same, scenario } from "./house.mjs";

await scenario(async (house) => {
  const kumar = await (await house.visitor("kumar")).opens(house.notes);

  // Tab leaves the text, forwards and backwards; what is typed goes where the focus is.
  const inText = () => kumar.page.evaluate(() => document.activeElement?.matches(".paper") ?? false);
  await kumar.text.focus();
  await kumar.page.keyboard.press("Control+End");
  await kumar.page.keyboard.type("by keyboard");
  same(await inText(), true, "the focus is in the text");
  await kumar.page.keyboard.press("Tab");
  same(await inText(), false, "Tab leaves it");
  await kumar.page.keyboard.press("Shift+Tab");
  same(await inText(), true, "and comes back");
  await kumar.page.keyboard.press("Shift+Tab");
  same(await inText(), false, "Shift and Tab leave it too");
  await kumar.stands("saved");

  // Typed and deleted, online and in a tunnel: nothing of it is anywhere, and it counts as saved.
  house.expected = (words) => OFFLINE.test(words);
  await kumar.types(" mistake", "by keyboard");
  for (let key = 0; key < 8; key += 1) await kumar.page.keyboard.press("Backspace");
  await kumar.stands("saved");
  await kumar.offline(true);
  await kumar.stands("offline");
  await kumar.types(" again", "by keyboard");
  for (let key = 0; key < 6; key += 1) await kumar.page.keyboard.press("Backspace");
  await kumar.offline(false);
  await kumar.stands("saved");
  await kumar.sees("by keyboard");

  // Without a script there is a form, with the text as it is.
  const plain = await house.visitor("krupa", { javaScriptEnabled: false });
  await plain.page.goto(house.notes);
  const field = plain.page.locator("textarea");
  same(/again|mistake/.test(await field.inputValue()), false, "what was deleted is gone for everybody");
  await field.fill(`${await field.inputValue()}\nby form\n`);
  await plain.page.locator("button", { hasText: "Review the change…" }).click();
  await plain.page.locator("form[action$='/do'] button").click();
  await kumar.sees("by form");

  // What was typed before the connection came is not lost.
  const early = await house.visitor("krupa");
  let open = () => {};
  const opened = new Promise((resolve) => (open = resolve));
  await early.page.routeWebSocket(/\/notes\/live$/, async (socket) => {
    await opened;
    socket.connectToServer();
  });
  await early.page.goto(house.notes);
  const form = early.page.locator("textarea");
  await form.focus();
  await early.page.keyboard.press("Control+End");
  await early.page.keyboard.type("typed early");
  open();
  await early.text.waitFor();
  await early.page.keyboard.type(", and on");
  await kumar.sees("typed early, and on");

  // More than a page holds: the server says so, what was not kept can be copied, and one begins again.
  await early.text.focus();
  await early.page.keyboard.press("Control+End");
  await early.page.keyboard.insertText(`\nkeep me ${"x".repeat(2_200_000)}`);
  const note = early.page.getByRole("alert");
  await note.waitFor();
  same((await note.locator("textarea").inputValue()).startsWith("keep me"), true, "the text can be copied");
  await note.locator("button", { hasText: "Begin again" }).click();
  await early.text.waitFor();
  await early.sees("typed early, and on");
  same((await early.lines()).includes("keep me"), false, "nothing of it was kept");
});
