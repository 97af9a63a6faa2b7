// Below the text, about the place of the caret or the pointer: who wrote it, and the link there, which every finger and key
// can follow.

import { StateEffect, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

import { authors, writerAt } from "./authors";
import { beside } from "./element";
import { MACHINE } from "./given";
import { linkAt, linksIn } from "./links";

/** What opens a link under the pointer. */
const WITH = /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl";

/** Adds it to an editor. */
export function byline(view: EditorView, line: HTMLElement, where: string): void {
  let shown = "";
  const show = (at: number | null, pointed: boolean) => {
    const [words, link] = at === null ? ["", null] : about(view, at, where);
    const key = `${words}\n${link?.href ?? ""}\n${pointed}`;
    if (key === shown) return;
    shown = key;
    // One can't go to the link below without leaving the one above.
    const way = link && (pointed ? `${view.state.readOnly ? "A click" : `${WITH} and a click`} opens it` : beside(`Open ${link.label}`, link.href));
    line.replaceChildren(words, ...(way ? [way] : []));
  };
  const caret = () => show(view.hasFocus ? view.state.selection.main.head : null, false);
  const told: Extension = EditorView.updateListener.of((update) => {
    const looked = update.startState.field(authors) !== update.state.field(authors);
    // One goes from the text to the link in the line below: it stays.
    const moved = update.selectionSet || update.focusChanged || update.docChanged || looked;
    if (moved && update.view.hasFocus) caret();
  });
  const hovered = EditorView.domEventHandlers({
    mousemove: (event, over) => show(over.posAtCoords({ x: event.clientX, y: event.clientY }), true),
    mouseleave: caret,
  });
  view.dispatch({ effects: StateEffect.appendConfig.of([told, hovered]) });
}

function about(view: EditorView, at: number, where: string): [string, ReturnType<typeof linkAt>] {
  const line = view.state.doc.lineAt(at);
  const link = linkAt(linksIn(line.text, where), at - line.from);
  if (!line.text.trim()) return ["", link];
  const writer = writerAt(view.state.field(authors), at);
  if (!writer) return ["", link];
  return [writer === MACHINE ? "Written by pushduty" : `${writer} wrote this`, link];
}
