// What was written here and the server may not have outlives this page: the browser keeps it, and whoever wrote it finds it
// again when they open these notes once more.

import { ContentString, Doc, Item, applyUpdate, decodeUpdate, encodeStateAsUpdate, mergeUpdates } from "yjs";

import { type Draft, draftsOf, keep, letGo } from "../drafts";
import type { Kept } from "./kept";

/** How long the server has for its word before the browser keeps what was written: between two keys nothing is. */
const WAIT = 100;

/** The draft of a page by whoever writes in it. */
export class OwnDraft {
  /** What earlier pages left. */
  private readonly earlier: Promise<Draft[]>;
  /** What of it is in the text by now. */
  private taken: Draft[] = [];
  private restored = false;
  private own: Draft | null = null;
  private due: ReturnType<typeof setTimeout> | undefined;
  private changes = 0;
  private keptUpTo = 0;
  private resting = false;
  private able = true;

  constructor(
    private readonly doc: Doc,
    private readonly kept: Kept,
    private readonly name: string,
    private readonly page: string,
    private readonly told: () => void,
  ) {
    this.earlier = draftsOf(name, page).catch(() => {
      this.able = false;
      return [];
    });
  }

  /** Whether the browser keeps what is written. */
  get keeps(): boolean {
    return this.able && !this.resting;
  }

  /** Whether all that was written is kept, by the browser at least. */
  get safe(): boolean {
    return !this.kept.pending || (this.keeps && this.keptUpTo === this.changes);
  }

  /** Something was written, or the server has it now. */
  changed(): void {
    this.changes += 1;
    this.due ??= setTimeout(() => {
      this.due = undefined;
      void this.follow();
    }, WAIT);
  }

  /** Whoever writes is signed out: until they are back nothing is kept here. */
  rest(yes: boolean): void {
    this.resting = yes;
    this.changed();
  }

  /**
   * Brings what earlier pages left into the text, which has all that the server has; the words of what finds no place there
   * any more.
   */
  async restore(): Promise<string[]> {
    const drafts = (await this.earlier).filter((draft) => draft.client !== this.doc.clientID);
    if (this.restored || drafts.length === 0) return [];
    this.restored = true;
    const update = mergeUpdates(drafts.map((draft) => draft.update));
    if (!this.fits(update)) return wordsOf(update);
    for (const draft of drafts) this.kept.alsoOurs(draft.client);
    this.taken = drafts;
    applyUpdate(this.doc, update, this);
    this.changed();
    return [];
  }

  /** Lets go of all of it: the server doesn't take it. */
  async drop(): Promise<void> {
    clearTimeout(this.due);
    this.resting = true;
    await letGo([...(await this.earlier), ...(this.own ? [this.own] : [])]).catch(() => {});
  }

  private async follow(): Promise<void> {
    const { changes, own, taken } = this;
    try {
      if (!this.kept.pending) {
        [this.own, this.taken] = [null, []];
        if (own || taken.length > 0) await letGo([...taken, ...(own ? [own] : [])]);
      } else if (!this.resting) {
        this.own = { name: this.name, page: this.page, client: this.doc.clientID, update: this.kept.draft(), at: Date.now() };
        await keep(this.own);
        this.keptUpTo = changes;
        this.able = true;
      }
    } catch {
      this.able = false;
    }
    this.told();
  }

  /** Whether everything that it stands on is there: after a server went back to an old backup it may not be. */
  private fits(update: Uint8Array): boolean {
    const trial = new Doc();
    applyUpdate(trial, encodeStateAsUpdate(this.doc));
    applyUpdate(trial, update);
    return trial.store.pendingStructs === null && trial.store.pendingDs === null;
  }
}

function wordsOf(update: Uint8Array): string[] {
  const pieces = decodeUpdate(update).structs;
  const words = pieces.map((piece) => (piece instanceof Item && piece.content instanceof ContentString ? piece.content.str.trim() : ""));
  return words.filter(Boolean);
}
