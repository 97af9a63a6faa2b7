// What in a line can be followed: addresses, commits and pull requests, which lead to where they are.

/** A link in a text. */
export interface Link {
  readonly from: number;
  readonly to: number;
  readonly href: string;
  readonly label: string;
}

const ADDRESS = /https?:\/\/[^\s<>"'`|\\]+/g;
const COMMIT = /(?<![\w@./-])[A-Za-z0-9][\w.-]*@([0-9a-f]{7,40})(?![\w-])/g;
const PULL = /(?<![\w#&/])#(\d{1,7})(?![\w-])/g;

/** The links of a text; `where` is the page that says where a commit is. */
export function linksIn(text: string, where: string): Link[] {
  const found: Link[] = [];
  for (const match of text.matchAll(ADDRESS)) {
    const href = trimmed(match[0]);
    if (URL.canParse(href)) found.push({ from: match.index, to: match.index + href.length, href, label: shortened(href) });
  }
  const free = (from: number) => !found.some((link) => link.from <= from && from < link.to);
  for (const match of [...text.matchAll(COMMIT), ...text.matchAll(PULL)]) {
    if (!free(match.index)) continue;
    const named = match[0].startsWith("#") ? match[0] : (match[1] ?? "");
    const href = `${where}?commit=${encodeURIComponent(named)}`;
    found.push({ from: match.index, to: match.index + match[0].length, href, label: match[0] });
  }
  return found.sort((a, b) => a.from - b.from);
}

/** The link at a place. */
export function linkAt(links: Link[], at: number): Link | null {
  return links.find((link) => link.from <= at && at <= link.to) ?? null;
}

/** Without what belongs to the sentence around it. */
function trimmed(address: string): string {
  let text = address;
  for (;;) {
    const last = text.at(-1) ?? "";
    const unopened = (open: string) => text.split(open).length < text.split(last).length;
    const sentence = ".,;:!?*~…".includes(last) || (last === ")" && unopened("(")) || (last === "]" && unopened("["));
    if (!last || !sentence) return text;
    text = text.slice(0, -1);
  }
}

function shortened(address: string): string {
  const bare = address.replace(/^https?:\/\/(www\.)?/, "");
  return bare.length > 60 ? `${bare.slice(0, 57)}…` : bare;
}
