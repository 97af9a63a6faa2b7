// What axe-core finds on pages where somebody else writes in the notes: nothing that matters, in both themes, wide and on a
// telephone. Every page is looked at in `pages.mjs`. A name at a caret fades out, and is looked at in no state between.

import { graveOn } from "./axe.mjs";
import { scenario } from "./house.mjs";

const SIZES = { wide: { width: 1280, height: 900 }, telephone: { width: 390, height: 844 } };

await scenario(async (house) => {
  const other = await (await house.visitor("kumar")).opens(house.notes);
  await other.types("\n* [x] done, see https://example.test/ and #12, @kumar", "Blockers:");
  await other.stands("saved");
  const found = [];
  const reader = await house.visitor("krupa", { bypassCSP: true, reducedMotion: "reduce" });
  for (const path of [house.notes, house.push]) {
    await reader.opens(path);
    for (const colorScheme of ["light", "dark"]) {
      await reader.page.emulateMedia({ colorScheme });
      for (const [size, viewport] of Object.entries(SIZES)) {
        await reader.page.setViewportSize(viewport);
        for (const grave of await graveOn(reader.page)) found.push(`${path} ${colorScheme} ${size}: ${grave}`);
      }
    }
  }
  if (found.length > 0) throw new Error(`axe-core found:\n${found.join("\n")}`);
});
