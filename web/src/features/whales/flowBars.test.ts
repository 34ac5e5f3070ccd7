import { describe, expect, it } from "vitest";
import type { FlowHour, TraderClass } from "../../lib/traders/contract.ts";
import { barAt, bucketFor, chartedHours, flowBars, flowSpan, flowTotals } from "./flowBars.ts";

const part = (name: TraderClass, net_usdc: number) => ({
  class: name,
  net_usdc,
  bought_usdc: Math.max(0, net_usdc),
  sold_usdc: Math.max(0, -net_usdc),
  trades: 2,
  wallets: 1,
});
const hours: FlowHour[] = [
  { hour: "2026-01-01T02:00:00Z", by_class: [part("other", -30), part("whale", 100), part("smart", 50)] },
  { hour: "2026-01-01T00:00:00Z", by_class: [part("whale", -10), part("other", 0)] },
];
const HOUR = 3_600_000;
const byHour = bucketFor([], 0);
const start = Date.parse("2026-01-01T00:00:00Z");

describe("bars of flow", () => {
  it("are in the order of time, one part on the other by direction", () => {
    expect(flowBars(hours, byHour)).toEqual([
      { at: start, net: -10, parts: [{ class: "whale", from: 0, to: -10 }] },
      {
        at: start + 2 * HOUR,
        net: 120,
        parts: [
          { class: "whale", from: 0, to: 100 },
          { class: "smart", from: 100, to: 150 },
          { class: "other", from: 0, to: -30 },
        ],
      },
    ]);
  });

  it("reach from the first hour to the end of the last", () => {
    expect(flowSpan(flowBars(hours, byHour), byHour)).toEqual([start, start + 3 * HOUR]);
    expect(flowSpan([], byHour)).toBeNull();
  });

  it("are found by an instant, and are none where nothing traded", () => {
    const bars = flowBars(hours, byHour);
    expect(barAt(bars, byHour, start + 59 * 60_000)?.net).toBe(-10);
    expect(barAt(bars, byHour, start + HOUR)).toBeUndefined();
  });

  it("are of as many hours as leave room for each", () => {
    const days: FlowHour[] = [0, 1, 3].map((day) => ({
      hour: new Date(start + day * 24 * HOUR + 5 * HOUR).toISOString(),
      by_class: [part("whale", 10), part("other", day === 0 ? -4 : 4)],
    }));
    expect(bucketFor(days, 1_000).ms).toBe(HOUR);
    const byDay = bucketFor(days, 20);
    expect(byDay.ms).toBe(24 * HOUR);
    const bars = flowBars([...days, ...hours], byDay);
    expect(bars.map(({ at, net }) => [at, net])).toEqual([
      [start, 116],
      [start + 24 * HOUR, 14],
      [start + 72 * HOUR, 14],
    ]);
    expect(flowSpan(bars, byDay)).toEqual([start, start + 96 * HOUR]);
  });

  it("are drawn of what is known, and of as long before", () => {
    const daily: FlowHour[] = Array.from({ length: 30 }, (_, day) => ({
      hour: new Date(start + day * 24 * HOUR).toISOString(),
      by_class: [],
    }));
    const since = start + 25 * 24 * HOUR;
    expect(chartedHours(daily, since)[0]?.hour).toBe(new Date(since - 4 * 24 * HOUR).toISOString());
    expect(chartedHours(daily, null)).toHaveLength(30);
    expect(chartedHours(daily, start + 40 * 24 * HOUR)).toHaveLength(30);
    expect(chartedHours([], since)).toEqual([]);
  });

  it("of weeks begin on Mondays", () => {
    const byWeek = bucketFor([...hours, { hour: "2027-01-01T00:00:00Z", by_class: [] }], 300);
    expect(flowBars(hours, byWeek).map(({ at }) => new Date(at).toISOString())).toEqual([
      "2025-12-29T00:00:00.000Z",
    ]);
  });

  it("add up by class", () => {
    expect(flowTotals(hours)).toEqual([
      { class: "whale", net: 90, trades: 4 },
      { class: "smart", net: 50, trades: 2 },
      { class: "other", net: -30, trades: 4 },
    ]);
  });
});
