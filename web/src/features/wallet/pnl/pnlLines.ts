import type { PnlPoint, WalletPnl } from "../../../lib/apiTypes.ts";

export interface LinePoint {
  /** Milliseconds. */
  at: number;
  usdc: number;
}

/** A line of the profit chart: runs of known points, broken where it is not known. */
export interface PnlLine {
  /** Decides the colour. */
  kind: "ledger" | "total" | "realised" | "venue-realised" | "venue" | "site";
  label: string;
  /** What the numbers are, in the source's own terms. */
  meaning: string;
  runs: readonly (readonly LinePoint[])[];
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

/**
 * The lines of all sources. Each is one measure: our ledger says what was realised, and so does a line of Polymarket's that
 * should lie on ours; totals with open positions are lines of their own. Ours is known for now alone.
 */
export function pnlLines({
  series,
  totals,
  as_of,
}: Pick<WalletPnl, "series" | "totals" | "as_of">): PnlLine[] {
  const points = (source: string) => series.find((one) => one.source === source)?.points ?? [];
  const meaning = (source: string) => series.find((one) => one.source === source)?.meaning ?? "";
  const total = totals?.total.value;
  const now: LinePoint[] = total != null && as_of !== null ? [{ at: Date.parse(as_of), usdc: total }] : [];
  const lines: PnlLine[] = [
    {
      kind: "ledger",
      label: "Our ledger, settled",
      meaning: meaning("ledger"),
      runs: runsOf(points("ledger"), (point) => point.total),
    },
    {
      kind: "total",
      label: "Our ledger, total now",
      meaning: "Realised and, at best bids, unrealised, after fees and with income, by our ledger.",
      runs: now.length > 0 ? [now] : [],
    },
    {
      kind: "realised",
      label: "Our ledger, before fees",
      meaning:
        "What was realised by our ledger, by sale or redemption, before fees, where the fees are not known.",
      runs: runsOf(points("ledger"), (point) => (point.total === null ? point.realized : null)),
    },
    {
      kind: "venue-realised",
      label: "Polymarket's API, realised",
      meaning:
        "What the venue says was realised, after fees and with income. Outcomes count when they are redeemed, so losers that nobody redeems never do.",
      runs: runsOf(points("venue"), ({ realized, income }) =>
        realized === null ? null : realized + (income ?? 0),
      ),
    },
    {
      kind: "venue",
      label: "Polymarket's API, total",
      meaning: meaning("venue"),
      runs: runsOf(points("venue"), (point) => point.total),
    },
    {
      kind: "site",
      label: "Polymarket's site",
      meaning: meaning("site"),
      runs: runsOf(points("site"), (point) => point.total),
    },
  ];
  return lines.filter(({ runs }) => runs.length > 0);
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
