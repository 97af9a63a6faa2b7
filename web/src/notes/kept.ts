// Whether all that was written here is kept by the server, by its own word.

import { ContentString, type Doc, Item, type Transaction, decodeStateVector } from "yjs";

/** What of ours is kept. */
export class Kept {
  /** How many of our pieces the server has, by its word. */
  private clock = 0;
  /** Updates that we sent over this connection. */
  private sent = 0;
  /** A deletion adds no piece: the update that brought the last one that isn't known to be kept; 0 without a connection. */
  private deletion: number | null = null;
  private wroteAny = false;

  constructor(private readonly doc: Doc) {}

  /** Something was written here, and sent or not. */
  wrote(transaction: Transaction, sent: boolean): void {
    this.wroteAny = true;
    if (sent) this.sent += 1;
    if (transaction.deleteSet.clients.size > 0) this.deletion = sent ? this.sent : 0;
  }

  /** A connection begins: what of the last one arrived is not known. */
  connected(): void {
    this.sent = 0;
    if (this.deletion !== null) this.deletion = 0;
  }

  /** The server asked for all that it lacks, and was answered: that has every deletion too. */
  answered(): void {
    this.sent += 1;
    if (this.deletion === 0) this.deletion = this.sent;
  }

  /** The server's word: what it keeps, and of how many of our updates, where it says so. */
  told(vector: Uint8Array, updates: number | null): void {
    this.clock = Math.max(this.clock, decodeStateVector(vector).get(this.doc.clientID) ?? 0);
    const counted = this.deletion !== null && this.deletion > 0 && (updates === null || updates >= this.deletion);
    if (counted && this.clock >= this.own()) this.deletion = null;
  }

  /** Whether anything was written here at all. */
  get began(): boolean {
    return this.wroteAny;
  }

  /** Whether something is here alone. */
  get pending(): boolean {
    return this.deletion !== null || this.clock < this.own();
  }

  /** What was written here and is nowhere else, piece by piece. */
  unkept(): string[] {
    const pieces = this.doc.store.clients.get(this.doc.clientID) ?? [];
    const texts: string[] = [];
    for (const piece of pieces) {
      if (!(piece instanceof Item) || piece.deleted || !(piece.content instanceof ContentString)) continue;
      const fresh = piece.content.str.slice(Math.max(0, this.clock - piece.id.clock));
      if (fresh.trim()) texts.push(fresh.trim());
    }
    return texts;
  }

  private own(): number {
    const pieces = this.doc.store.clients.get(this.doc.clientID);
    const last = pieces?.at(-1);
    return last ? last.id.clock + last.length : 0;
  }
}
