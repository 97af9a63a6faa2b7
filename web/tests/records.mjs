// All that a browser is sent, to be searched: documents, scripts, answers to scripts, frames of sockets, events of streams.

/** What a visitor's browser is sent from now on. */
export class Record {
  parts = [];
  pending = new Set();

  constructor(context) {
    context.on("response", (response) => this.keeps(response.url(), response.headers(), this.body(response)));
    context.on("page", (page) => this.listens(context, page));
    for (const page of context.pages()) this.listens(context, page);
  }

  /** What a stream says never ends, so that it is heard as it comes. */
  async body(response) {
    if ((response.headers()["content-type"] ?? "").startsWith("text/event-stream")) return "";
    const body = await response.body().catch(() => "");
    return body.toString();
  }

  keeps(url, headers, body) {
    this.parts.push([url, JSON.stringify(headers)]);
    const kept = body.then((text) => this.parts.push([url, text])).finally(() => this.pending.delete(kept));
    this.pending.add(kept);
  }

  async listens(context, page) {
    page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => this.parts.push([socket.url(), payload.toString("latin1")])));
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    session.on("Network.eventSourceMessageReceived", (message) => this.parts.push(["a stream", JSON.stringify(message)]));
  }

  /** Fails where any of these words was sent; there has to be something that was. */
  async lacks(words, who) {
    await Promise.all(this.pending);
    if (this.parts.length < 5) throw new Error(`nothing was recorded of ${who}`);
    for (const [where, text] of this.parts) {
      const word = words.find((word) => text.includes(word));
      if (word) throw new Error(`${who} was sent ${JSON.stringify(word)} by ${where}`);
    }
  }
}
