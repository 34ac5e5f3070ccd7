import { describe, expect, it } from "vitest";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { agenda } from "./agenda.ts";

const market = (id: string, end: string | null, price: number | null, status = "open") =>
  ({ market_id: id, end_date: end, price, status }) as MarketRow;

describe("the agenda", () => {
  it("goes by scheduled end, the dearest first, without a date last and without what is over", () => {
    const entries = agenda([
      market("later", "2026-03-02T00:00:00Z", 0.5),
      market("undated", null, 0.5),
      market("soon, cheap", "2026-03-01T00:00:00Z", 0.1),
      market("soon, unknown", "2026-03-01T00:00:00Z", null),
      market("soon, dear", "2026-03-01T00:00:00Z", 0.8),
      market("over", "2026-02-01T00:00:00Z", 1, "resolved"),
    ]);
    expect(entries.map(({ markets }) => markets.map(({ market_id }) => market_id))).toEqual([
      ["soon, dear", "soon, cheap", "soon, unknown"],
      ["later"],
      ["undated"],
    ]);
  });
});
