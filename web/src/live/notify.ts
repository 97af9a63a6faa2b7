// Notifications of what waits, where somebody switched them on in this browser. Of all open pages one follows for all: it
// holds a lock, and the next one takes over when it is closed. What was told is remembered, so that it is told once.

interface Thing {
  key: string;
  says: string;
}

interface Told {
  who: string;
  keys: string[];
}

/** In which form the browser remembers that it is wanted, and what was told. */
const WANTED = "notify";
const TOLD = "told";
/** How often it is asked again though nothing changed: things become due, and come again, by the clock. */
const MINUTE = 60_000;

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const who = document.body.dataset["reader"] ?? "";

let end: (() => void) | null = null;

/** Begins, where it is wanted, and follows what other pages say of that. */
export function notify(): void {
  if (!who) return;
  control();
  addEventListener("storage", (event) => {
    if (event.key === WANTED) settle();
  });
  settle();
}

function isWanted(): boolean {
  return localStorage.getItem(WANTED) === who && "Notification" in window && Notification.permission === "granted";
}

/** Follows where it is wanted, and lets go where it is not. */
function settle(): void {
  show();
  if (!isWanted()) {
    end?.();
    end = null;
  } else if (!end) {
    const over = new AbortController();
    end = () => over.abort();
    const lead = () => new Promise<void>((done) => lead_on(over.signal, done));
    // Whoever waits for the lock when it is not wanted any more is let go with it.
    navigator.locks.request(`waiting ${root}`, { signal: over.signal }, lead).catch(() => undefined);
  }
}

/** Follows all trains until it is over. */
function lead_on(over: AbortSignal, done: () => void): void {
  const stream = new EventSource(`${root}/waiting/events`);
  const ask = () => void tell();
  stream.addEventListener("change", ask);
  const clock = setInterval(ask, MINUTE);
  const stop = () => {
    stream.close();
    clearInterval(clock);
    done();
  };
  if (over.aborted) stop();
  else over.addEventListener("abort", stop);
}

/** Tells what is new. What waited when it was switched on is in sight already. */
async function tell(): Promise<void> {
  const answer = await fetch(`${root}/api/v1/waiting`).catch(() => null);
  if (!answer?.ok) return;
  const trains = ((await answer.json()) as { trains: { things: Thing[] }[] }).trains;
  const things = trains.flatMap((train) => train.things);
  const told = read();
  localStorage.setItem(TOLD, JSON.stringify({ who, keys: things.map((thing) => thing.key) }));
  if (told?.who !== who || !isWanted()) return;
  for (const thing of things.filter((thing) => !told.keys.includes(thing.key))) {
    const shown = new Notification("Waiting for you", { body: sentence(thing.says), tag: thing.key });
    shown.addEventListener("click", () => {
      window.focus();
      location.assign(`${root}/waiting`);
    });
  }
}

function read(): Told | null {
  try {
    return JSON.parse(localStorage.getItem(TOLD) ?? "null") as Told | null;
  } catch {
    return null;
  }
}

function sentence(says: string): string {
  return `${says.charAt(0).toUpperCase()}${says.slice(1)}.`;
}

/** The switch, on the page of what waits. */
function control(): void {
  const place = document.querySelector<HTMLElement>("[data-notify]");
  const button = place?.querySelector("button");
  if (!place || !button) return;
  place.hidden = false;
  button.addEventListener("click", async () => {
    if (isWanted()) {
      localStorage.removeItem(WANTED);
    } else {
      // The browser asks the person only now.
      if ((await Notification.requestPermission()) === "granted") localStorage.setItem(WANTED, who);
      localStorage.removeItem(TOLD);
    }
    settle();
  });
}

/** Says how it stands. */
function show(): void {
  const place = document.querySelector<HTMLElement>("[data-notify]");
  const [button, status] = [place?.querySelector("button"), place?.querySelector("[role=status]")];
  if (!button || !status) return;
  const can = "Notification" in window && "locks" in navigator;
  button.disabled = !can;
  button.textContent = isWanted() ? "Don’t notify me" : "Notify me";
  button.setAttribute("aria-pressed", String(isWanted()));
  status.textContent = isWanted()
    ? "What is new is told while a page of pushduty is open."
    : !can
      ? "This browser can’t here: it takes an address with https."
      : Notification.permission === "denied"
        ? "The browser was told not to let this site notify you; its settings change that."
        : "";
}
