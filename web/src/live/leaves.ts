// What goes from this browser: of anybody what has waited too long, and of whoever signs out all, before they do.

import { forget, tidy } from "../drafts";

/** How long somebody who signs out waits for a browser that lets go of nothing, in milliseconds. */
const PATIENCE = 500;

/** Lets go of old drafts now, and of the reader's when they sign out. */
export function leaves(): void {
  // Where nothing can be kept there is nothing to let go of.
  tidy().catch(() => {});
  const reader = document.body.dataset["reader"];
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!reader || !(form instanceof HTMLFormElement) || !form.matches("[action*='/sign-out']")) return;
    event.preventDefault();
    void signOut(form, reader);
  });
}

/** Signs out in any case; the buttons rest meanwhile. */
async function signOut(form: HTMLFormElement, reader: string): Promise<void> {
  const rest = (yes: boolean) => {
    for (const button of form.querySelectorAll("button")) button.disabled = yes;
  };
  rest(true);
  await Promise.race([forget(reader).catch(() => {}), new Promise((over) => setTimeout(over, PATIENCE))]);
  form.submit();
  rest(false);
}
