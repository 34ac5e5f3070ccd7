import { describe, expect, it } from "vitest";
import { chartSearch, parseChartSettings } from "./chartSettings.ts";

describe("the chart in the address", () => {
  it("is a week's line of the first outcome unless it says otherwise", () => {
    expect(parseChartSettings({})).toEqual({ range: "1w", kind: "line", outcome: "0" });
    expect(parseChartSettings({ range: "2y", chart: "pie", outcome: "7" })).toEqual(parseChartSettings({}));
  });

  it("goes there and back", () => {
    const settings = { range: "1d", kind: "candles", outcome: "1" } as const;
    expect(parseChartSettings(chartSearch({}, settings))).toEqual(settings);
    expect(chartSearch({ range: "1d", from: "mail" }, parseChartSettings({}))).toEqual({ from: "mail" });
  });

  it("draws two outcomes as lines only", () => {
    expect(parseChartSettings({ outcome: "both", chart: "candles" }).kind).toBe("line");
  });
});
