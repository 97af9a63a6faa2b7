// All that a page does with a script, save for the notes. It reads without one: times are in the train's zone then, and to
// see what is new one asks for the page again.

import { renew } from "./live/renew";
import { stays } from "./live/stays";
import { theme } from "./live/theme";
import { times, zones } from "./live/times";

/** Asks for what is new whenever the train is another one. */
function follow(stream: string): void {
  // The stream begins with how things are: what came between this page and its stream is asked for then.
  new EventSource(stream).addEventListener("change", renew);
}

theme();
stays();
zones();
times(document);
if (document.body.dataset["events"]) follow(document.body.dataset["events"]);
// The editor comes only where there are notes to write; its address changes with its contents, as ours does.
if (document.querySelector("[data-notes]")) {
  const own = new URL(import.meta.url);
  void import(new URL(`notes.js${own.search}`, own).href);
}
