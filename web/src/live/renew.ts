// What is new on a page, put in place.

import { times } from "./times";

/** After how many milliseconds it is tried again where nobody answers, and where a part was in use. */
const PAUSE = 2_000;
const SOON = 300;

/** What the server last said of each part. The page's own state is not in it: an open answer, a word half typed. */
const told = new WeakMap<Element, string>();
/** What is done after parts were put in place. */
const after: (() => void)[] = [];

let asking = false;
let wanted = false;
/** Whether a part was in use when it was to be another. */
let behind = false;

/** Takes the page as it is for what the server said; from here on it can be renewed. */
export function begin(): void {
  for (const part of live(document)) take(part);
  const again = (): void => {
    if (behind) setTimeout(renew, SOON);
  };
  for (const end of ["focusout", "toggle", "pointerup", "reset"]) document.addEventListener(end, again, true);
}

/** Has something done whenever parts were put in place. */
export function renewed(then: () => void): void {
  after.push(then);
}

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

/** Takes a part as the server said it: what it opened by itself, nobody is at. */
function take(part: HTMLElement): void {
  told.set(part, part.innerHTML);
  for (const open of part.querySelectorAll<HTMLElement>("details[open]")) open.dataset["served"] = "";
}

function live(page: Document): NodeListOf<HTMLElement> {
  return page.querySelectorAll<HTMLElement>("[data-live][id]");
}

/** Asks for the page once more, and puts in place what is another; what somebody is using stays until they are done. */
async function ask(): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  // Whoever is signed out meanwhile is sent elsewhere: this page stays as it is.
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  times(fresh);
  behind = false;
  for (const part of live(document)) {
    const next = fresh.getElementById(part.id);
    if (next && next.innerHTML === told.get(part)) continue;
    if (inUse(part)) behind = true;
    else if (next) replace(part, next);
    else part.remove();
  }
  for (const next of live(fresh)) if (!document.getElementById(next.id)) insert(next);
  document.title = fresh.title;
  icon(fresh);
  for (const then of after) then();
}

/** Shows in the browser's tab what the fresh page shows there. */
function icon(fresh: Document): void {
  const of = (page: Document): Element | null => page.querySelector("link[rel=icon]");
  const next = of(fresh)?.getAttribute("href");
  // A picture that is named again is fetched again.
  if (next && next !== of(document)?.getAttribute("href")) of(document)?.setAttribute("href", next);
}

/** Puts a part in place; what had the keyboard's focus has it again. */
function replace(part: Element, next: HTMLElement): void {
  const held = part.matches(":focus-within") ? document.activeElement : null;
  take(next);
  part.replaceWith(next);
  if (held) twin(held, next)?.focus({ preventScroll: true });
}

/** Puts a part where it stands on the fresh page: after the nearest one before it that is here as well. */
function insert(next: HTMLElement): void {
  take(next);
  for (let before = next.previousElementSibling; before; before = before.previousElementSibling) {
    const here = before.id ? document.getElementById(before.id) : null;
    if (here) return here.after(next);
  }
  const beside = next.nextElementSibling;
  const after = beside?.id ? document.getElementById(beside.id) : null;
  if (after) after.before(next);
  else if (next.parentElement?.id) document.getElementById(next.parentElement.id)?.append(next);
}

/** What an element is in a part that stands in its part's place. */
function twin(of: Element, part: HTMLElement): HTMLElement | null {
  if (of.id) return document.getElementById(of.id);
  const said = (one: Element): string => `${one.getAttribute("aria-label") ?? ""} ${one.textContent}`;
  const alike = part.querySelectorAll<HTMLElement>(of.tagName);
  return [...alike].find((one) => said(one) === said(of)) ?? null;
}

/** Somebody is at it, or it is where the notes are written or a step is followed: those bring their own news. */
function inUse(part: Element): boolean {
  if (part.matches("[data-step]") || part.matches("[data-begun]") || part.querySelector("[data-begun]")) return true;
  if (part.matches(":active") || part.querySelector("details[open]:not([data-served])")) return true;
  const fields = part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>("input, textarea, select");
  return [...fields].some((field) => field === document.activeElement || isChanged(field));
}

function isChanged(field: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): boolean {
  if (field instanceof HTMLSelectElement) {
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(first, 0);
  }
  if (field instanceof HTMLInputElement && field.type === "hidden") return false;
  if (field instanceof HTMLInputElement && field.checked !== field.defaultChecked) return true;
  return field.value !== field.defaultValue;
}
