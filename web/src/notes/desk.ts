// A page's notes put together: the text, its connection, its editor, and what is said around them.

import { Awareness } from "y-protocols/awareness";
import { Doc, type Text as SharedText } from "yjs";

import { byline } from "./byline";
import { Editor } from "./editor";
import { element } from "./element";
import type { Given } from "./given";
import { Kept } from "./kept";
import { People, present } from "./people";
import { refusedNote, signedOutNote } from "./refused";
import { Socket } from "./socket";
import { StateWord } from "./state";
import { carryOver } from "./typed";

/** The notes of a page. */
export class Desk {
  private readonly doc = new Doc();
  private readonly text: SharedText = this.doc.getText("notes");
  private readonly awareness: Awareness;
  private readonly people: People;
  private readonly kept: Kept;
  private readonly socket: Socket;
  private readonly eye = element("span", "kept");
  private readonly word: StateWord;
  private readonly ear = element("span", "sr");
  private editor: Editor | null = null;
  private connected = false;
  private over = false;

  constructor(
    private readonly place: HTMLElement,
    private readonly given: Given,
  ) {
    this.doc.clientID = given.client;
    this.awareness = new Awareness(this.doc);
    this.awareness.setLocalState(given.name ? { user: { name: given.name }, cursor: null } : null);
    this.people = new People(given);
    this.kept = new Kept(this.doc);
    this.ear.setAttribute("role", "status");
    this.word = new StateWord(this.eye, this.ear);
    this.socket = new Socket(given.socket, this.doc, this.awareness, this.kept, given.write, {
      connected: (yes) => this.connection(yes),
      synced: () => this.synced(),
      kept: () => this.tell(),
      refused: (code, reason) => this.refused(code, reason),
      signedOut: () => this.signedOut(),
    });
  }

  private connection(yes: boolean): void {
    this.connected = yes;
    if (yes) this.note(null);
    this.tell();
  }

  private synced(): void {
    if (!this.editor) this.begin();
    this.tell();
  }

  /** The form makes way for the editor. */
  private begin(): void {
    // Somebody writes under our number already: two hands with one number would spoil the text, so the form stays.
    if (this.doc.clientID !== this.given.client || this.doc.store.clients.has(this.given.client)) return this.socket.end();
    const typed = this.place.querySelector("textarea");
    const carried = typed && this.given.write ? carryOver(typed, this.text) : null;
    if (carried === "stays") return this.socket.end();
    const where = `${this.given.socket.split("/pushes/")[0] ?? ""}/where`;
    this.editor = new Editor({
      text: this.text,
      awareness: this.awareness,
      people: this.people,
      label: `Notes of ${this.given.push}`,
      where,
      write: this.given.write,
      around: () => ({ top: 56, bottom: 40 }),
    });
    const line = element("p", "byline small dim");
    this.place.replaceChildren(this.editor.host, line);
    this.place.classList.add("is-live");
    byline(this.editor.view, line, where);
    this.head();
    addEventListener("beforeunload", (event) => {
      if (!this.over && this.kept.pending) event.preventDefault();
    });
    if (carried) {
      this.editor.view.dispatch({ selection: { anchor: carried.anchor, head: carried.head }, scrollIntoView: true });
      this.editor.view.focus();
    }
  }

  /** Who is here and how it stands, in the section's head. */
  private head(): void {
    const list = element("ul", "present");
    list.setAttribute("aria-label", "Here now");
    present(list, this.people, this.awareness, this.given.name);
    const desk = this.place.closest(".notes")?.querySelector("[data-desk]");
    desk?.replaceChildren(list, this.eye, this.ear);
  }

  private tell(): void {
    if (!this.editor) return;
    if (!this.given.write) this.word.show("read only");
    else if (!this.connected) this.word.show("offline — kept here, merges on return");
    else if (this.kept.pending) this.word.show("saving");
    else this.word.show(this.kept.began ? "saved" : "live");
  }

  private refused(code: number, reason: string): void {
    if (!this.editor) return;
    this.editor.close();
    this.eye.textContent = "stopped";
    this.eye.dataset["state"] = "stopped";
    const again = () => {
      this.over = true;
      location.reload();
    };
    this.note(refusedNote(code, reason, this.kept.unkept(), again));
  }

  private signedOut(): void {
    if (!this.editor) return;
    const root = this.given.socket.split("/trains/")[0] ?? "";
    this.note(signedOutNote(`${root}/sign-in`, () => this.socket.again()));
  }

  /** Says something above the text, or nothing any more. */
  private note(note: HTMLElement | null): void {
    this.place.querySelector(":scope > .stopped")?.remove();
    if (note) this.place.prepend(note);
  }
}
