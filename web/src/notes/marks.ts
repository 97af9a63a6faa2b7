// The looks of lines and pieces, for what is in sight.

import { type Extension, type Range, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";

import { authors, partsOf } from "./authors";
import { shapeOf } from "./grammar";
import { tagsOf } from "./hands";
import { linksIn } from "./links";

/** Longer lines are shown as they are: nobody reads them, and they cost. */
const LONGEST = 4000;

/** Headings, links, people, what is done, and what the machine wrote. */
export function marks(where: string, called: ReadonlySet<string>): Extension {
  const seen = (view: EditorView) => Decoration.set(inSight(view, where, called), true);
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = seen(view);
      }
      update(update: ViewUpdate) {
        const looked = update.startState.field(authors) !== update.state.field(authors);
        if (update.docChanged || update.viewportChanged || looked) this.decorations = seen(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

function inSight(view: EditorView, where: string, called: ReadonlySet<string>): Range<Decoration>[] {
  const { doc } = view.state;
  const found: Range<Decoration>[] = [];
  let last = 0;
  for (const { from, to } of view.visibleRanges) {
    for (let at = Math.max(from, last); at <= to; ) {
      const line = doc.lineAt(at);
      if (line.length <= LONGEST) found.push(...inLine(view, doc, line.number, where, called));
      at = line.to + 1;
      last = at;
    }
  }
  return found;
}

function inLine(
  view: EditorView,
  doc: Text,
  number: number,
  where: string,
  called: ReadonlySet<string>,
): Range<Decoration>[] {
  const line = doc.line(number);
  const shape = shapeOf(line.text, number > 1 ? doc.line(number - 1).text.slice(0, LONGEST) : "", called);
  const looks: string[] = [shape.line];
  const found = shape.spans.map((span) => look(span.look, line.from + span.from, line.from + span.to));
  for (const link of linksIn(line.text, where)) found.push(look("link", line.from + link.from, line.from + link.to));
  // Headings and rules are nobody's.
  if (shape.line !== "heading" && shape.line !== "rule") {
    const tags = tagsOf(partsOf(view.state.field(authors), doc, line.from, line.to), line.text, line.from);
    if (!tags) looks.push("machine");
    for (const tag of tags ?? []) found.push(look("machine-tag", tag.from, tag.to));
  }
  const whole = looks.filter(Boolean).join(" ");
  if (whole) found.unshift(Decoration.line({ class: whole }).range(line.from));
  return found;
}

function look(name: string, from: number, to: number): Range<Decoration> {
  return Decoration.mark({ class: name }).range(from, to);
}
