// The reference implementation of the shared document, asked a line at a time: each line of JSON is answered by one.
//   {"write": {"seed": 7, "authors": 3, "edits": 40}}  several authors write at once: their updates, and the text
//   {"read": ["base64", …]}                            the text that these updates come to, or why they come to none
import { createInterface } from "node:readline";
import * as Y from "yjs";

const base64 = (bytes) => Buffer.from(bytes).toString("base64");

/** The same numbers for the same seed (mulberry32). */
function dice(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function write({ seed, authors, edits }) {
  const roll = dice(seed);
  const updates = [];
  const docs = Array.from({ length: authors }, (_, author) => {
    const doc = new Y.Doc();
    doc.clientID = (author + 1) * 2 ** 32 + 1 + roll(1000);
    doc.on("update", (update, origin) => origin === "others" || updates.push(update));
    return doc;
  });
  const words = ["a", "\n", "* ", "é", "🎉", "blocker", "~~", "x".repeat(50)];
  for (let edit = 0; edit < edits; edit++) {
    const doc = docs[roll(authors)];
    const text = doc.getText("notes");
    if (roll(3) === 0 && text.length > 0) {
      const at = roll(text.length);
      text.delete(at, 1 + roll(Math.min(20, text.length - at)));
    } else {
      text.insert(roll(text.length + 1), words[roll(words.length)]);
    }
    // Now and then somebody hears of what the others wrote.
    if (roll(4) === 0) for (const update of updates.slice()) Y.applyUpdate(docs[roll(authors)], update, "others");
  }
  for (const update of updates.slice()) for (const doc of docs) Y.applyUpdate(doc, update, "others");
  return { updates: updates.map(base64), text: docs[0].getText("notes").toString() };
}

function read(updates) {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, new Uint8Array(Buffer.from(update, "base64")));
  return { text: doc.getText("notes").toString() };
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = asked.write ? write(asked.write) : read(asked.read);
  } catch (error) {
    answer = { refused: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
