// The notes, written live. This comes only to pages that have some; until the first word from the server the page's own
// form stands there and works, and it stays where no word comes.

import { given } from "./notes/given";
import { Desk } from "./notes/desk";

/** Opens the editor of each place that has none yet. */
export function open(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-notes]:not([data-begun])")) {
    place.dataset["begun"] = "";
    const said = given(place.dataset["notes"]);
    if (said) new Desk(place, said);
  }
}
