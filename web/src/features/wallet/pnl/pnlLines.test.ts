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
  const lines = pnlLines(series);

  it("keeps sources apart and leaves out those without a point", () => {
    expect(lines.map(({ kind }) => kind)).toEqual(["ledger", "realised", "site"]);
    expect(spanOf(lines)).toEqual([at(1), at(3)]);
    expect(spanOf([])).toBeNull();
  });

  it("never takes what was realised for a total", () => {
    const [total, realised] = lines;
    expect(total?.runs).toEqual([[{ at: at(3), usdc: 30 }]]);
    expect(realised?.runs).toEqual([
      [
        { at: at(1), usdc: 9 },
        { at: at(2), usdc: 22 },
      ],
    ]);
    expect(realised?.meaning).toContain("after fees");
  });

  it("says before fees as soon as one fee is unknown", () => {
    const [realised] = pnlLines([
      {
        source: "ledger",
        meaning: "",
        as_of: null,
        method: null,
        completeness: null,
        points: [point(1, { realized: 10, fees: 1, income: 0 }), point(2, { realized: 20 })],
      },
    ]);
    expect(realised?.meaning).toContain("before fees");
    expect(realised?.runs[0]?.[0]?.usdc).toBe(10);
  });

  it("is broken where it is not known", () => {
    const site = lines[2];
    expect(site?.runs).toHaveLength(2);
    expect(
      site && [valueAt(site, at(0)), valueAt(site, at(1)), valueAt(site, at(2)), valueAt(site, at(9))],
    ).toEqual([null, 1, null, 3]);
  });
});
