// All that a page does with a script. It reads without one: times are in the train's zone then, and to see what is new one
// asks for the page again.

const zone = document.body.dataset.zone;
const forms = {
  day: { weekday: "short", day: "numeric", month: "short" },
  clock: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  time: { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/** Times in the reader's zone, the train's beside them. */
function times(root) {
  for (const time of root.querySelectorAll("time[data-form]")) {
    const at = new Date(time.dateTime);
    const form = forms[time.dataset.form];
    time.title = `${at.toLocaleString("en-GB", { ...form, ...forms.time, timeZone: zone })} ${zone ?? ""}`;
    time.textContent = at.toLocaleString("en-GB", form).replaceAll(",", "");
  }
}

function zones() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const told = document.querySelector("[data-zones]");
  if (told && zone && here !== zone) told.textContent = `Times in ${here}, train in ${zone}`;
}

/** Asks for the page once more, and puts in place what is another; nothing under the pointer or the caret moves. */
async function renew() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  times(fresh);
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    const typing = part.matches(":focus-within") && part.querySelector("input:focus, textarea:focus");
    if (next && !typing && next.innerHTML !== part.innerHTML) part.replaceWith(next);
  }
  document.title = fresh.title;
}

function follow(stream) {
  let first = true;
  const events = new EventSource(stream);
  events.addEventListener("change", () => {
    // The stream begins with how things are, which is what the page shows; after a break it is asked for again.
    if (first) first = false;
    else renew();
  });
}

/** The theme: the system's, until somebody says otherwise. */
function theme() {
  const root = document.documentElement;
  const button = document.querySelector("[data-theme-toggle]");
  const system = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const other = () => ((root.dataset.theme ?? system()) === "dark" ? "light" : "dark");
  const show = () => {
    button.textContent = other() === "dark" ? "Dark" : "Light";
    button.setAttribute("aria-label", `Switch to ${other()}`);
  };
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    root.dataset.theme = other();
    localStorage.setItem("theme", root.dataset.theme);
    show();
  });
}

theme();
zones();
times(document);
if (document.body.dataset.events) follow(document.body.dataset.events);
