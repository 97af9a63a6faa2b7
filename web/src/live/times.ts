// Times in the reader's zone, the train's beside them.

const zone = document.body.dataset["zone"];

const forms: Record<string, Intl.DateTimeFormatOptions> = {
  day: { weekday: "short", day: "numeric", month: "short" },
  clock: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  time: { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/** Puts every time of a page into the reader's zone. Whether it has its date is said by the server, in its form. */
export function times(page: ParentNode): void {
  for (const time of page.querySelectorAll<HTMLTimeElement>("time[data-form]")) {
    const at = new Date(time.dateTime);
    const form = forms[time.dataset["form"] ?? ""] ?? {};
    const there = zone ? { ...form, ...forms["time"], timeZone: zone } : { ...form, ...forms["time"] };
    time.title = `${at.toLocaleString("en-GB", there)} ${zone ?? ""}`;
    time.textContent = at.toLocaleString("en-GB", form).replaceAll(",", "");
  }
  for (const log of page.querySelectorAll<HTMLElement>("[data-days]")) days(log);
}

/**
 * Puts the entries of a log under the days of the reader's zone, as their clocks are. What is of one day there can be of two
 * here, so that writing the headings anew is not enough; to keep the log in the train's zone would take two clocks an entry.
 */
function days(log: HTMLElement): void {
  const [heading, list] = [log.querySelector("h3"), log.querySelector("ol")];
  if (!heading || !list) return;
  const parts: Element[] = [];
  for (const entry of [...log.querySelectorAll("ol > li")]) {
    const said = dayOf(entry.querySelector("time"));
    if (parts.at(-2)?.textContent !== said) {
      const next = heading.cloneNode() as Element;
      next.textContent = said;
      parts.push(next, list.cloneNode() as Element);
    }
    parts.at(-1)?.append(entry);
  }
  log.replaceChildren(...parts);
}

function dayOf(time: HTMLTimeElement | null): string {
  const form: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  return time ? new Date(time.dateTime).toLocaleDateString("en-GB", form).replaceAll(",", "") : "";
}

/** Says which zone they are in, where it is not the train's. */
export function zones(): void {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const told = document.querySelector<HTMLElement>("[data-zones]");
  if (told && zone && here !== zone) told.textContent = `Times in ${here}, train in ${told.dataset["zones"] ?? zone}`;
}
