// All that a browser is sent, to be searched: documents, scripts, answers to scripts, frames of sockets, events of streams.

/** What a visitor's browser is sent from now on. */
export class Record {
  parts = [];
  pending = new Set();

  /** Begins one of a page, and of what it opens. */
  static async of(page) {
    const record = new Record();
    const context = page.context();
    context.on("response", (response) => record.keeps(response.url(), response.headers(), record.body(response)));
    page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => record.parts.push([socket.url(), payload.toString("latin1")])));
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    session.on("Network.eventSourceMessageReceived", (message) => record.parts.push(["a stream", JSON.stringify(message)]));
    return record;
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
