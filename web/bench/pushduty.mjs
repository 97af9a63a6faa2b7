// An author of notes of ours: what y-protocols say over a socket, written by Yjs itself. One who follows has the whole text; one
// who only writes has their own words, and reads of what comes no more than it takes to know what is kept.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import WebSocket from "ws";
import { messageYjsSyncStep1, readSyncMessage, writeSyncStep1, writeSyncStep2, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";

const SYNC = 0;
const KEPT = 100;

/** Opens the page as `where.cookies[n]` in turn: `where` is { base, page, cookies }. */
export async function open({ base, page, cookies }, n, { follows = false, beside = null } = {}) {
  const cookie = cookies[n % cookies.length];
  const answer = await fetch(`${base}${page}`, { headers: { cookie } });
  const found = /data-notes="([^"]*)"/.exec(await answer.text());
  if (!found) throw new Error(`the page of the notes has no editor: ${answer.status}`);
  const given = JSON.parse(found[1].replaceAll("&#34;", '"').replaceAll("&quot;", '"'));
  const socket = new WebSocket(new URL(given.socket, base).href.replace("http", "ws"), { headers: { cookie } });
  const author = new Author(socket, Number(given.client), follows, beside);
  await author.level;
  return author;
}

class Author {
  /** How many writings the server keeps. */
  kept = 0;
  /** Why the server let it go. */
  ended = null;
  onKey = () => {};
  onHeard = () => {};

  constructor(socket, client, follows, beside) {
    this.socket = socket;
    this.follows = follows;
    this.doc = new Y.Doc();
    this.doc.clientID = client;
    this.text = this.doc.getText("notes");
    this.level = new Promise((done) => (this.isLevel = done));
    this.doc.on("update", (update, origin) => origin === this || this.say((encoder) => writeUpdate(encoder, update)));
    if (beside) this.looksAt(beside.doc.clientID);
    socket.binaryType = "arraybuffer";
    socket.on("open", () => this.say((encoder) => writeSyncStep1(encoder, this.doc)));
    socket.on("message", (data) => this.take(new Uint8Array(data)));
    socket.on("close", (code, reason) => (this.ended = `${code} ${reason}`));
    socket.on("error", (error) => (this.ended = String(error)));
  }

  /** Writes a letter; what it is known by, or nothing where it is not level yet. */
  write() {
    if (this.ended !== null) return null;
    const [key, at] = [Y.getState(this.doc.store, this.doc.clientID), performance.now()];
    this.text.insert(this.follows ? 0 : this.text.length, "x");
    this.onKey(key, at);
    return key;
  }

  /** Tells of each letter of another's as it comes. */
  looksAt(other) {
    let seen = Y.getState(this.doc.store, other);
    this.doc.on("update", () => {
      const [now, at] = [Y.getState(this.doc.store, other), performance.now()];
      for (; seen < now; seen++) this.onHeard(seen, at);
    });
  }

  say(write) {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SYNC);
    write(encoder);
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(encoding.toUint8Array(encoder));
  }

  take(bytes) {
    const decoder = decoding.createDecoder(bytes);
    const kind = decoding.readVarUint(decoder);
    if (kind === KEPT) {
      decoding.readVarUint8Array(decoder);
      if (decoding.hasContent(decoder)) this.kept = decoding.readVarUint(decoder);
    } else if (kind === SYNC && this.follows) {
      const answer = encoding.createEncoder();
      encoding.writeVarUint(answer, SYNC);
      const said = readSyncMessage(decoder, answer, this.doc, this);
      if (said === messageYjsSyncStep1) this.socket.send(encoding.toUint8Array(answer));
      else this.isLevel();
    } else if (kind === SYNC && decoding.readVarUint(decoder) === messageYjsSyncStep1) {
      this.say((encoder) => writeSyncStep2(encoder, this.doc));
      this.isLevel();
    }
  }
}
