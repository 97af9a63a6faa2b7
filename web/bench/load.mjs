// The load under which live notes are measured, the same for each server: authors who write a letter at a time, in a process of
// their own, and beside them two at whom one looks. From the first of these writing a letter until the second has it: that is what
// is measured, on one clock. What is wanted comes as one line of JSON on standard input, what was found goes out as one.
//   {"protocol": "pushduty" | "etherpad", "where": …, "authors": 100, "rate": 1, "seconds": 30, "process": 4711}

import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** How long the authors write before anything is counted, and how long what is under way may take afterwards, in ms. */
const [WARM, AFTER] = [3_000, 2_000];
/** Between two letters of the author who is looked at, in ms: at least, and at most so much more. */
const [PAUSE, MORE] = [60, 80];
/** Between two looks at the server's memory, in ms. */
const LOOK = 100;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const processor = (used) => (used.user + used.system) / 1e6;

/** The value below which such a part of all lie. */
function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] : null;
}

/** The memory that a process has now, in bytes. */
function resident(process) {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, "utf8"));
  return Number(found[1]) * 1024;
}

/** What a process used of the processor so far, in seconds. */
function used(process) {
  const fields = readFileSync(`/proc/${process}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The authors: each writes at their own beat. */
async function crowd({ protocol, where, authors, rate, seconds }) {
  const { open } = await import(`./${protocol}.mjs`);
  const all = [];
  // Ten at a time, as a team comes in.
  while (all.length < authors) {
    const next = Array.from({ length: Math.min(10, authors - all.length) }, (_, at) => open(where, all.length + at + 2));
    all.push(...(await Promise.all(next)));
  }
  process.send({ ready: true });
  let [tried, missed] = [0, 0];
  const beat = 1_000 / rate;
  for (const author of all) {
    setTimeout(() => setInterval(() => ((tried += 1), author.write() === null && (missed += 1)), beat), Math.random() * beat);
  }
  await sleep(WARM);
  const kept = () => all.reduce((sum, author) => sum + author.kept, 0);
  const [before, own, began] = [kept(), process.cpuUsage(), performance.now()];
  [tried, missed] = [0, 0];
  await sleep(seconds * 1_000);
  const took = (performance.now() - began) / 1_000;
  const ended = all.filter((author) => author.ended !== null);
  process.send({
    done: {
      offered: tried / took,
      kept: (kept() - before) / took,
      missed,
      ended: ended.length,
      why: ended[0]?.ended ?? null,
      share: processor(process.cpuUsage(own)) / took,
    },
  });
  await sleep(AFTER);
  process.exit(0);
}

/** The two at whom one looks. */
async function probes(wish) {
  const { open } = await import(`./${wish.protocol}.mjs`);
  const { where, seconds } = wish;
  const idle = resident(wish.process);
  const [wrote, heard] = [new Map(), new Map()];
  const writer = await open(where, 0, { follows: true });
  const reader = await open(where, 1, { follows: true, beside: writer });
  writer.onKey = (key, at) => wrote.set(key, at);
  reader.onHeard = (key, at) => heard.has(key) || heard.set(key, at);
  const child = fork(fileURLToPath(import.meta.url), ["crowd"]);
  const said = (what) => new Promise((done) => child.on("message", (message) => message[what] && done(message[what])));
  const gone = new Promise((_, failed) => child.once("exit", (code) => code !== 0 && failed(new Error("the authors' process ended"))));
  const [ready, done] = [said("ready"), said("done")];
  child.send(wish);
  await Promise.race([ready, gone]);
  await sleep(WARM);
  wrote.clear();
  let peak = 0;
  const looking = setInterval(() => (peak = Math.max(peak, resident(wish.process))), LOOK);
  const [own, server, began] = [process.cpuUsage(), used(wish.process), performance.now()];
  const passed = () => (performance.now() - began) / 1_000;
  while (passed() < seconds) {
    writer.write();
    await sleep(PAUSE + Math.random() * MORE);
  }
  const [ownShare, serverShare] = [processor(process.cpuUsage(own)) / passed(), (used(wish.process) - server) / passed()];
  const load = await Promise.race([done, gone]);
  await sleep(AFTER);
  clearInterval(looking);
  const times = [...wrote].filter(([key]) => heard.has(key)).map(([key, at]) => heard.get(key) - at);
  return {
    written: wrote.size,
    heard: times.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    idle,
    peak,
    server: serverShare,
    client: ownShare + load.share,
    offered: load.offered + wrote.size / seconds,
    kept: load.kept + times.length / seconds,
    missed: load.missed,
    ended: load.ended + [writer, reader].filter((one) => one.ended !== null).length,
    why: load.why ?? writer.ended ?? reader.ended,
  };
}

if (process.argv[2] === "crowd") {
  process.once("message", crowd);
} else {
  const found = await probes(JSON.parse(await text(process.stdin)));
  process.stdout.write(`${JSON.stringify(found)}\n`, () => process.exit(0));
}
