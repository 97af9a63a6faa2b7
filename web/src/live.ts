// All that a page does with a script, save for the notes. It reads without one: times are in the train's zone then, and to
// see what is new one asks for the page again.

import { follow } from "./live/follow";
import { leaves } from "./live/leaves";
import { notify } from "./live/notify";
import { begin, renew, renewed } from "./live/renew";
import { stays } from "./live/stays";
import { step } from "./live/step";
import { theme } from "./live/theme";
import { times, zones } from "./live/times";

/** Opens the editor where there are notes to write and none yet; its address changes with its contents, as ours does. */
async function notes(): Promise<void> {
  if (!document.querySelector("[data-notes]:not([data-begun])")) return;
  const own = new URL(import.meta.url);
  const { open } = await import(new URL(`notes.js${own.search}`, own).href);
  open();
}

theme();
stays();
leaves();
zones();
times(document);
begin();
step();
notify();
renewed(notes);
void notes();
// What waits becomes due, and comes again, by the clock.
if (document.getElementById("things")) setInterval(renew, 60_000);
if (document.body.dataset["events"]) follow(document.body.dataset["events"]);
