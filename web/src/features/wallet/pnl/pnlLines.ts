import type { PnlPoint, PnlSeries } from "../../../lib/apiTypes.ts";

export interface LinePoint {
  /** Milliseconds. */
  at: number;
  usdc: number;
}

/** A line of the profit chart: runs of known points, broken where it is not known. */
export interface PnlLine {
  /** Decides the colour. */
  kind: "ledger" | "realised" | "venue" | "site";
  label: string;
  /** What the numbers are, in the source's own terms. */
  meaning: string;
  runs: readonly (readonly LinePoint[])[];
}

/** Realised after fees and with income, where all three are known of every realised point; else before fees. */
function realisedOf(points: readonly PnlPoint[]): { isNet: boolean; of(point: PnlPoint): number | null } {
  const isNet = points.every(
    ({ realized, fees, income }) => realized === null || (fees !== null && income !== null),
  );
  return {
    isNet,
    of: ({ realized, fees, income }) =>
      realized === null ? null : isNet ? realized - (fees ?? 0) + (income ?? 0) : realized,
  };
}

function runsOf(points: readonly PnlPoint[], figureOf: (point: PnlPoint) => number | null): LinePoint[][] {
  const runs: LinePoint[][] = [];
  let isOpen = false;
  for (const point of points) {
    const usdc = figureOf(point);
    if (usdc === null) {
      isOpen = false;
      continue;
    }
    const placed = { at: Date.parse(point.at), usdc };
    if (isOpen) runs.at(-1)?.push(placed);
    else runs.push([placed]);
    isOpen = true;
  }
  return runs;
}

const NAMES: Readonly<Record<string, string>> = {
  ledger: "Our ledger",
  venue: "Polymarket's API",
  site: "Polymarket's site",
};

/**
 * The lines of all sources. Of our ledger the total where it is known; where what was held then has no known price, what
 * was realised is a line of its own and never continues the total's.
 */
export function pnlLines(series: readonly PnlSeries[]): PnlLine[] {
  return series.flatMap(({ source, meaning, points }) => {
    const label = NAMES[source] ?? source;
    const kind = source === "venue" || source === "site" ? source : "ledger";
    const lines: PnlLine[] = [{ kind, label, meaning, runs: runsOf(points, ({ total }) => total) }];
    if (kind === "ledger") {
      const realised = realisedOf(points);
      lines.push({
        kind: "realised",
        label: `${label}, realised only`,
        meaning: realised.isNet
          ? "What was realised, after fees and with rewards: what was held then had no known price"
          : "What was realised, before fees: what was held then had no known price",
        runs: runsOf(points, (point) => (point.total === null ? realised.of(point) : null)),
      });
    }
    return lines.filter(({ runs }) => runs.length > 0);
  });
}

/** The last known value at an instant; null before the line begins and between its runs. */
export function valueAt({ runs }: PnlLine, at: number): number | null {
  const run = runs.findLast(([first]) => first !== undefined && first.at <= at);
  const last = run?.at(-1);
  if (run === undefined || last === undefined) return null;
  const isLastRun = run === runs.at(-1);
  if (!isLastRun && at > last.at) return null;
  return run.findLast((point) => point.at <= at)?.usdc ?? null;
}

/** First and last known instants of all lines; null without a point. */
export function spanOf(lines: readonly PnlLine[]): readonly [number, number] | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { runs } of lines) {
    from = Math.min(from, runs[0]?.[0]?.at ?? from);
    to = Math.max(to, runs.at(-1)?.at(-1)?.at ?? to);
  }
  return from <= to ? [from, to] : null;
}
