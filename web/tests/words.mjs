// How lines are read for the eye: links, headings, what is done. Without a browser.

import { build } from "esbuild";
import { fileURLToPath } from "node:url";

import { same } from "./house.mjs";

const contents = `export * from "./grammar"; export * from "./links";`;
const resolveDir = fileURLToPath(new URL("../src/notes", import.meta.url));
const built = await build({ stdin: { contents, resolveDir }, bundle: true, format: "esm", write: false });
const { linksIn, shapeOf } = await import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);

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

// People are those who are known; within an address of any kind nobody is meant.
const CALLED = new Set(["kumar", "jörg"]);
const named = (text) => shapeOf(text, "", CALLED).spans.filter(({ look }) => look === "at").map(({ from, to }) => text.slice(from, to));
const NAMED = {
  "@Kumar, ask @jörg. or @nobody": ["@Kumar", "@jörg"],
  "* [ ] for @kumar-": ["@kumar"],
  "a@kumar x/@kumar @@kumar @kumar2 @mail.org": [],
};
for (const [text, wanted] of Object.entries(NAMED)) same(named(text).join(" "), wanted.join(" "), text);
