// What was typed into the page's form before the live text came.

import type { Text as SharedText } from "yjs";

/** Where the caret was. */
export interface Caret {
  readonly anchor: number;
  readonly head: number;
}

/**
 * Brings what was typed into the shared text, and says where the caret was; nothing where nobody typed. Where the text is
 * another by now, the form stays: its plan merges line by line, and shows what it comes to.
 */
export function carryOver(typed: HTMLTextAreaElement, text: SharedText): Caret | "stays" | null {
  const focused = document.activeElement === typed;
  const { value, defaultValue } = typed;
  if (value !== defaultValue) {
    if (text.toString() !== defaultValue) return "stays";
    const [from, end, insert] = difference(defaultValue, value);
    text.doc?.transact(() => {
      if (end > from) text.delete(from, end - from);
      if (insert) text.insert(from, insert);
    });
  }
  if (!focused || text.length !== value.length) return null;
  return { anchor: typed.selectionStart, head: typed.selectionEnd };
}

/** The one stretch that is another: from, to, and what it became. */
function difference(old: string, now: string): [number, number, string] {
  let from = 0;
  while (from < old.length && from < now.length && old[from] === now[from]) from += 1;
  let back = 0;
  const most = Math.min(old.length, now.length) - from;
  while (back < most && old[old.length - 1 - back] === now[now.length - 1 - back]) back += 1;
  return [from, old.length - back, now.slice(from, now.length - back)];
}
