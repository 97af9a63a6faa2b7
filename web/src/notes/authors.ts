// Who wrote which piece: the document itself knows, each piece carries the number of its writer.

import { RangeSet, RangeSetBuilder, RangeValue, StateEffect, StateField, type Text } from "@codemirror/state";
import { ViewPlugin } from "@codemirror/view";
import type { Text as SharedText } from "yjs";

import { type Part, partOf } from "./hands";
import type { People } from "./people";

/** How long after a change the pieces are looked at again. */
const LOOK_AFTER = 150;

/** A piece's writer. */
export class By extends RangeValue {
  constructor(readonly name: string) {
    super();
  }
  override eq(other: By): boolean {
    return this.name === other.name;
  }
}

const looked = StateEffect.define<RangeSet<By>>();

/** The writers, moved along while people type until they are looked at again. */
export const authors = StateField.define<RangeSet<By>>({
  create: () => RangeSet.empty,
  update(value, transaction) {
    const fresh = transaction.effects.find((effect) => effect.is(looked));
    if (fresh) return fresh.value as RangeSet<By>;
    return transaction.docChanged ? value.map(transaction.changes) : value;
  },
});

/** Looks at the pieces now and after each change. */
export function authorsOf(text: SharedText, people: People) {
  const look = ViewPlugin.define((view) => {
    let due: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      due ??= setTimeout(() => {
        due = undefined;
        if (view.state.doc.length === text.length) view.dispatch({ effects: looked.of(pieces(text, people)) });
      }, LOOK_AFTER);
    };
    later();
    return {
      update: (update) => {
        if (update.docChanged) later();
      },
      destroy: () => clearTimeout(due),
    };
  });
  return [authors, look];
}

function pieces(text: SharedText, people: People): RangeSet<By> {
  const set = new RangeSetBuilder<By>();
  let [from, at, last] = [0, 0, null as string | null];
  const close = () => {
    if (last !== null && at > from) set.add(from, at, new By(last));
    from = at;
  };
  for (let piece = text._start; piece; piece = piece.right) {
    if (piece.deleted || !piece.countable) continue;
    const name = people.nameOf(piece.id.client);
    if (name !== last) close();
    last = name;
    at += piece.length;
  }
  close();
  return set.finish();
}

/** The parts of a stretch, those of one writer together where nothing but space is between them. */
export function partsOf(set: RangeSet<By>, doc: Text, from: number, to: number): Part[] {
  const parts: Part[] = [];
  set.between(from, to, (start, end, by) => {
    const [a, b] = [Math.max(start, from), Math.min(end, to)];
    const part = partOf(by.name, doc.sliceString(a, b), a);
    if (part) parts.push(part);
  });
  return parts;
}

/** Who wrote in a stretch, those first who wrote most. */
export function writersOf(set: RangeSet<By>, doc: Text, from: number, to: number): string[] {
  const sums = new Map<string, number>();
  for (const part of partsOf(set, doc, from, to)) {
    sums.set(part.name, (sums.get(part.name) ?? 0) + part.to - part.from);
  }
  return [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** Who wrote the letter at a place. */
export function writerAt(set: RangeSet<By>, at: number): string | null {
  let found: string | null = null;
  set.between(at, at, (start, end, by) => {
    if (start <= at && (at < end || found === null)) found = by.name;
  });
  return found;
}
