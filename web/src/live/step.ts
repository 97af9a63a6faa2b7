// A step on its way: what it says is put down as it says it, and at its end the page is asked for once more.

import { hear } from "./follow";
import { renew } from "./renew";

/** Follows the step that a page is about, where it is on its way. */
export function step(): void {
  const place = document.querySelector<HTMLElement>("[data-step]");
  const address = place?.dataset["step"];
  if (!place || !address) return;
  const lines = place.querySelector("[data-said]");
  const end = hear(address, (stream) => {
    // Each stream begins with the first line: after a break they all come once more.
    stream.addEventListener("open", () => lines?.replaceChildren());
    stream.addEventListener("said", (event: MessageEvent<string>) => {
      lines?.append(`${String(JSON.parse(event.data))}\n`);
    });
    stream.addEventListener("over", () => {
      end();
      delete place.dataset["step"];
      void renew();
    });
  });
}
