// What goes from this browser: of anybody what has waited too long, and of whoever signs out all, once they are out.

import { forget, tidy } from "../drafts";

/** Who asked to be signed out here, and when, until a page tells whether they are. */
const LEAVING = "leaving";
/** How long a sign-out may be on its way, in milliseconds: browsers and proxies have given it up by then. */
const ON_ITS_WAY = 5 * 60 * 1000;

interface Leaving {
  who: string;
  at: number;
}

/** Lets go of old drafts now, and of those of whoever is signed out. */
export function leaves(): void {
  // Where nothing can be kept there is nothing to let go of.
  tidy().catch(() => {});
  const reader = document.body.dataset["reader"];
  settle(reader);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!reader || !(form instanceof HTMLFormElement) || !form.matches("[action*='/sign-out']")) return;
    localStorage.setItem(LEAVING, JSON.stringify({ who: reader, at: Date.now() }));
  });
}

/**
 * Whether whoever wanted to leave is out is what the server says: that it knows nobody here, or somebody else. A page that names
 * them may have come before their sign-out did; only later it tells that this did not arrive. Any other page, as of a failure,
 * says neither.
 */
function settle(reader: string | undefined): void {
  const leaving = read();
  if (!leaving) return;
  const done = (): void => localStorage.removeItem(LEAVING);
  if (reader !== leaving.who) {
    if (reader || document.querySelector("[data-signed-out]")) forget(leaving.who).then(done, () => {});
  } else if (Math.abs(Date.now() - leaving.at) > ON_ITS_WAY) done();
}

function read(): Leaving | null {
  try {
    return JSON.parse(localStorage.getItem(LEAVING) ?? "null") as Leaving | null;
  } catch {
    return null;
  }
}
