import type { EventHistory, Gap } from "../../lib/apiTypes.ts";

/** A point of an outcome's line, in milliseconds and dollars. */
export interface LinePoint {
  at: number;
  price: number;
}

export interface OutcomeLine {
  marketId: string;
  title: string;
  /** Runs that may be drawn through; between two of them something is missing. */
  runs: readonly (readonly LinePoint[])[];
  /** The newest known price. */
  last: LinePoint;
}

/** Points further apart than so many usual distances are not joined. */
const REACH = 6;

function usualDistance(points: readonly LinePoint[]): number {
  const distances = points.slice(1).map((point, index) => point.at - (points[index]?.at ?? point.at));
  return distances.toSorted((left, right) => left - right)[Math.floor(distances.length / 2)] ?? 0;
}

function runsOf(points: readonly LinePoint[], gaps: readonly Gap[]): LinePoint[][] {
  const reach = usualDistance(points) * REACH;
  const spans = gaps.map(({ from, to }) => [Date.parse(from), Date.parse(to)] as const);
  const runs: LinePoint[][] = [];
  let before: LinePoint | undefined;
  for (const point of points) {
    const { at } = before ?? point;
    const isParted =
      before === undefined ||
      (reach > 0 && point.at - at > reach) ||
      spans.some(([from, to]) => from < point.at && to > at && to - from >= reach / REACH);
    if (isParted) runs.push([point]);
    else runs.at(-1)?.push(point);
    before = point;
  }
  return runs;
}

/** The lines of an event's outcomes, the dearest first. An outcome without a known price has none. */
export function outcomeLines({ outcomes, gaps }: Pick<EventHistory, "outcomes" | "gaps">): OutcomeLine[] {
  return outcomes
    .flatMap(({ market_id, title, points }): OutcomeLine[] => {
      const known = points
        .flatMap(({ at, price }) => (price === null ? [] : [{ at: Date.parse(at), price }]))
        .sort((left, right) => left.at - right.at);
      const last = known.at(-1);
      return last === undefined ? [] : [{ marketId: market_id, title, runs: runsOf(known, gaps), last }];
    })
    .sort((left, right) => right.last.price - left.last.price);
}

/** The newest price of a line at or before an instant, unless it is of an earlier run: then nothing is known there. */
export function priceAt(line: OutcomeLine, at: number): number | null {
  const run = line.runs.findLast(([first]) => first !== undefined && first.at <= at);
  const point = run?.findLast((candidate) => candidate.at <= at);
  if (point === undefined || run === undefined) return null;
  const isInside = run === line.runs.at(-1) || (run.at(-1)?.at ?? 0) >= at;
  return isInside ? point.price : null;
}

const CEILINGS = [0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1] as const;

/** The top of the price axis: the smallest round number that holds every price. */
export function ceilingOf(lines: readonly OutcomeLine[]): number {
  const largest = Math.max(0, ...lines.flatMap(({ runs }) => runs.flat().map(({ price }) => price)));
  return CEILINGS.find((ceiling) => largest <= ceiling * 0.97) ?? 1;
}

/** Places of labels, each as near its own as the others allow, at least `least` apart and between the edges. */
export function spreadLabels(
  wanted: readonly number[],
  least: number,
  top: number,
  bottom: number,
): number[] {
  const order = wanted.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  const placed: number[] = [];
  for (const { place } of order) placed.push(Math.max(place, (placed.at(-1) ?? top - least) + least));
  let floor = bottom;
  for (let index = placed.length - 1; index >= 0; index--) {
    placed[index] = Math.min(placed[index] ?? bottom, floor);
    floor = (placed[index] ?? bottom) - least;
  }
  const result = new Array<number>(wanted.length).fill(top);
  for (const [rank, { index }] of order.entries()) result[index] = placed[rank] ?? top;
  return result;
}
