// What axe-core finds on the pages with notes: nothing that matters, in both themes, wide and on a telephone.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { scenario } from "./house.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { wide: { width: 1280, height: 900 }, telephone: { width: 390, height: 844 } };

await scenario(async (house) => {
  const other = await (await house.visitor("kumar")).opens(house.notes);
  await other.types("\n* [x] done, see https://example.test/ and #12, @kumar", "Blockers:");
  await other.stands("saved");
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      // The page's policy holds for what is put into it too: the measuring alone goes around it.
      const reader = await house.visitor("krupa", { colorScheme, viewport, bypassCSP: true });
      for (const path of [house.notes, house.push, `${house.notes}/history`]) {
        await reader.page.goto(path);
        if (!path.endsWith("history")) await reader.text.waitFor();
        await reader.page.addScriptTag({ content: axe });
        const { violations } = await reader.page.evaluate(() => globalThis.axe.run());
        const grave = violations.filter((one) => ["serious", "critical"].includes(one.impact));
        for (const { id, nodes } of grave) {
          found.push(`${path} ${colorScheme} ${size}: ${id}\n  ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`);
        }
      }
      await reader.page.context().close();
    }
  }
  if (found.length > 0) throw new Error(`axe-core found:\n${found.join("\n")}`);
});
