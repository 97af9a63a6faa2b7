// Forms that change what is around a page, and leave whoever sends them where they are.

import { renew } from "./renew";

/** Sends such forms without leaving the page; where that fails, the browser sends them as any other. */
export function stays(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-stays]")) return;
    event.preventDefault();
    void sent(form);
  });
}

async function sent(form: HTMLFormElement): Promise<void> {
  const said = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") said.append(name, value);
  try {
    // Where it leads is this page: what is new on it is asked for here.
    await fetch(form.action, { method: "POST", body: said, redirect: "manual" });
  } catch {
    form.submit();
    return;
  }
  await renew();
}
