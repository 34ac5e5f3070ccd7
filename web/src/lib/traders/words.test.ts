import { describe, expect, it } from "vitest";
import {
  centsSpan,
  classText,
  ingredientText,
  ownName,
  rateOf,
  ratio,
  reasonText,
  scoreSpan,
  verdictText,
} from "./words.ts";

describe("words", () => {
  it("call nobody a maker, and a few events too few", () => {
    expect(classText("maker_like")).toBe("maker-like");
    expect(verdictText("too_few")).toBe("too few events to say");
  });

  it("take no address for a name", () => {
    expect(ownName(`0x${"a".repeat(40)}-1763`)).toBeNull();
    expect(ownName("0xAnn")).toBe("0xAnn");
    expect(ownName(null)).toBeNull();
  });

  it("fall back to the name for what they do not know", () => {
    expect(reasonText("some_new_reason")).toBe("some new reason");
  });
});

describe("figures", () => {
  it.each([
    [{ value: null, unit: "usd" as const }, "unknown"],
    [{ value: 1234.5, unit: "usd" as const }, "$1,234.50"],
    [{ value: 0.0001, unit: "probability" as const }, "<0.001"],
    [{ value: 0, unit: "probability" as const }, "0.000"],
    [{ value: -0.31, unit: "log_odds" as const }, "−0.31 log-odds"],
    [{ value: 3.42, unit: "sd" as const }, "+3.4 sd"],
    [{ value: 41, unit: "count" as const }, "41"],
    [{ value: 0.25, unit: null }, "0.25"],
  ])("an ingredient %o reads %s", (ingredient, text) => {
    expect(ingredientText(ingredient)).toBe(text);
  });

  it("are so many times the whole where percent would be long", () => {
    expect(ratio(0.61)).toBe("61%");
    expect(ratio(1.6)).toBe("160%");
    expect(ratio(9.99)).toBe("999%");
    expect(ratio(9.999)).toBe("10×");
    expect(ratio(1789.66)).toBe("1,790×");
    expect(ratio(null)).toBe("—");
  });

  it("carry their interval, and are unknown without a value", () => {
    expect(scoreSpan(61.6, 48.2, 74.4)).toBe("62 [48, 74]");
    expect(scoreSpan(61.6, null, null)).toBe("62");
    expect(scoreSpan(null, 0, 100)).toBe("—");
    expect(rateOf(0.041, 0.027, 0.062, 1000)).toBe("4.1% [2.7, 6.2] of 1,000");
    expect(rateOf(0.61, 0.52, 0.7, 132)).toBe("61% [52, 70] of 132");
    expect(rateOf(null, null, null, 0)).toBe("unknown of 0");
    expect(centsSpan(0.012, -0.003, 0.027)).toBe("+1.2¢ [−0.3, 2.7]");
    expect(centsSpan(null)).toBe("—");
  });
});
