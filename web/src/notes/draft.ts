// What was written here and the server may not have outlives this page: the browser keeps it, and whoever wrote it finds it
// again when they open these notes once more.

import { ContentString, Doc, Item, applyUpdate, decodeUpdate, encodeStateAsUpdate } from "yjs";

import { type Draft, type Found, found, keep, letGo } from "../drafts";
import type { Kept } from "./kept";

/** How long the server has for its word before the browser keeps what was written: between two keys nothing is. */
const WAIT = 100;

/** The draft of a page by whoever writes in it. */
export class OwnDraft {
  /** Nothing where the browser keeps nothing. */
  private readonly found: Promise<Found | null>;
  /** What of earlier pages is in the text by now. */
  private taken: Draft[] = [];
  /** What of them finds no place there. */
  private homeless: Draft[] = [];
  private restored = false;
  private own: Draft | null = null;
  private due: ReturnType<typeof setTimeout> | undefined;
  private changes = 0;
  private keptUpTo = 0;
  private resting = false;
  private able = false;

  constructor(
    private readonly doc: Doc,
    private readonly kept: Kept,
    private readonly name: string,
    private readonly page: string,
    private readonly told: () => void,
  ) {
    this.found = found(name, page).catch(() => null);
    void this.found.then((found) => {
      this.able = found !== null;
      this.told();
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
    const drafts = (await this.found)?.drafts ?? [];
    if (this.restored) return [];
    this.restored = true;
    const left = new Set(drafts.filter((draft) => draft.client !== this.doc.clientID));
    // One may stand on another: each is tried until none finds its place any more.
    for (let before = -1; before !== left.size; ) {
      before = left.size;
      for (const draft of left) if (this.takes(draft)) left.delete(draft);
    }
    const [useless, homeless] = [[...left].filter((draft) => !wordsOf(draft)), [...left].filter(wordsOf)];
    letGo(useless).catch(() => {});
    this.homeless = homeless;
    if (this.taken.length > 0) this.changed();
    return homeless.map(wordsOf);
  }

  /** Lets go of what is in the text: the server doesn't take it. */
  async drop(): Promise<void> {
    clearTimeout(this.due);
    this.resting = true;
    await letGo(this.ours()).catch(() => {});
  }

  /** Lets go of what finds no place. */
  async dropHomeless(): Promise<void> {
    await letGo(this.homeless).catch(() => {});
  }

  private async follow(): Promise<void> {
    const { changes } = this;
    const found = await this.found;
    try {
      if (!this.kept.pending) {
        const ours = this.ours();
        [this.own, this.taken] = [null, []];
        if (ours.length > 0) await letGo(ours);
      } else if (!this.resting && found) {
        this.own = { name: this.name, page: this.page, client: this.doc.clientID, update: this.kept.draft(), at: Date.now() };
        this.able = await keep(this.own, found.left);
        this.keptUpTo = changes;
      }
    } catch {
      this.able = false;
    }
    this.told();
  }

  private ours(): Draft[] {
    return this.own ? [...this.taken, this.own] : this.taken;
  }

  /** Takes a draft into the text, where it fits. */
  private takes(draft: Draft): boolean {
    if (!fits(draft, this.doc)) return false;
    this.kept.alsoOurs(draft.client);
    this.taken.push(draft);
    applyUpdate(this.doc, draft.update, this);
    return true;
  }
}

/**
 * Whether a draft can be read, and everything that it stands on is in a text: after a server went back to an old backup it may
 * not be.
 */
function fits({ update }: Draft, doc: Doc): boolean {
  const trial = new Doc();
  try {
    applyUpdate(trial, encodeStateAsUpdate(doc));
    applyUpdate(trial, update);
  } catch {
    return false;
  }
  return trial.store.pendingStructs === null && trial.store.pendingDs === null;
}

/** What can be read of a draft. */
function wordsOf({ update }: Draft): string {
  try {
    const pieces = decodeUpdate(update).structs;
    const words = pieces.map((piece) => (piece instanceof Item && piece.content instanceof ContentString ? piece.content.str.trim() : ""));
    return words.filter(Boolean).join("\n");
  } catch {
    return "";
  }
}
