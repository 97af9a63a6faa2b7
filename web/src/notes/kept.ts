// Whether all that was written here is kept by the server, by its own word.

import {
  ContentString,
  type Doc,
  Item,
  type Transaction,
  decodeStateVector,
  encodeStateAsUpdate,
  encodeStateVector,
  getState,
} from "yjs";

/** What of ours is kept. */
export class Kept {
  /** How much of what we wrote the server has, by its word: of each of our numbers. */
  private readonly clocks = new Map<number, number>();
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

  /** What was written by another number is ours too; as far as it is here already, the server has it. */
  alsoOurs(client: number): void {
    this.clocks.set(client, getState(this.doc.store, client));
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
    const theirs = decodeStateVector(vector);
    for (const number of this.numbers()) this.clocks.set(number, Math.max(this.clock(number), theirs.get(number) ?? 0));
    const counted = this.deletion !== null && this.deletion > 0 && (updates === null || updates >= this.deletion);
    if (counted && !this.lacks()) this.deletion = null;
    // What the server has of an earlier page is done; should that page be there still, it sees to the rest itself.
    for (const number of this.clocks.keys()) if (number !== this.doc.clientID && !this.lacksOf(number)) this.clocks.delete(number);
  }

  /** Whether anything was written here at all. */
  get began(): boolean {
    return this.wroteAny;
  }

  /** Whether something is here alone. */
  get pending(): boolean {
    return this.deletion !== null || this.lacks();
  }

  /** What was written here and is nowhere else, piece by piece. */
  unkept(): string[] {
    const texts: string[] = [];
    for (const number of this.numbers()) {
      for (const piece of this.doc.store.clients.get(number) ?? []) {
        if (!(piece instanceof Item) || piece.deleted || !(piece.content instanceof ContentString)) continue;
        const fresh = piece.content.str.slice(Math.max(0, this.clock(number) - piece.id.clock));
        if (fresh.trim()) texts.push(fresh.trim());
      }
    }
    return texts;
  }

  /** What was written by this page's own number and may be nowhere else, as an update; what was taken out is in it too. */
  draft(): Uint8Array {
    const own = this.doc.clientID;
    const have = decodeStateVector(encodeStateVector(this.doc));
    return encodeStateAsUpdate(this.doc, encodeStateVector(have.set(own, this.clock(own))));
  }

  private lacks(): boolean {
    return [...this.numbers()].some((number) => this.lacksOf(number));
  }

  private lacksOf(number: number): boolean {
    return this.clock(number) < getState(this.doc.store, number);
  }

  private clock(number: number): number {
    return this.clocks.get(number) ?? 0;
  }

  private numbers(): Set<number> {
    return new Set([...this.clocks.keys(), this.doc.clientID]);
  }
}
