// Times in the reader's zone, the train's beside them.

const zone = document.body.dataset["zone"];

const forms: Record<string, Intl.DateTimeFormatOptions> = {
  day: { weekday: "short", day: "numeric", month: "short" },
  clock: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  time: { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/** Puts every time of a page into the reader's zone. */
export function times(page: ParentNode): void {
  for (const time of page.querySelectorAll<HTMLTimeElement>("time[data-form]")) {
    const at = new Date(time.dateTime);
    const form = forms[time.dataset["form"] ?? ""] ?? {};
    const there = zone ? { ...form, ...forms["time"], timeZone: zone } : { ...form, ...forms["time"] };
    time.title = `${at.toLocaleString("en-GB", there)} ${zone ?? ""}`;
    time.textContent = at.toLocaleString("en-GB", form).replaceAll(",", "");
  }
}

/** Says which zone they are in, where it is not the train's. */
export function zones(): void {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const told = document.querySelector("[data-zones]");
  if (told && zone && here !== zone) told.textContent = `Times in ${here}, train in ${zone}`;
}
