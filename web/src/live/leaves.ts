// What goes from this browser: of anybody what has waited too long, and of whoever signs out all, once they are out.

import { forget, tidy } from "../drafts";

/** Who asked to be signed out here, until a page tells whether they are. */
const LEAVING = "leaving";

/** Lets go of old drafts now, and of those of whoever is signed out. */
export function leaves(): void {
  // Where nothing can be kept there is nothing to let go of.
  tidy().catch(() => {});
  const reader = document.body.dataset["reader"];
  settle(reader);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!reader || !(form instanceof HTMLFormElement) || !form.matches("[action*='/sign-out']")) return;
    localStorage.setItem(LEAVING, reader);
  });
}

/**
 * Whether whoever wanted to leave is out is what the server says: that it knows nobody here, or somebody else. They are still in
 * where it names them, as after a sign-out that did not arrive; any other page, as of a failure, says neither.
 */
function settle(reader: string | undefined): void {
  const leaving = localStorage.getItem(LEAVING);
  if (leaving === null) return;
  const done = (): void => localStorage.removeItem(LEAVING);
  if (reader === leaving) done();
  else if (reader || document.querySelector("[data-signed-out]")) forget(leaving).then(done, () => {});
}
