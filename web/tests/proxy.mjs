// A reverse proxy that gives a server a path, as its operator has one: requests, streams and sockets below the path are passed
// on, and whatever is asked for beside it is kept and not found.

import { createServer, request } from "node:http";

/** A proxy on a port of its own that knows its server later: that one has to be told first where people reach it. */
export class Proxy {
  /** What was asked for beside the path. */
  strays = [];

  /** `off` says that the path is taken off what is passed on. */
  static async below(path, off = false) {
    const proxy = new Proxy();
    Object.assign(proxy, { path, off });
    const server = createServer((asked, answer) => proxy.passes(asked, answer));
    server.on("upgrade", (asked, socket, head) => proxy.joins(asked, socket, head));
    await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
    // What is open ends with the browser.
    server.unref();
    proxy.address = `http://127.0.0.1:${server.address().port}`;
    return proxy;
  }

  /** From here on there is a server behind it. */
  leadsTo(base) {
    this.server = new URL(base);
  }

  /** Whether a path is below its own. */
  has(path) {
    return path === this.path || path.startsWith(`${this.path}/`);
  }

  /** What is asked of the server; null beside the path. */
  asks({ method, url, headers }) {
    if (!this.has(url.split("?")[0])) {
      this.strays.push(`${method} ${url}`);
      return null;
    }
    const rest = url.slice(this.path.length);
    const path = !this.off ? url : rest.startsWith("/") ? rest : `/${rest}`;
    const { hostname: host, port } = this.server;
    return request({ host, port, method, path, headers, agent: false });
  }

  passes(asked, answer) {
    const on = this.asks(asked);
    if (!on) return void answer.writeHead(404).end();
    on.on("response", (came) => {
      answer.writeHead(came.statusCode, came.headers);
      // A stream is open before it says anything.
      answer.flushHeaders();
      came.on("error", () => answer.destroy());
      came.pipe(answer);
    });
    on.on("error", () => answer.destroy());
    answer.on("close", () => on.destroy());
    asked.pipe(on);
  }

  joins(asked, socket, head) {
    const on = this.asks(asked);
    const ends = () => socket.destroy();
    socket.on("error", ends);
    if (!on) return ends();
    socket.on("close", () => on.destroy());
    on.on("error", ends);
    // Whoever may not join is told by an answer.
    on.on("response", (came) => socket.end(headOf(came)));
    on.on("upgrade", (came, other, first) => {
      other.on("error", ends).on("close", ends);
      socket.on("close", () => other.destroy());
      socket.write(headOf(came));
      socket.write(first);
      other.write(head);
      other.pipe(socket).pipe(other);
    });
    on.end();
  }
}

/** An answer's first line and headers, as they came. */
function headOf({ statusCode, statusMessage, rawHeaders }) {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}
