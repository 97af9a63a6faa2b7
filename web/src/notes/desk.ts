// A page's notes put together: the text, its connection, its editor, and what is said around them.

import { Awareness } from "y-protocols/awareness";
import { Doc, type Text as SharedText } from "yjs";

import { byline } from "./byline";
import { OwnDraft } from "./draft";
import { Editor } from "./editor";
import { element } from "./element";
import type { Given } from "./given";
import { Kept } from "./kept";
import { People, present } from "./people";
import { homelessNote, refusedNote, signedOutNote } from "./refused";
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
  /** Of somebody who only reads there is none. */
  private readonly draft: OwnDraft | null;
  private readonly socket: Socket;
  private readonly eye = element("span", "kept");
  private readonly word: StateWord;
  private readonly ear = element("span", "sr");
  private stopped: HTMLElement | null = null;
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
    const { name, write } = given;
    this.draft = name !== null && write ? new OwnDraft(this.doc, this.kept, name, given.socket, () => this.tell()) : null;
    this.ear.setAttribute("role", "status");
    this.word = new StateWord(this.eye, this.ear);
    this.socket = new Socket(given.socket, this.doc, this.awareness, this.kept, write, {
      connected: (yes) => this.connection(yes),
      synced: () => this.synced(),
      kept: () => this.changed(),
      refused: (code, reason) => this.refused(code, reason),
      signedOut: () => this.signedOut(),
    });
  }

  private connection(yes: boolean): void {
    this.connected = yes;
    if (yes) {
      this.note(null);
      this.draft?.rest(false);
    }
    this.tell();
  }

  private synced(): void {
    if (!this.editor) this.begin();
    if (this.editor) void this.restore();
    this.tell();
  }

  private changed(): void {
    this.draft?.changed();
    this.tell();
  }

  /** What earlier pages left goes over with this one. */
  private async restore(): Promise<void> {
    const homeless = (await this.draft?.restore()) ?? [];
    if (homeless.length === 0) return;
    const note = homelessNote(homeless, () => {
      note.remove();
      void this.draft?.dropHomeless();
    });
    this.place.prepend(note);
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
      called: this.given.called,
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
      if (!this.over && !(this.draft?.safe ?? true)) event.preventDefault();
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
    else if (!this.connected && this.draft?.keeps) this.word.show("offline — kept in this browser, merges on return");
    else if (!this.connected) this.word.show("offline — kept in this page, merges on return");
    else if (this.kept.pending) this.word.show("saving");
    else this.word.show(this.kept.began ? "saved" : "live");
  }

  private refused(code: number, reason: string): void {
    if (!this.editor) return;
    this.editor.close();
    this.eye.textContent = "stopped";
    this.eye.dataset["state"] = "stopped";
    this.note(refusedNote(code, reason, this.kept.unkept(), () => void this.again()));
    // What may not be in the notes is not kept for another try either.
    void this.draft?.drop();
  }

  /** The page anew, with what the server has. */
  private async again(): Promise<void> {
    this.over = true;
    await this.draft?.drop();
    location.reload();
  }

  private signedOut(): void {
    this.draft?.rest(true);
    if (!this.editor) return;
    const root = this.given.socket.split("/trains/")[0] ?? "";
    this.note(signedOutNote(`${root}/sign-in`, () => this.socket.again()));
  }

  /** Says above the text why it stopped, or nothing any more. */
  private note(note: HTMLElement | null): void {
    this.stopped?.remove();
    this.stopped = note;
    if (note) this.place.prepend(note);
  }
}
