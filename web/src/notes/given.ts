// What the page says about its notes.

/** What the server put on the page. */
export interface Given {
  /** Where the live text is. */
  readonly socket: string;
  /** The number under which this page writes. */
  readonly client: number;
  /** Whose page it is; nobody's where somebody looks without having signed in. */
  readonly name: string | null;
  /** The names behind the numbers of the text's pieces. */
  readonly people: ReadonlyMap<string, string>;
  /** What somebody is called behind an `@`, in small letters. */
  readonly called: ReadonlySet<string>;
  /** Whether they may write. */
  readonly write: boolean;
  /** The push. */
  readonly push: string;
}

/** The name that the machine writes under. */
export const MACHINE = "pushduty";

/** Reads it; nothing where it is not what we know. */
export function given(text: string | undefined): Given | null {
  const said = object(text);
  if (!said) return null;
  const client = Number(said["client"]);
  const { socket, name, people, push } = said;
  if (typeof socket !== "string" || typeof push !== "string" || !Number.isSafeInteger(client)) return null;
  const names = Object.entries((people ?? {}) as Record<string, unknown>).map(([number, who]) => [number, String(who)] as const);
  return {
    socket,
    client,
    name: typeof name === "string" ? name : null,
    people: new Map(names),
    called: new Set(Array.isArray(said["called"]) ? said["called"].map(String) : []),
    write: said["write"] === true && typeof name === "string",
    push,
  };
}

function object(text: string | undefined): Record<string, unknown> | null {
  try {
    const said: unknown = JSON.parse(text ?? "");
    return said !== null && typeof said === "object" ? (said as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
