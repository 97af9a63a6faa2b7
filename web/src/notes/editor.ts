// The editor itself: CodeMirror over the shared text, in a shadow root, so that its styles need no leave from the page.

import { defaultKeymap } from "@codemirror/commands";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import type { Awareness } from "y-protocols/awareness";
import { type Text as SharedText, UndoManager } from "yjs";

import { authorsOf } from "./authors";
import { cursors } from "./cursors";
import looks from "./editor.css";
import { linkAt, linksIn } from "./links";
import { margin } from "./margin";
import { marks } from "./marks";
import type { People } from "./people";

/** What an editor is made of. */
export interface Parts {
  readonly text: SharedText;
  readonly awareness: Awareness;
  readonly people: People;
  /** What people go by behind an `@`, in small letters. */
  readonly called: ReadonlySet<string>;
  /** Its name for those who don't see it. */
  readonly label: string;
  /** The page that says where a commit is. */
  readonly where: string;
  readonly write: boolean;
  /** What is around it: room above and below that it must not scroll under. */
  readonly around: () => { top: number; bottom: number };
}

/** The editor of a shared text. */
export class Editor {
  readonly host: HTMLElement;
  readonly view: EditorView;
  private readonly writing = new Compartment();

  constructor(parts: Parts) {
    this.host = document.createElement("div");
    this.host.className = "paper";
    const root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(looks);
    this.view = new EditorView({ parent: root, root, state: this.state(parts) });
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  /** Takes no more writing; what is written can still be read and copied. */
  close(): void {
    this.view.dispatch({ effects: this.writing.reconfigure(writable(false)) });
  }

  private state(parts: Parts): EditorState {
    const { text, awareness, people, called, where } = parts;
    return EditorState.create({
      doc: text.toString(),
      extensions: [
        // Other signs for a line's end are kept as they came: the text is the same for everybody, letter by letter.
        EditorState.lineSeparator.of("\n"),
        EditorView.clipboardInputFilter.of((pasted) => pasted.replace(/\r\n?/g, "\n")),
        yCollab(text, null, { undoManager: new UndoManager(text, { captureTimeout: 600 }) }),
        keymap.of([{ key: "Mod-Enter", run: follow(where) }, ...yUndoManagerKeymap, ...defaultKeymap]),
        EditorView.lineWrapping,
        highlightSpecialChars(),
        EditorView.contentAttributes.of({
          "aria-label": parts.label,
          spellcheck: "true",
          autocapitalize: "sentences",
          tabindex: "0",
        }),
        EditorView.scrollMargins.of(parts.around),
        this.writing.of(writable(parts.write)),
        clicks(where),
        authorsOf(text, people),
        marks(where, called),
        margin(),
        cursors(text, awareness, people),
      ],
    });
  }
}

function writable(yes: boolean): Extension {
  const said = yes ? [] : EditorView.contentAttributes.of({ "aria-readonly": "true" });
  return [EditorState.readOnly.of(!yes), EditorView.editable.of(yes), said];
}

/** Opens the link under a click that means it: with Ctrl or Cmd, or any where nothing can be written. */
function clicks(where: string): Extension {
  return EditorView.domEventHandlers({
    mousedown(event, view) {
      const meant = event.button === 0 && (event.ctrlKey || event.metaKey || view.state.readOnly);
      const at = meant ? view.posAtCoords({ x: event.clientX, y: event.clientY }) : null;
      const on = event.composedPath().some((part) => part instanceof HTMLElement && part.classList.contains("link"));
      if (at === null || !on || !open(view, at, where)) return false;
      event.preventDefault();
      return true;
    },
  });
}

function follow(where: string) {
  return (view: EditorView): boolean => open(view, view.state.selection.main.head, where);
}

function open(view: EditorView, at: number, where: string): boolean {
  const line = view.state.doc.lineAt(at);
  const link = linkAt(linksIn(line.text, where), at - line.from);
  if (link) window.open(link.href, "_blank", "noopener,noreferrer");
  return link !== null;
}
