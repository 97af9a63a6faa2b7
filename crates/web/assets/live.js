// A page that is live: it follows the train's stream, and asks for itself again when something is another. Only parts that
// have a name (`id` and `data-live`) and differ are put in place, so that nothing moves under the pointer.
const stream = document.body.dataset.events;

async function renew() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    const busy = part.contains(document.activeElement) && document.activeElement !== document.body;
    if (next && !busy && next.innerHTML !== part.innerHTML) part.replaceWith(next);
  }
  document.title = fresh.title;
}

if (stream) {
  let first = true;
  const events = new EventSource(stream);
  events.addEventListener("change", () => {
    // The stream begins with how things are, which is what the page shows.
    if (first) first = false;
    else renew();
  });
}
