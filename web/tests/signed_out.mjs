// Somebody's session ends while they write: they are told, what they write stays, and goes over once they are signed in again.

import { entered, same, scenario } from "./house.mjs";

await scenario(async (house) => {
  house.expected = (words) => words.includes("WebSocket connection") || words.includes("401");
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  const beside = await kumar.page.context().newPage();
  await beside.goto("/me");
  await beside.locator("form[action$='/sign-out'] button").click();
  const note = kumar.page.getByRole("alert");
  await note.waitFor();
  await kumar.types("\n* written while signed out", "Blockers:");
  await kumar.stands("offline");
  const krupa = await (await house.visitor("krupa")).opens(house.notes);
  same((await krupa.lines()).includes("while signed out"), false, "nothing goes over yet");

  await entered(beside, house.given.again);
  await note.locator("button", { hasText: "Go on" }).click();
  await kumar.stands("saved");
  await krupa.sees("* written while signed out");
  same(await note.count(), 0, "nothing stands in the way any more");
});
