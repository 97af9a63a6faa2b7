// Bundles what pages run: `node bundle.mjs [FOLDER]`. The same sources and packages give the same bytes, so that what is
// committed can be compared with what is built.

import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const web = fileURLToPath(new URL(".", import.meta.url));
const folder = process.argv[2] ?? join(web, "../crates/web/assets");
/** The most that the editor may weigh on its way to a browser. */
const MOST = 150_000;

const built = await build({
  absWorkingDir: web,
  entryPoints: ["src/live.ts", "src/notes.ts"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  loader: { ".css": "text" },
  outdir: folder,
  metafile: true,
});

/** The packages whose code is in the bundles, with what their licences ask us to pass on. */
function licences(inputs) {
  const names = new Set();
  for (const input of Object.keys(inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) names.add(found[1]);
  }
  const parts = [...names].sort().map((name) => {
    const place = join(web, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
    return `${name} ${version} (${license})\n\n${readFileSync(join(place, "LICENSE"), "utf8").trim()}\n`;
  });
  return `What notes.js is made of beside our own code.\n\n${parts.join("\n---\n\n")}`;
}

writeFileSync(join(folder, "notes-LICENSES.txt"), licences(built.metafile.inputs));
const weight = gzipSync(readFileSync(join(folder, "notes.js")), { level: 9 }).length;
console.log(`notes.js: ${weight} bytes gzipped, of at most ${MOST}`);
if (weight > MOST) process.exit(1);
