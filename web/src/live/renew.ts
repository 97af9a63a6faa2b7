// What is new on a page, put in place.

import { times } from "./times";

/** After how many milliseconds it is tried again where nobody answers. */
const PAUSE = 2_000;

let asking = false;
let wanted = false;

/** Asks for what is new: one question at a time, once more where something changed meanwhile, until it is answered. */
export async function renew(): Promise<void> {
  wanted = true;
  if (asking) return;
  asking = true;
  while (wanted) {
    wanted = false;
    try {
      await ask();
    } catch {
      wanted = true;
      await new Promise((again) => setTimeout(again, PAUSE));
    }
  }
  asking = false;
}

/** Asks for the page once more, and puts in place what is another; nothing under the pointer or the caret moves. */
async function ask(): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  times(fresh);
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    if (next && !inUse(part) && next.innerHTML !== part.innerHTML) replace(part, next);
  }
  document.title = fresh.title;
}

/** Puts a part in place; what had the keyboard's focus has it again. */
function replace(part: Element, next: HTMLElement): void {
  const held = part.matches(":focus-within") ? document.activeElement?.id : undefined;
  part.replaceWith(next);
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}

/** Somebody types in it, or it is where the notes are written or a step is followed: those bring their own news. */
function inUse(part: Element): boolean {
  if (part.matches("[data-step]")) return true;
  if (part.matches("[data-notes]") || part.querySelector("[data-notes]")) return true;
  return part.matches(":focus-within") && part.querySelector("input:focus, textarea:focus") !== null;
}
