import type { PastScore } from "../../../lib/traders/contract.ts";

/** A line of values over time with the reach of their intervals, in a box of 100 by 100 from the top. */
export interface Spark {
  /** Paths of the runs of scores of one version: another version is another measure. */
  lines: string[];
  reaches: string[];
  /** How many scores it is drawn from. */
  points: number;
}

/** The scores of a kind over time; null with fewer than two, which are no line. */
export function sparkOf(history: readonly PastScore[], kind: string): Spark | null {
  const scored = history
    .filter((past) => past.kind === kind && past.value !== null)
    .map((past) => ({ ...past, at: Date.parse(past.as_of) }))
    .toSorted((left, right) => left.at - right.at);
  const first = scored[0];
  const last = scored.at(-1);
  if (!first || !last || scored.length < 2 || last.at === first.at) return null;
  const x = (at: number) => (((at - first.at) / (last.at - first.at)) * 100).toFixed(1);
  const y = (value: number) => (100 - Math.max(0, Math.min(100, value))).toFixed(1);
  const versions = [...new Set(scored.map(({ version }) => version))];
  const runs = versions.map((known) => scored.filter(({ version }) => version === known));
  const path = (points: readonly string[]) =>
    points.map((point, index) => `${index === 0 ? "M" : "L"}${point}`).join("");
  return {
    lines: runs.map((run) => path(run.map(({ at, value }) => `${x(at)} ${y(value ?? 0)}`))),
    reaches: runs.map((run) => {
      const known = run.filter(({ low, high }) => low !== null && high !== null);
      const upper = known.map(({ at, high }) => `${x(at)} ${y(high ?? 0)}`);
      const lower = known.map(({ at, low }) => `${x(at)} ${y(low ?? 0)}`).toReversed();
      return known.length < 2 ? "" : `${path([...upper, ...lower])}Z`;
    }),
    points: scored.length,
  };
}
