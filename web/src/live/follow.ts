// What a page follows: a stream that says whenever the train is another. A browser has six connections to a server for all of
// its pages, and a stream holds one as long as it is open. So a page follows while it is in sight; of all that are out of
// sight one goes on, so that its tab shows how the push stands, and the others ask for what they missed when they are seen.

import { renew } from "./renew";

/** After how many milliseconds a stream is begun anew that the browser gave up. */
const PAUSE = 5_000;
/** What the page holds that goes on out of sight. */
const LOCK = "follows out of sight";

/** Asks for what is new whenever the train is another one. */
export function follow(stream: string): void {
  let over = new AbortController();
  const settle = (): void => {
    over.abort();
    over = new AbortController();
    if (document.visibilityState === "visible") listen(stream, over.signal);
    else wait(stream, over.signal);
  };
  document.addEventListener("visibilitychange", settle);
  settle();
}

/** Listens until it is over. The stream begins with how things are: what came since the page, or the last stream, is asked for. */
function listen(stream: string, over: AbortSignal): void {
  if (over.aborted) return;
  const source = new EventSource(stream);
  source.addEventListener("change", renew);
  // A browser comes back by itself to who does not answer, but not to a proxy that answers for a server that is away.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, PAUSE, stream, over);
  });
  over.addEventListener("abort", () => source.close());
}

/** Listens as soon as no other page does out of sight. */
function wait(stream: string, over: AbortSignal): void {
  if (!("locks" in navigator)) return;
  const turn = (): Promise<void> => new Promise((done) => {
    if (over.aborted) return done();
    over.addEventListener("abort", () => done());
    listen(stream, over);
  });
  // Whoever is seen before their turn does not wait any more.
  navigator.locks.request(LOCK, { signal: over }, turn).catch(() => undefined);
}
