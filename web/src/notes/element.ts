// Elements by hand: what stands in them is always text, never markup.

type Child = Node | string;

/** An element with a class and what is in it. */
export function element<K extends keyof HTMLElementTagNameMap>(kind: K, look: string, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(kind);
  if (look) made.className = look;
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(label: string, act: () => void): HTMLButtonElement {
  const made = element("button", "btn", label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** A link that opens beside the notes. */
export function beside(label: string, href: string): HTMLAnchorElement {
  const made = element("a", "", label);
  made.href = href;
  made.target = "_blank";
  made.rel = "noreferrer";
  return made;
}
