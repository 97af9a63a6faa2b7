// The margin: where there is room, the names of those who wrote stand beside their lines, each where it begins.

import type { Extension, RangeSet, Text } from "@codemirror/state";
import { GutterMarker, gutter } from "@codemirror/view";

import { type By, authors, writersOf } from "./authors";
import { MACHINE } from "./given";
import { shapeOf } from "./grammar";

/** How far up a name may stand for the lines below it. */
const FAR = 40;

class Names extends GutterMarker {
  constructor(private readonly names: string) {
    super();
  }
  override eq(other: GutterMarker): boolean {
    return other instanceof Names && other.names === this.names;
  }
  override toDOM(): Node {
    return document.createTextNode(this.names);
  }
}

/** The margin of names. */
export function margin(): Extension {
  return gutter({
    class: "by",
    side: "after",
    lineMarker(view, block) {
      const set = view.state.field(authors);
      const { doc } = view.state;
      const { number } = doc.lineAt(block.from);
      const names = namesOf(set, doc, number);
      if (!names) return null;
      for (let at = number - 1; at > 0 && at > number - FAR; at -= 1) {
        const theirs = namesOf(set, doc, at);
        if (theirs) return theirs === names ? null : new Names(names);
      }
      return new Names(names);
    },
    lineMarkerChange: (update) => update.startState.field(authors) !== update.state.field(authors),
  });
}

/** Who wrote in a line: two names, and how many more. The machine's counts where it is alone, and not for a heading. */
function namesOf(set: RangeSet<By>, doc: Text, number: number): string {
  const line = doc.line(number);
  if (line.length === 0) return "";
  const writers = writersOf(set, doc, line.from, line.to);
  const people = writers.filter((name) => name !== MACHINE);
  const before = number > 1 ? doc.line(number - 1).text.slice(0, 200) : "";
  const heading = ["heading", "rule"].includes(shapeOf(line.text.slice(0, 200), before).line);
  const names = people.length > 0 || heading ? people : writers;
  const more = names.length - 2;
  return names.slice(0, 2).join(", ") + (more > 0 ? ` +${more}` : "");
}
