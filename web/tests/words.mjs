// How lines are read for the eye: links, headings, what is done, people, and what the machine wrote. Without a browser.

import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { same } from "./house.mjs";

const contents = `export * from "./given"; export * from "./grammar"; export * from "./hands"; export * from "./links";`;
const resolveDir = fileURLToPath(new URL("../src/notes", import.meta.url));
const built = await build({ stdin: { contents, resolveDir }, bundle: true, format: "esm", write: false });
const { MACHINE, linksIn, partOf, shapeOf, tagsOf } = await import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);

const hrefs = (text) => linksIn(text, "/where").map((link) => link.href);
const LINKS = {
  "see https://a.test/x, or (https://a.test/y).": ["https://a.test/x", "https://a.test/y"],
  "[name](https://a.test/a_(b)) ~~https://a.test/z~~": ["https://a.test/a_(b)", "https://a.test/z"],
  "https://a.test/__version__": ["https://a.test/__version__"],
  "server@8c1f2ab and #12, not a#13, mail@example.test or x@deadbeefz": ["/where?commit=8c1f2ab", "/where?commit=%2312"],
  "https://a.test/pull/1#2 javascript:alert(1) http://": ["https://a.test/pull/1#2"],
  "https://a.test/\"><b>": ["https://a.test/"],
  "### a heading": [],
};
for (const [text, wanted] of Object.entries(LINKS)) same(hrefs(text).join(" "), wanted.join(" "), text);
for (const text of Object.keys(LINKS)) {
  for (const { from, to, label } of linksIn(text, "/where")) same(text.slice(from, to).endsWith(label.slice(-3)), true, `${label} stands where it says`);
}

const SHAPES = [
  ["Blockers:", "", "heading"],
  ["## Blockers", "", "heading"],
  ["blockers are two", "", "heading"],
  ["  To pick. Link to the actual commits, this list needs", "", "heading"],
  ["to be in chronological order.:", "To pick.  Link to the actual commits. This list needs", "heading"],
  ["to be in chronological order.:", "something else that is a long line of words", ""],
  ["Later we look again", "", ""],
  ["Later:", "", "heading"],
  ["Before we start:", "", "heading"],
  ["After we’re done:", "", "heading"],
  ["# Any", "", "heading"],
  ["#12 is broken", "", ""],
  ["* Blockers are no heading here", "", "item"],
  ["start: 9:00", "", "label"],
  ["This week's push hero is mat", "", "label"],
  ["* [x] done", "", "done"],
  ["* [ ] to do", "", "item"],
  ["[x] done", "", "done"],
  ["------------", "", "rule"],
  ["", "", ""],
];
for (const [text, before, wanted] of SHAPES) same(shapeOf(text, before).line, wanted, text);
// Whatever a line is, its pieces stand in it.
for (const [text, before] of SHAPES) {
  for (const { from, to } of shapeOf(text, before).spans) same(from < to && to <= text.length, true, text);
}

// Lines as the page without a script shows them too: both are held to the same file. What stands between { and } is the
// machine's; its lines are shown as `| …`, its tags as `<…>`, headings as `= …`, people as `*…*`.
const { called, lines } = JSON.parse(readFileSync(new URL("eye.json", import.meta.url), "utf8"));

function shown(typed) {
  const parts = [];
  let text = "";
  for (const [piece] of typed.matchAll(/[^{}]+[{}]?/g)) {
    const said = piece.replace(/[{}]$/, "");
    parts.push(partOf(piece.endsWith("}") ? MACHINE : "kumar", said, text.length));
    text += said;
  }
  const { line, spans } = shapeOf(text, "", new Set(called));
  const nobodys = line === "heading" || line === "rule";
  const tags = nobodys ? [] : tagsOf(parts.filter(Boolean), text, 0);
  const signs = [...spans.filter(({ look }) => look === "at").map((span) => [span, "*", "*"]), ...(tags ?? []).map((tag) => [tag, "<", ">"])];
  let said = "";
  let at = 0;
  for (const [{ from, to }, before, after] of signs.sort(([a], [b]) => a.from - b.from)) {
    said += text.slice(at, from) + before + text.slice(from, to) + after;
    at = to;
  }
  return (tags ? "" : "| ") + (line === "heading" ? "= " : "") + said + text.slice(at);
}

for (const [typed, wanted] of lines) same(shown(typed), wanted, typed);
