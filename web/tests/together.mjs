// Two people write at once: both see the same text, and each other; one loses the network, and what both wrote meanwhile
// merges on return.

import { OFFLINE, same, scenario } from "./house.mjs";

await scenario(async (house) => {
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  const krupa = await (await house.visitor("krupa")).opens(house.push);
  await kumar.meets("krupa", "you");
  await krupa.meets("kumar", "you");

  await Promise.all([kumar.types("\n* kumar was here", "Blockers:"), krupa.types("\n* krupa was here 🚂 à côté", "Blockers:")]);
  await kumar.stands("saved");
  await krupa.stands("saved");
  for (const one of [kumar, krupa]) {
    await one.sees("kumar was here");
    await one.sees("krupa was here");
    await one.page.locator(".cur", { hasText: one === kumar ? "krupa" : "kumar" }).waitFor({ state: "attached" });
  }
  same(await kumar.lines(), await krupa.lines(), "both see the same text");

  house.expected = (words) => OFFLINE.test(words);
  await kumar.offline(true);
  await kumar.stands("offline — kept in this browser, merges on return");
  await kumar.types(", and wrote in a tunnel", "kumar was here");
  await krupa.types(", and wrote by daylight", "krupa was here");
  await krupa.stands("saved");
  same((await krupa.lines()).includes("tunnel"), false, "what was written offline is not here yet");
  await kumar.offline(false);
  await kumar.stands("saved");
  await krupa.sees("* kumar was here, and wrote in a tunnel");
  await kumar.sees("* krupa was here 🚂 à côté, and wrote by daylight");
  same(await kumar.lines(), await krupa.lines(), "both see the same text after the return");

  // Undo is one's own: what the other wrote stays.
  await krupa.types(" gone", "krupa was here");
  await kumar.sees("daylight gone");
  await kumar.types(" stays", "kumar was here");
  await krupa.page.locator(".cm-content").focus();
  await krupa.page.keyboard.press("Control+z");
  await kumar.until("the undo is seen", async () => !(await kumar.lines()).includes("daylight gone"));
  await krupa.sees("tunnel stays");

  // What was kept is there for whoever comes, and nothing asks before one leaves.
  await krupa.stands("saved");
  await kumar.stands("saved");
  const before = await kumar.lines();
  await kumar.opens(house.notes);
  same(await kumar.lines(), before, "the text stays");
});
