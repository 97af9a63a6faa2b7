// Where the others are: a caret and a selection for each, in their hue, with their name.

import { type Extension, type Range, StateEffect } from "@codemirror/state";
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import {
  type Text as SharedText,
  createAbsolutePositionFromRelativePosition,
  createRelativePositionFromJSON,
  createRelativePositionFromTypeIndex,
} from "yjs";

import { type People, nameIn } from "./people";

const moved = StateEffect.define<null>();

class Caret extends WidgetType {
  constructor(
    private readonly name: string,
    private readonly hue: number,
    private readonly at: string,
  ) {
    super();
  }
  // Another place is another caret, so that its name shows again for a moment.
  override eq(other: Caret): boolean {
    return other.name === this.name && other.hue === this.hue && other.at === this.at;
  }
  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `cur p${this.hue}`;
    caret.setAttribute("aria-hidden", "true");
    caret.appendChild(document.createElement("span")).textContent = this.name;
    return caret;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

interface Place {
  readonly anchor: unknown;
  readonly head: unknown;
}

/** Shows the others, and tells them where we are. */
export function cursors(text: SharedText, awareness: Awareness, people: People): Extension {
  const others = (view: EditorView) => Decoration.set(shown(view, text, awareness, people), true);
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      private readonly heard = (change: Record<"added" | "updated" | "removed", number[]>) => {
        const ids = [...change.added, ...change.updated, ...change.removed];
        if (ids.some((id) => id !== awareness.clientID)) this.view.dispatch({ effects: moved.of(null) });
      };
      constructor(private readonly view: EditorView) {
        this.decorations = others(view);
        awareness.on("change", this.heard);
      }
      update(update: ViewUpdate) {
        const heard = update.transactions.some((one) => one.effects.some((effect) => effect.is(moved)));
        if (update.docChanged || heard) this.decorations = others(update.view);
        if (update.docChanged || heard || update.geometryChanged) turn(update.view);
        if (update.selectionSet || update.docChanged || update.focusChanged) tell(update.view, text, awareness);
      }
      destroy() {
        awareness.off("change", this.heard);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

/** A name that would stand out at the right edge stands to the left of its caret. */
function turn(view: EditorView): void {
  view.requestMeasure({
    key: turn,
    read: () => {
      const edge = view.contentDOM.getBoundingClientRect().right;
      return [...view.contentDOM.querySelectorAll(".cur")].map((caret) => {
        const width = caret.firstElementChild?.getBoundingClientRect().width ?? 0;
        return [caret, caret.getBoundingClientRect().left + width > edge] as const;
      });
    },
    write: (carets) => carets.forEach(([caret, out]) => caret.classList.toggle("back", out)),
  });
}

function tell(view: EditorView, text: SharedText, awareness: Awareness): void {
  const own = awareness.getLocalState();
  // What came from others is in the text before it is in the editor; the next change tells.
  if (!own || text.length !== view.state.doc.length) return;
  const { anchor, head } = view.state.selection.main;
  const place = (at: number) => createRelativePositionFromTypeIndex(text, at);
  const cursor = view.hasFocus ? { anchor: place(anchor), head: place(head) } : null;
  if (JSON.stringify(own["cursor"]) !== JSON.stringify(cursor)) awareness.setLocalStateField("cursor", cursor);
}

function shown(view: EditorView, text: SharedText, awareness: Awareness, people: People): Range<Decoration>[] {
  const found: Range<Decoration>[] = [];
  for (const [client, state] of awareness.getStates()) {
    const name = nameIn(state);
    const cursor = state["cursor"] as Place | null | undefined;
    if (client === awareness.clientID || !name || !cursor) continue;
    const [anchor, head] = [placeOf(cursor.anchor, text, view), placeOf(cursor.head, text, view)];
    if (anchor === null || head === null) continue;
    const hue = people.hueOf(name);
    const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
    if (from < to) found.push(Decoration.mark({ class: `sel p${hue}` }).range(from, to));
    const caret = new Caret(name, hue, JSON.stringify(cursor.head));
    found.push(Decoration.widget({ widget: caret, side: head > anchor ? -1 : 1 }).range(head));
  }
  return found;
}

/** A place that somebody said, if it is one of this text. */
function placeOf(said: unknown, text: SharedText, view: EditorView): number | null {
  if (said === null || typeof said !== "object" || !text.doc) return null;
  try {
    const place = createAbsolutePositionFromRelativePosition(createRelativePositionFromJSON(said), text.doc);
    return place?.type === text ? Math.min(place.index, view.state.doc.length) : null;
  } catch {
    return null;
  }
}
