// What is new on a page, put in place.

import { times } from "./times";

/** Asks for the page once more, and puts in place what is another; nothing under the pointer or the caret moves. */
export async function renew(): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  times(fresh);
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    if (next && !inUse(part) && next.innerHTML !== part.innerHTML) part.replaceWith(next);
  }
  document.title = fresh.title;
}

/** Somebody types in it, or it is where the notes are written: those bring their own news. */
function inUse(part: Element): boolean {
  if (part.matches("[data-notes]") || part.querySelector("[data-notes]")) return true;
  return part.matches(":focus-within") && part.querySelector("input:focus, textarea:focus") !== null;
}
