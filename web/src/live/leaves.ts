// Signing out: what this browser keeps for a person goes before they do.

import { forget } from "../drafts";

/** Lets go of the reader's drafts when they sign out. */
export function leaves(): void {
  const reader = document.body.dataset["reader"];
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!reader || !(form instanceof HTMLFormElement) || !form.matches("[action*='/sign-out']")) return;
    event.preventDefault();
    const go = () => form.submit();
    // Where nothing can be kept there is nothing to let go of.
    forget(reader).then(go, go);
  });
}
