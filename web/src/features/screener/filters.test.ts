import { describe, expect, it } from "vitest";
import { relaxations } from "./EmptyResult.tsx";
import { fromReader, rangeText, toReader } from "./filters.ts";
import { parseScreen } from "./screen.ts";

describe("ranges", () => {
  it.each([
    [0.02, 0.98, "cents", "2–98¢"],
    [5_000, undefined, "usd", "≥ $5k"],
    [undefined, 0.03, "cents", "≤ 3¢"],
    [undefined, -0.05, "points", "≤ −5 pp"],
    [-0.05, 0.05, "points", "−5 to 5 pp"],
    [1_500_000, undefined, "usd", "≥ $1.5M"],
    [undefined, undefined, "usd", null],
  ] as const)("from %s to %s in %s read %s", (min, max, unit, text) => {
    expect(rangeText(min, max, unit)).toBe(text);
  });

  it("keep what the reader wrote, without rounding noise", () => {
    for (const written of [0.1, 7, 29, 57.3, 99.99]) {
      expect(toReader(fromReader(written, "cents"), "cents")).toBe(written);
    }
    expect(fromReader(7, "cents")).toBe(0.07);
  });
});

describe("an empty result", () => {
  it("names each filter and the screen without it", () => {
    const { screen } = parseScreen({ q: "zzz", price_min: "0.99", category: "world" });
    const found = relaxations(screen);
    expect(found.map(({ words }) => words)).toEqual([
      "text “zzz”",
      "price ≥ 99¢",
      "category world",
      "status open",
    ]);
    expect(found[1]?.without.bounds).toEqual({});
    expect(found[1]?.without.q).toBe("zzz");
  });
});
