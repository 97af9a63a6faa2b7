// The connection: what y-protocols say over a socket, again and again until it is told to stop. Typing never waits for it;
// what was written without it goes over with the next one.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { type Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import { messageYjsSyncStep1, messageYjsSyncStep2, readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import type { Doc, Transaction } from "yjs";

import type { Kept } from "./kept";

const SYNC = 0;
const AWARENESS = 1;
const ASK_AWARENESS = 3;
const KEPT = 100;

/** The server's reasons for which coming back by ourselves is of no use. */
const FINAL = new Set([4400, 4403, 4404, 4413]);
const SIGNED_OUT = 4401;
const TOO_FAST = 4429;

const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;
/** After how long a silence a word is asked for; after three times that the connection counts as gone. */
const BEAT = 15_000;
/** The largest message; the server takes a little more. */
const LARGEST = 2_400_000;
/** How often others are told where the caret is. */
const CARET_EVERY = 80;

/** What becomes of the connection. */
export interface Heard {
  /** Whether there is one. */
  connected(yes: boolean): void;
  /** All that the server has is here. */
  synced(): void;
  /** Something of ours, or all of it, is kept now. */
  kept(): void;
  /** The server takes nothing more from this page, and says why. */
  refused(code: number, reason: string): void;
  /** Whoever wrote is not signed in any more. */
  signedOut(): void;
}

/** A shared text's connection. */
export class Socket {
  private ws: WebSocket | null = null;
  private wait = FIRST_WAIT;
  private failures = 0;
  private heardAt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private caret: ReturnType<typeof setTimeout> | undefined;
  private ended = false;
  /** Whether this connection's server has all from before it: until then nothing is sent that would leave a gap. */
  private level = false;

  constructor(
    private readonly path: string,
    private readonly doc: Doc,
    private readonly awareness: Awareness,
    private readonly kept: Kept,
    private readonly write: boolean,
    private readonly heard: Heard,
  ) {
    doc.on("update", (update: Uint8Array, origin: unknown, _doc: Doc, transaction: Transaction) => {
      if (origin === this) return;
      const sent = this.level && this.send(SYNC, (encoder) => writeUpdate(encoder, update));
      this.kept.wrote(transaction, sent);
      this.heard.kept();
    });
    awareness.on("update", ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>) => {
      if ([...added, ...updated, ...removed].includes(doc.clientID)) this.tellCaret();
    });
    setInterval(() => this.beat(), BEAT);
    addEventListener("online", () => this.again());
    addEventListener("offline", () => this.ws?.close());
    addEventListener("pagehide", () => this.ws?.close(1000));
    addEventListener("pageshow", (event) => event.persisted && this.again());
    this.connect();
  }

  /** Connects at once, as after somebody has signed in again. */
  again(): void {
    if (this.ended || this.ws) return;
    clearTimeout(this.retry);
    this.connect();
  }

  /** Ends it for good. */
  end(): void {
    this.ended = true;
    clearTimeout(this.retry);
    this.ws?.close(1000);
  }

  private connect(): void {
    const url = new URL(this.path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const ws = new WebSocket(url);
    this.ws = ws;
    ws.binaryType = "arraybuffer";
    let opened = false;
    ws.onopen = () => {
      opened = true;
      this.failures = 0;
      this.begin();
    };
    ws.onmessage = (event: MessageEvent<ArrayBuffer>) => this.take(new Uint8Array(event.data));
    ws.onclose = (event) => {
      if (this.ws !== ws) return;
      this.ws = null;
      this.lost(event, opened);
    };
  }

  private begin(): void {
    this.heardAt = Date.now();
    this.level = false;
    this.kept.connected();
    this.send(SYNC, (encoder) => writeSyncStep1(encoder, this.doc));
    this.send(ASK_AWARENESS, () => {});
    if (this.awareness.getLocalState()) this.tellNow();
    this.heard.connected(true);
  }

  private lost(event: CloseEvent, opened: boolean): void {
    clearTimeout(this.caret);
    this.caret = undefined;
    const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    this.heard.connected(false);
    if (this.ended) return;
    if (FINAL.has(event.code)) {
      this.ended = true;
      this.heard.refused(event.code, event.reason);
    } else if (event.code === SIGNED_OUT) {
      this.heard.signedOut();
    } else {
      if (!opened) this.failures += 1;
      if (this.failures > 0 && this.failures % 3 === 0) void this.seeWhy();
      const least = event.code === TOO_FAST ? LONGEST_WAIT / 2 : this.wait;
      this.retry = setTimeout(() => this.again(), least * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    }
  }

  /** A browser doesn't tell why a socket is not opened; the same question without one has an answer. */
  private async seeWhy(): Promise<void> {
    try {
      const answer = await fetch(this.path, { redirect: "manual" });
      if (answer.status === 401 || answer.type === "opaqueredirect") this.heard.signedOut();
    } catch {
      // No answer either: the network, not us.
    }
  }

  private beat(): void {
    // A page in the background is let sleep by the browser, and so may miss a word without anything being wrong.
    if (!this.ws || this.ws.readyState !== WebSocket.OPEN || document.hidden) return;
    const silence = Date.now() - this.heardAt;
    if (silence < BEAT) return;
    if (silence < 3 * BEAT) {
      this.send(SYNC, (encoder) => writeSyncStep1(encoder, this.doc));
      return;
    }
    const gone = this.ws;
    this.ws = null;
    gone.onclose = null;
    gone.close();
    this.lost(new CloseEvent("close", { code: 1006 }), true);
  }

  private take(bytes: Uint8Array): void {
    this.heardAt = Date.now();
    const decoder = decoding.createDecoder(bytes);
    switch (decoding.readVarUint(decoder)) {
      case SYNC:
        this.sync(decoder);
        break;
      case AWARENESS:
        applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
        break;
      case ASK_AWARENESS:
        this.tellNow();
        break;
      case KEPT: {
        const vector = decoding.readVarUint8Array(decoder);
        this.kept.told(vector, decoding.hasContent(decoder) ? decoding.readVarUint(decoder) : null);
        this.heard.kept();
      }
    }
  }

  private sync(decoder: decoding.Decoder): void {
    const answer = encoding.createEncoder();
    encoding.writeVarUint(answer, SYNC);
    const kind = readSyncMessage(decoder, answer, this.doc, this);
    // The server asks what it lacks; of somebody who reads it takes nothing.
    if (kind === messageYjsSyncStep1 && this.write) {
      if (!this.pass(encoding.toUint8Array(answer))) return;
      this.level = true;
      this.kept.answered();
    }
    if (kind === messageYjsSyncStep2) {
      this.wait = FIRST_WAIT;
      this.heard.synced();
    }
  }

  private tellCaret(): void {
    this.caret ??= setTimeout(() => {
      this.caret = undefined;
      this.tellNow();
    }, CARET_EVERY);
  }

  private tellNow(): void {
    const own = encodeAwarenessUpdate(this.awareness, [this.doc.clientID]);
    this.send(AWARENESS, (encoder) => encoding.writeVarUint8Array(encoder, own));
  }

  private send(kind: number, write: (encoder: encoding.Encoder) => void): boolean {
    if (this.ws?.readyState !== WebSocket.OPEN) return false;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    write(encoder);
    return this.pass(encoding.toUint8Array(encoder));
  }

  /** Sends bytes; what is larger than any page would only be cut off, again and again. */
  private pass(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (bytes.length > LARGEST) {
      this.end();
      this.heard.connected(false);
      this.heard.refused(4413, "");
      return false;
    }
    this.ws?.send(bytes);
    return true;
  }
}
