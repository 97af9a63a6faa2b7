// How soon a page shows something, and what came until then: first contentful paint, in a browser that knows nothing of the
// server yet. It is told one line of JSON, and prints one:
//
//   {"base": "http://127.0.0.1:7380", "paths": ["/", "/trains/amo"], "link": "/sign-in/SECRET", "runs": 5}
//   [{"path": "/", "ms": 61.2, "all": [60.1, 61.2, 70.8, …], "bytes": 52110, "packed": 15020, "script": 0}, …]
//
// `ms` is the median of `all`; `bytes` are those of markup, style, script and pictures without the font and the notes' script,
// as they came, `packed` as gzip makes them, `script` the notes' script so. `link` lets in, where not everybody may look.

import { gzipSync } from "node:zlib";
import { createInterface } from "node:readline";

import { entered, launched } from "./house.mjs";

const { value } = await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next();
const { base, paths, link, runs = 5 } = JSON.parse(value);
const browser = await launched();
const like = { baseURL: base, viewport: { width: 1280, height: 900 } };

/** Who is signed in, kept without what their browser has loaded. */
async function signedIn() {
  if (!link) return undefined;
  const context = await browser.newContext(like);
  await entered(await context.newPage(), link);
  const kept = await context.storageState();
  await context.close();
  return kept;
}

/** One look at a page by a new browser. */
async function look(path, storageState) {
  const context = await browser.newContext({ ...like, storageState });
  const page = await context.newPage();
  const came = [];
  page.on("response", (response) => {
    const kind = response.headers()["content-type"] ?? "";
    if (response.status() < 300 && !kind.startsWith("text/event-stream")) came.push(response);
  });
  await page.goto(path);
  const ms = await page.evaluate(
    () =>
      new Promise((shown) => {
        const first = (list) => list.getEntriesByName("first-contentful-paint").forEach(({ startTime }) => shown(startTime));
        new PerformanceObserver(first).observe({ type: "paint", buffered: true });
      }),
  );
  const weight = { bytes: 0, packed: 0, script: 0 };
  for (const response of came) {
    const body = await response.body().catch(() => Buffer.alloc(0));
    const packed = gzipSync(body, { level: 9 }).length;
    if (/\/notes\.js/.test(response.url())) weight.script += packed;
    else if (!/\.woff2/.test(response.url())) {
      weight.bytes += body.length;
      weight.packed += packed;
    }
  }
  await context.close();
  return { ms, ...weight };
}

try {
  const kept = await signedIn();
  // The browser's own beginning is nobody's page.
  await look(paths[0], kept);
  const found = [];
  for (const path of paths) {
    const looks = [];
    for (let run = 0; run < runs; run += 1) looks.push(await look(path, kept));
    const all = looks.map(({ ms }) => ms).sort((a, b) => a - b);
    found.push({ path, ...looks.at(-1), ms: all[all.length >> 1], all });
  }
  process.stdout.write(`${JSON.stringify(found)}\n`);
} finally {
  await browser.close();
  process.stdin.destroy();
}
