// How a line of the notes looks: what it is read as, roughly. What it means is the server's business alone.

/** A stretch of a line with a look. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly look: string;
}

/** What a line is. */
export interface Shape {
  /** The look of the whole line. */
  readonly line: "heading" | "label" | "rule" | "done" | "item" | "";
  readonly spans: Span[];
}

const STRONG =
  /^(notable things|blockers|to pick|cherry[- ]?picks|before we (?:push|start|promote)|after we(?:['’]re| are) done)(?!\w)/i;
const WEAK = /^(pushing|later|issues|blocker)\s*(?::|$)/i;
const LABEL = /^(start|end|ops|qa)(\s+(?:time|on duty|support|contact))?\s*:/i;
const HERO = /^.{0,20}\b(push|push['’]s|week['’]s)\s+hero\s*(?:is\b|:)/i;
const BULLET = /^\s*(?:[-*+]|\\\*|\d{1,3}[.)])\s+/;
const BOX = /^\[[xX]\]\s/;
const RULE = /^\p{White_Space}*[-=_*]{4,}\p{White_Space}*$/u;

/** What a line is, by itself and the one before; `called` is what people go by behind an `@`, in small letters. */
export function shapeOf(text: string, before: string, called: ReadonlySet<string> = new Set()): Shape {
  if (RULE.test(text)) return { line: "rule", spans: [] };
  const heading = headingOf(text, before);
  if (heading) return { ...heading, spans: [...heading.spans, ...mentions(text, called)] };
  const label = LABEL.exec(text.trimStart()) ?? HERO.exec(text.trimStart());
  const spans = inline(text, called);
  if (label && !BULLET.test(text)) {
    const from = text.length - text.trimStart().length;
    return { line: "label", spans: [{ from, to: from + label[0].length, look: "said" }, ...spans] };
  }
  const body = text.replace(BULLET, "").trimStart();
  return { line: BOX.test(body) ? "done" : body.length < text.length ? "item" : "", spans };
}

function headingOf(text: string, before: string): Shape | null {
  const lead = text.length - text.trimStart().length;
  const signs = /^#{1,6}\s*/.exec(text.trimStart())?.[0].length ?? 0;
  const bare = text.slice(lead + signs).replace(/^[*_]{1,3}/, "");
  const known = STRONG.exec(bare) ?? WEAK.exec(bare);
  const own = signs > 0 && lead < 4 && /^#{1,6}(\s|$)/.test(text.trimStart());
  if (!known && !own) return goesOn(text, before) ? { line: "heading", spans: [{ from: 0, to: text.length, look: "rest" }] } : null;
  const spans: Span[] = [];
  if (signs > 0) spans.push({ from: lead, to: lead + signs, look: "sign" });
  if (known) {
    // The phrase counts; what the template says behind it is for whoever reads it the first time.
    const from = text.length - bare.length + known[0].length;
    const rest = text.slice(from);
    if (rest.replace(/[\s:*_]/g, "")) spans.push({ from, to: text.length, look: "rest" });
  }
  return { line: "heading", spans };
}

/** The second line of a heading that runs over two, to its colon. */
function goesOn(text: string, before: string): boolean {
  const known = STRONG.exec(before.trimStart());
  if (!known || before.includes(":")) return false;
  return before.trim().length > known[0].length + 20 && text.trimEnd().endsWith(":") && !BULLET.test(text);
}

const INLINE: readonly (readonly [RegExp, string])[] = [
  [/~~[^~\n]+~~/g, "struck"],
  [/`[^`\n]+`/g, "code"],
  [/^\s*(?:[-*+]|\\\*|\d{1,3}[.)])(?=\s)/g, "sign"],
];

/** Letters are those of Unicode, as on the page without a script. */
const MENTION = /(?<![\p{Alphabetic}\p{N}_@/.])@([\p{Alphabetic}\p{N}_.-]*[\p{Alphabetic}\p{N}_])/gu;

function inline(text: string, called: ReadonlySet<string>): Span[] {
  const spans = INLINE.flatMap(([pattern, look]) => [...text.matchAll(pattern)].map((match) => spanOf(match, look)));
  return [...spans, ...mentions(text, called)];
}

function mentions(text: string, called: ReadonlySet<string>): Span[] {
  const known = [...text.matchAll(MENTION)].filter((match) => called.has((match[1] ?? "").toLowerCase()));
  return known.map((match) => spanOf(match, "at"));
}

function spanOf(match: RegExpExecArray, look: string): Span {
  return { from: match.index, to: match.index + match[0].length, look };
}
