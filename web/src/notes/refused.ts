// When the server takes no more: why, what of one's own is not on the page, and how to go on.

import { beside, button, element } from "./element";

const WORDS: Record<number, string> = {
  4400: "The server could not read what this page sent.",
  4403: "The server does not take this.",
  4404: "These notes are not here any more.",
  4413: "This is more than the notes can hold.",
};

/** Why the server stopped, with what it did not take. */
export function refusedNote(code: number, reason: string, unkept: string[], again: () => void): HTMLElement {
  const words = reason ? sentence(reason) : (WORDS[code] ?? "The server takes no more from this page.");
  return lostNote(words, unkept, button("Begin again with what the server has", again));
}

/** That a draft stands on what the server lost, with its words. */
export function homelessNote(words: string[], letGo: () => void): HTMLElement {
  return lostNote("What you wrote here without a connection has no place in the notes any more.", words, button("Let it go", letGo));
}

/** What happened, one's own words to be copied, and how to go on. */
function lostNote(happened: string, unkept: string[], way: HTMLButtonElement): HTMLElement {
  const note = element("div", "stopped");
  note.setAttribute("role", "alert");
  note.append(element("p", "", element("b", "", happened)));
  const ways = element("p", "ways");
  if (unkept.length > 0) {
    const text = element("textarea", "");
    text.readOnly = true;
    text.value = unkept.join("\n");
    text.rows = Math.min(8, text.value.split("\n").length + 1);
    const label = element("label", "small", "Not saved, yours to copy ", text);
    note.append(label);
    if (navigator.clipboard) {
      const copy = button("Copy it", () => {
        void navigator.clipboard.writeText(text.value).then(() => copy.replaceChildren("Copied"));
      });
      ways.append(copy);
    }
  }
  ways.append(way);
  note.append(ways);
  return note;
}

/** That whoever writes is not signed in any more. */
export function signedOutNote(signIn: string, goOn: () => void): HTMLElement {
  const note = element("div", "stopped");
  note.setAttribute("role", "alert");
  const way = beside("sign in again beside this page", signIn);
  note.append(element("p", "", "You are signed out. What you write stays here: ", way, ", then go on."));
  note.append(button("Go on", goOn));
  return note;
}

/** As a sentence begins and ends. */
function sentence(words: string): string {
  const end = /[.!?…]$/.test(words) ? "" : ".";
  return words.charAt(0).toUpperCase() + words.slice(1) + end;
}
