// What a page follows: the stream that says whenever the train is another, and that of a step. A browser has six connections to a
// server for all of its pages, and a stream holds one as long as it is open. So a page follows while it is in sight; of all streams
// that are out of sight one goes on, so that its tab shows how the push stands, and the others' pages ask for what they missed when
// they are seen.

import { renew } from "./renew";

/** After how many milliseconds a stream is begun anew that the browser gave up. */
const PAUSE = 5_000;
/** What the page holds that goes on out of sight. */
const LOCK = "follows out of sight";

/** Takes what comes from a stream that has just begun. */
type Hears = (source: EventSource) => void;

/** Asks for what is new whenever the train is another one: the stream begins with how things are, whatever came before it. */
export function follow(stream: string): void {
  hear(stream, (source) => source.addEventListener("change", renew));
}

/** Hears a stream, which is begun anew whenever that is its turn; gives what ends it for good. */
export function hear(stream: string, hears: Hears): () => void {
  let over = new AbortController();
  const settle = (): void => {
    over.abort();
    over = new AbortController();
    if (document.visibilityState === "visible") listen(stream, hears, over.signal);
    else wait(stream, hears, over.signal);
  };
  document.addEventListener("visibilitychange", settle);
  settle();
  return () => {
    document.removeEventListener("visibilitychange", settle);
    over.abort();
  };
}

/** Listens until it is over. */
function listen(stream: string, hears: Hears, over: AbortSignal): void {
  if (over.aborted) return;
  const source = new EventSource(stream);
  hears(source);
  // A browser comes back by itself to who does not answer, but not to a proxy that answers for a server that is away.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, PAUSE, stream, hears, over);
  });
  over.addEventListener("abort", () => source.close());
}

/** Listens as soon as no other page does out of sight. */
function wait(stream: string, hears: Hears, over: AbortSignal): void {
  if (!("locks" in navigator)) return;
  const turn = (): Promise<void> => new Promise((done) => {
    if (over.aborted) return done();
    over.addEventListener("abort", () => done());
    listen(stream, hears, over);
  });
  // Whoever is seen before their turn does not wait any more.
  navigator.locks.request(LOCK, { signal: over }, turn).catch(() => undefined);
}
