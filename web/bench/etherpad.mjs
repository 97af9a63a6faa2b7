// An author of an Etherpad: its changesets over socket.io, a letter at the pad's begin at a time. Etherpad takes one change of an
// author at once; until it is accepted, the author writes nothing.

import { createRequire } from "node:module";

const base36 = (number) => number.toString(36);
const QUERY = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Opens the pad: `where` is { base, pad, packages }, the last of them a folder with socket.io's client. */
export async function open({ base, pad, packages }, _n, _how = {}) {
  const io = createRequire(`${packages}/`)("socket.io-client");
  const socket = io.connect(base, { forceNew: true, transports: ["websocket"], path: "/socket.io", query: `padId=${pad}` });
  const author = new Author(socket, pad);
  await author.ready;
  return author;
}

class Author {
  /** How many writings the server keeps. */
  kept = 0;
  /** Why the server let it go. */
  ended = null;
  onKey = () => {};
  onHeard = () => {};

  constructor(socket, pad) {
    this.socket = socket;
    this.ready = new Promise((done) => (this.isReady = done));
    this.begun = null;
    const random = Array.from({ length: 20 }, () => QUERY[Math.floor(Math.random() * 36)]).join("");
    const hello = { component: "pad", type: "CLIENT_READY", padId: pad, sessionID: null, password: null, token: `t.${random}`, protocolVersion: 2 };
    socket.on("connect", () => socket.json.send(hello));
    socket.on("message", (message) => this.take(message));
    socket.on("disconnect", (why) => (this.ended = `disconnected: ${why}`));
  }

  /** Writes a letter; nothing where the last one is not accepted yet. */
  write() {
    if (this.ended !== null || this.begun !== null) return null;
    this.begun = performance.now();
    const apool = { numToAttrib: { 0: ["author", this.author] }, nextNum: 1 };
    const changeset = `Z:${base36(this.length)}>1*0+1$x`;
    const data = { type: "USER_CHANGES", baseRev: this.revision, changeset, apool };
    this.socket.json.send({ type: "COLLABROOM", component: "pad", data });
    return this.begun;
  }

  take(message) {
    if (message.disconnect) this.ended = String(message.disconnect);
    else if (message.type === "CLIENT_VARS") this.begin(message.data);
    else if (message.type === "COLLABROOM" && message.data.type === "NEW_CHANGES") this.changed(message.data);
    else if (message.type === "COLLABROOM" && message.data.type === "ACCEPT_COMMIT") this.accepted(message.data);
  }

  begin({ collab_client_vars: pad, userId }) {
    this.revision = pad.rev;
    this.length = pad.initialAttributedText.text.length;
    this.author = userId;
    this.isReady();
  }

  changed({ changeset, newRev }) {
    const [, sign, by] = /^Z:[0-9a-z]+([><])([0-9a-z]+)/.exec(changeset);
    this.length += (sign === ">" ? 1 : -1) * Number.parseInt(by, 36);
    this.revision = newRev;
    this.onHeard(newRev, performance.now());
  }

  accepted({ newRev }) {
    this.length += 1;
    this.revision = newRev;
    this.kept += 1;
    this.onKey(newRev, this.begun);
    this.begun = null;
  }
}
