import { describe, expect, it } from "vitest";
import type { Bar, Ohlc } from "../../../lib/apiTypes.ts";
import { bandsOf, neighbour, slotsOf, summaryOf } from "./chartData.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
function bar(minute: number, close: number, more: Partial<Bar> = {}): Bar {
  return {
    at: at(minute),
    open: close,
    high: close + 0.01,
    low: close - 0.01,
    close,
    volume_usdc: 100,
    volume_shares: 200,
    trades: 2,
    bid: null,
    ask: null,
    source: "trades",
    synthetic: false,
    ...more,
  };
}
const history = { source: "history", synthetic: true, volume_usdc: null } as const;
function ohlc(bars: Bar[], gaps: Ohlc["gaps"] = []): Ohlc {
  return {
    market_id: "1",
    outcome: 0,
    interval: "1m",
    from: at(0),
    to: at(30),
    bars,
    gaps,
    recorded_since: null,
    history_read: false,
  };
}
const drawn = (slots: ReturnType<typeof slotsOf>) =>
  slots.map(({ bar: shown, isJoined }) => (shown === null ? "." : isJoined ? "-" : "o")).join("");

describe("slots", () => {
  it("keep missing minutes as wide as they were", () => {
    const slots = slotsOf(ohlc([bar(2, 0.5), bar(3, 0.5), bar(6, 0.6)]));
    expect(drawn(slots)).toBe("o-..o");
    expect(slots[1]?.time).toBe((slots[0]?.time ?? 0) + 60);
  });

  it("do not join the line over a gap, even between neighbours that history knows", () => {
    const gap = { from: at(3), to: at(6), cause: "socket lost" };
    expect(drawn(slotsOf(ohlc([bar(2, 0.5, history), bar(6, 0.6, history)], [gap])))).toBe("o...o");
    expect(drawn(slotsOf(ohlc([bar(2, 0.5, history), bar(6, 0.6, history)])))).toBe("o...-");
  });

  it("are not parted by a gap shorter than a bucket", () => {
    const blink = { from: "2026-01-01T00:02:50Z", to: "2026-01-01T00:03:05Z", cause: "down" };
    expect(drawn(slotsOf(ohlc([bar(2, 0.5), bar(3, 0.5)], [blink])))).toBe("o-");
  });

  it("reach into a gap at either end, and nowhere else beyond the bars", () => {
    const before = { from: at(-10), to: at(3), cause: "not recorded" };
    const after = { from: at(6), to: at(9), cause: "down" };
    expect(drawn(slotsOf(ohlc([bar(3, 0.5), bar(5, 0.5)], [before, after])))).toBe("...o.o...");
    expect(drawn(slotsOf(ohlc([bar(3, 0.5)])))).toBe("o");
  });

  it("of no bars are none", () => {
    expect(slotsOf(ohlc([], [{ from: at(1), to: at(2), cause: "down" }]))).toEqual([]);
  });

  it("are bounded however long the answer claims to be", () => {
    const slots = slotsOf(ohlc([bar(-60 * 24 * 30, 0.5), bar(1, 0.5)]));
    expect(slots).toHaveLength(6_000);
    expect(slots.at(-1)?.bar).not.toBeNull();
  });
});

describe("the summary", () => {
  it("says from, to, extremes, what is approximate and what is missing", () => {
    const gap = { from: at(3), to: at(6), cause: "down" };
    const summary = summaryOf(ohlc([bar(6, 0.6), bar(2, 0.5, history)], [gap]));
    expect(summary).toMatchObject({ bars: 2, synthetic: 1, gaps: 1, gapSeconds: 180, volumeUsdc: 100 });
    expect(summary?.change).toBeCloseTo(0.1);
    expect(summary?.highest.close).toBe(0.6);
  });

  it("does not make a volume of zero out of an unknown one", () => {
    expect(summaryOf(ohlc([bar(2, 0.5, history)]))?.volumeUsdc).toBeNull();
    expect(summaryOf(ohlc([]))).toBeNull();
  });
});

describe("the keyboard", () => {
  it("steps from bar to bar over what is empty and stops at the ends", () => {
    const slots = slotsOf(ohlc([bar(2, 0.5), bar(5, 0.6)]));
    expect(neighbour(slots, 0, 1)).toBe(3);
    expect(neighbour(slots, 3, 1)).toBe(3);
    expect(neighbour(slots, 3, -1)).toBe(0);
  });
});

describe("bands", () => {
  it("leave out empty gaps", () => {
    expect(bandsOf({ gaps: [{ from: at(2), to: at(2), cause: "down" }] })).toEqual([]);
  });
});
