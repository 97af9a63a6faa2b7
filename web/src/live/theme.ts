// The theme: the system's, until somebody says otherwise.

export function theme(): void {
  const root = document.documentElement;
  const button = document.querySelector<HTMLButtonElement>("[data-theme-toggle]");
  if (!button) return;
  const system = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const other = () => ((root.dataset["theme"] ?? system()) === "dark" ? "light" : "dark");
  const show = () => {
    button.textContent = other() === "dark" ? "Dark" : "Light";
    button.setAttribute("aria-label", `Switch to ${other()}`);
  };
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset["theme"] = kept;
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    const next = other();
    root.dataset["theme"] = next;
    localStorage.setItem("theme", next);
    show();
  });
}
