// Where a page leads: every address that stands on it, followed.

/** The addresses on a page, each with how it is gone to; those of a root below the page's too. */
function standing() {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  const names = ["href", "src", "action", "formaction", "data-events", "data-step"];
  const found = all(document).flatMap((one) =>
    // What is on the page itself is no address of its own.
    names.filter((name) => one.hasAttribute(name) && !one.getAttribute(name).startsWith("#")).map((name) => ({
      how: name.endsWith("action") && (one.form ?? one).method === "post" ? "post" : name,
      address: new URL(one.getAttribute(name), document.baseURI).href,
    })),
  );
  const sockets = all(document).filter((one) => one.hasAttribute("data-notes")).map((one) => JSON.parse(one.dataset.notes).socket);
  return [...found, ...sockets.map((path) => ({ how: "socket", address: new URL(path, document.baseURI).href }))];
}

/** Asks for an address as scripts do: its status, and where it led. Of a stream the head is waited for. */
async function asked(address) {
  const over = new AbortController();
  const { status, url } = await fetch(address, { signal: over.signal });
  over.abort();
  return { status, url };
}

/** Pages behind a proxy. */
export class Crawl {
  /** What leads elsewhere, or nowhere. */
  wrong = [];
  /** What was followed. */
  followed = new Set();

  constructor(proxy) {
    this.proxy = proxy;
  }

  /** Follows everything on a page as it stands. */
  async looks(page) {
    const at = new URL(page.url()).pathname;
    for (const { how, address } of await page.evaluate(standing)) {
      const { origin, pathname, search } = new URL(address);
      if (origin === this.proxy.server.origin) this.wrong.push(`${at}: ${how} ${address} leads past the proxy`);
      // Other hosts are others' to answer for.
      if (origin !== this.proxy.address) continue;
      if (!this.proxy.has(pathname)) this.wrong.push(`${at}: ${how} ${address} leads beside the path`);
      else if (how !== "socket") await this.follows(page, how, `${pathname}${search}`);
    }
  }

  async follows(page, how, path) {
    const name = `${how === "post" ? "POST" : "GET"} ${path}`;
    if (this.followed.has(name)) return;
    this.followed.add(name);
    const { status, url } = await page.evaluate(asked, path);
    // What takes forms is there where it says that it takes nothing else.
    if (status >= 400 && !(how === "post" && status === 405)) this.wrong.push(`${page.url()}: ${name} is answered with ${status}`);
    if (!this.proxy.has(new URL(url).pathname)) this.wrong.push(`${page.url()}: ${name} led to ${url}`);
  }
}
