// What axe-core finds on a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What is serious or critical on a page, in words; by some rules alone, where only what they are about is another. The page's
 * context goes around its policy, for the measuring alone.
 */
export async function graveOn(page, rules) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate((runOnly) => globalThis.axe.run({ resultTypes: ["violations"], ...(runOnly && { runOnly }) }), rules);
  const grave = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  return grave.map(({ id, nodes }) => `${id}\n  ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`);
}
