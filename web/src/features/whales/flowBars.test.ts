import { describe, expect, it } from "vitest";
import type { FlowHour, TraderClass } from "../../lib/traders/contract.ts";
import { barAt, flowBars, flowSpan, flowTotals } from "./flowBars.ts";

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
const start = Date.parse("2026-01-01T00:00:00Z");

describe("bars of flow", () => {
  it("are in the order of time, one part on the other by direction", () => {
    expect(flowBars(hours)).toEqual([
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
    expect(flowSpan(flowBars(hours))).toEqual([start, start + 3 * HOUR]);
    expect(flowSpan([])).toBeNull();
  });

  it("are found by an instant, and are none where nothing traded", () => {
    const bars = flowBars(hours);
    expect(barAt(bars, start + 59 * 60_000)?.net).toBe(-10);
    expect(barAt(bars, start + HOUR)).toBeUndefined();
  });

  it("add up by class", () => {
    expect(flowTotals(hours)).toEqual([
      { class: "whale", net: 90, trades: 4 },
      { class: "smart", net: 50, trades: 2 },
      { class: "other", net: -30, trades: 4 },
    ]);
  });
});
