import { describe, expect, it } from "vitest";
import type { MarketRow } from "./apiTypes.ts";
import { TAPE_COLUMN_IDS, tapeValue } from "./tape.ts";

const figures = {
  trades: 3,
  buyers: 2,
  sellers: 1,
  taker_volume: 12,
  taker_flow: -4.2,
  whale_flow: -1.5,
  smart_flow: null,
  buy_share: 0.325,
};
const row: Pick<MarketRow, "windows"> = {
  windows: { "1h": figures, "6h": { ...figures, change: -0.02 }, "12h": null, "24h": null },
};

describe("a figure of the tape", () => {
  it("is what the row says", () => {
    expect(tapeValue(row, "1h", "taker_flow")).toBe(-4.2);
    expect(tapeValue(row, "6h", "change")).toBe(-0.02);
    expect(tapeValue(row, "1h", "whale_flow")).toBe(-1.5);
    expect(tapeValue(row, "1h", "smart_flow")).toBeNull();
  });
  it("is nothing where nothing traded, and unknown where the tape does not reach", () => {
    expect(tapeValue(row, "10m", "trades")).toBe(0);
    expect(tapeValue(row, "10m", "buy_share")).toBeNull();
    expect(tapeValue(row, "10m", "change")).toBeNull();
    expect(tapeValue(row, "12h", "trades")).toBeNull();
  });
  it("has a column for each, and none that upstream tells", () => {
    expect(TAPE_COLUMN_IDS).toHaveLength(43);
    expect(TAPE_COLUMN_IDS).not.toContain("change_24h");
  });
});
