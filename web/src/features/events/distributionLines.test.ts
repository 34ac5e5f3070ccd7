import { describe, expect, it } from "vitest";
import { ceilingOf, outcomeLines, priceAt, spreadLabels } from "./distributionLines.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
const hour = (value: number) => Date.UTC(2026, 0, 1, value);
const outcome = (id: string, prices: [number, number][]) => ({
  market_id: id,
  title: id,
  points: prices.map(([when, price]) => ({ at: at(when), price })),
});

describe("lines of an event", () => {
  it("lead with the dearest and leave out what has no price", () => {
    const lines = outcomeLines({
      outcomes: [outcome("low", [[1, 0.1]]), outcome("none", []), outcome("high", [[1, 0.6]])],
      gaps: [],
    });
    expect(lines.map(({ marketId }) => marketId)).toEqual(["high", "low"]);
  });

  const prices: [number, number][] = [1, 2, 3, 4, 9, 10, 11].map((when) => [when, when / 20]);

  it("break where a recording has a gap, and far from any neighbour", () => {
    const gap = { from: at(4), to: at(9), cause: "down" };
    const runs = (gaps: (typeof gap)[], points: [number, number][] = prices) =>
      outcomeLines({ outcomes: [outcome("a", points)], gaps })[0]?.runs.map((run) => run.length);
    expect(runs([gap])).toEqual([4, 3]);
    expect(runs([])).toEqual([7]);
    expect(runs([], [...prices, [20, 0.5]])).toEqual([7, 1]);
  });

  it("say nothing inside a gap, and the last price after the end", () => {
    const gap = { from: at(4), to: at(9), cause: "down" };
    const [line] = outcomeLines({ outcomes: [outcome("a", prices)], gaps: [gap] });
    if (line === undefined) throw new Error("no line");
    expect(priceAt(line, hour(3.5))).toBe(0.15);
    expect(priceAt(line, hour(6))).toBeNull();
    expect(priceAt(line, hour(12))).toBe(0.55);
    expect(priceAt(line, hour(0))).toBeNull();
  });
});

describe("the axis", () => {
  it("ends at a round number above all prices", () => {
    const upTo = (price: number) =>
      ceilingOf(outcomeLines({ outcomes: [outcome("a", [[1, price]])], gaps: [] }));
    expect(upTo(0.31)).toBe(0.4);
    expect(upTo(0.97)).toBe(1);
    expect(upTo(0.004)).toBe(0.02);
  });
});

describe("labels", () => {
  it("stay where they are when there is room", () => {
    expect(spreadLabels([10, 50], 14, 0, 100)).toEqual([10, 50]);
  });

  it("move apart in their order, and off the edges", () => {
    expect(spreadLabels([50, 48, 52], 14, 0, 200)).toEqual([62, 48, 76]);
    expect(spreadLabels([98, 99], 14, 0, 100)).toEqual([86, 100]);
    expect(spreadLabels([-5], 14, 0, 100)).toEqual([0]);
  });
});
