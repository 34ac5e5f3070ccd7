import { describe, expect, it } from "vitest";
import type { PnlPoint, PnlSeries } from "../../../lib/apiTypes.ts";
import { pnlLines, spanOf, valueAt } from "./pnlLines.ts";

const point = (day: number, change: Partial<PnlPoint>): PnlPoint => ({
  at: new Date(Date.UTC(2026, 0, day)).toISOString(),
  total: null,
  realized: null,
  unrealized: null,
  fees: null,
  income: null,
  ...change,
});
const at = (day: number) => Date.UTC(2026, 0, day);

describe("lines of the profit chart", () => {
  const series: PnlSeries[] = [
    {
      source: "ledger",
      meaning: "m",
      as_of: null,
      method: null,
      completeness: null,
      points: [
        point(1, { realized: 10, fees: 1, income: 0 }),
        point(2, { realized: 20, fees: 1, income: 3 }),
        point(3, { total: 30, realized: 20, fees: 1, income: 3 }),
      ],
    },
    {
      source: "site",
      meaning: "s",
      as_of: null,
      method: null,
      completeness: null,
      points: [point(1, { total: 1 }), point(2, {}), point(3, { total: 3 })],
    },
    { source: "venue", meaning: "v", as_of: null, method: null, completeness: null, points: [] },
  ];
  const lines = pnlLines({ series, totals: null, as_of: null });

  it("keeps sources apart and leaves out those without a point", () => {
    expect(lines.map(({ kind }) => kind)).toEqual(["ledger", "realised", "site"]);
    expect(spanOf(lines)).toEqual([at(1), at(3)]);
    expect(spanOf([])).toBeNull();
  });

  it("never continues a line with another measure", () => {
    const [total, realised] = lines;
    expect(total?.runs).toEqual([[{ at: at(3), usdc: 30 }]]);
    expect(realised?.label).toContain("before fees");
    expect(realised?.runs).toEqual([
      [
        { at: at(1), usdc: 10 },
        { at: at(2), usdc: 20 },
      ],
    ]);
  });

  it("puts what the venue says was realised beside ours, apart from its total", () => {
    const venue: PnlSeries = {
      source: "venue",
      meaning: "v",
      as_of: null,
      method: null,
      completeness: null,
      points: [point(1, { total: 7, realized: 5, unrealized: 1, income: 1 })],
    };
    const drawn = pnlLines({ series: [venue], totals: null, as_of: null });
    expect(drawn.map(({ kind, runs }) => [kind, runs[0]?.[0]?.usdc])).toEqual([
      ["venue-realised", 6],
      ["venue", 7],
    ]);
  });

  it("is broken where it is not known", () => {
    const site = lines[2];
    expect(site?.runs).toHaveLength(2);
    expect(
      site && [valueAt(site, at(0)), valueAt(site, at(1)), valueAt(site, at(2)), valueAt(site, at(9))],
    ).toEqual([null, 1, null, 3]);
  });
});
