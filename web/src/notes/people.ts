// Who is who: names behind numbers, a hue for each, and those who are here now.

import type { Awareness } from "y-protocols/awareness";

import type { Given } from "./given";

/** How many hues there are: `--p-1` and so on. */
const HUES = 8;

/** The person of a number in the document: its high bits. */
export function person(client: number): string {
  return String(Math.floor(client / 2 ** 32));
}

/** Names and hues of those who write. */
export class People {
  private readonly names: Map<string, string>;
  private readonly hues = new Map<string, number>();

  constructor(private readonly given: Given) {
    this.names = new Map(given.people);
    if (given.name) this.names.set(person(given.client), given.name);
  }

  /** Whose a number is. */
  nameOf(client: number): string {
    return this.names.get(person(client)) ?? "somebody";
  }

  /** Somebody whom the page didn't know when it was made: their name was checked by the server. */
  meet(client: number, name: string): void {
    this.names.set(person(client), name);
  }

  /** The hue of a name: the same on every page as far as there are enough, and another than that of whoever is here. */
  hueOf(name: string): number {
    const known = this.hues.get(name);
    if (known) return known;
    const wish = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7) % HUES;
    const taken = new Set(this.hues.values());
    const order = [...Array(HUES).keys()].map((step) => ((wish + step) % HUES) + 1);
    const hue = order.find((one) => !taken.has(one)) ?? wish + 1;
    this.hues.set(name, hue);
    return hue;
  }

  /** Those who are here, ourselves last. */
  here(awareness: Awareness): string[] {
    const names = new Set<string>();
    for (const [client, state] of awareness.getStates()) {
      const name = nameIn(state);
      if (!name) continue;
      this.meet(client, name);
      if (name !== this.given.name) names.add(name);
    }
    const others = [...names].sort((a, b) => a.localeCompare(b));
    return this.given.name ? [...others, this.given.name] : others;
  }
}

/** The name in a state of presence. */
export function nameIn(state: Record<string, unknown>): string | null {
  const user = state["user"] as { name?: unknown } | undefined;
  return typeof user?.name === "string" ? user.name : null;
}

/** Keeps a list of those who are here. */
export function present(list: HTMLElement, people: People, awareness: Awareness, own: string | null): void {
  let shown = "";
  const show = () => {
    const names = people.here(awareness);
    if (names.join("\n") === shown) return;
    shown = names.join("\n");
    list.replaceChildren(
      ...names.map((name) => {
        const item = document.createElement("li");
        item.className = name === own ? "" : `p${people.hueOf(name)}`;
        item.textContent = name === own ? "you" : name;
        return item;
      }),
    );
    list.hidden = names.length === 0;
  };
  awareness.on("change", show);
  show();
}
