/** Maps numbers of a domain onto a line of the drawing. An empty domain maps to its middle. */
export function linear(
  [low, high]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  if (high === low) return () => (start + end) / 2;
  return (value) => start + ((value - low) / (high - low)) * (end - start);
}

/** Steps that a reader counts in. */
const ROUND_STEPS = [1, 2, 2.5, 5, 10];

/** Round numbers within the domain, about `wanted` of them. */
export function roundTicks(low: number, high: number, wanted: number): number[] {
  if (!(high > low) || wanted < 1) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (ROUND_STEPS.find((known) => known * power >= rough * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + step * 1e-9; count++) {
    ticks.push(Number((count * step).toPrecision(12)));
  }
  return ticks;
}

/** The domain of some values with zero in it, a little wider than they are. */
export function domainWithZero(values: Iterable<number>): readonly [number, number] {
  let low = 0;
  let high = 0;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) return [-1, 1];
  const room = (high - low) * 0.06;
  return [low < 0 ? low - room : 0, high > 0 ? high + room : 0];
}
