// By whose hand a line is, by the same rule as on the page without a script: the machine's, or somebody's with words of the
// machine in it. Every character counts but space.

import { MACHINE } from "./given";

/** A longer piece of the machine within somebody's line is no tag any more, in characters that are no space. */
const TAG = 40;
/** What Unicode calls so, as the server does. */
const SPACE = /\p{White_Space}/u;

/** A writer's part of a line. */
export interface Part {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What somebody wrote at a place, without the space around it; nothing where it is space alone. */
export function partOf(name: string, said: string, at: number): Part | null {
  let [from, to] = [0, said.length];
  while (from < to && SPACE.test(said.charAt(from))) from += 1;
  while (from < to && SPACE.test(said.charAt(to - 1))) to -= 1;
  return from < to ? { name, from: at + from, to: at + to } : null;
}

/** The machine's tags in a line of somebody's, of such parts; nothing where the machine has half of it or more. */
export function tagsOf(parts: readonly Part[], line: string, at: number): Part[] | null {
  const size = ({ from, to }: Part) => [...line.slice(from - at, to - at)].filter((one) => !SPACE.test(one)).length;
  const sum = (some: readonly Part[]) => some.reduce((sum, part) => sum + size(part), 0);
  const machines = parts.filter((part) => part.name === MACHINE);
  if (machines.length > 0 && sum(machines) * 2 >= sum(parts)) return null;
  return machines.filter((part) => size(part) <= TAG);
}
