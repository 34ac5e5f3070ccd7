import { describe, expect, it } from "vitest";
import { edgeText, rateText, signOf } from "./interval.ts";

describe("estimates", () => {
  it("come with their interval", () => {
    expect(rateText({ value: 0.61, low: 0.52, high: 0.7, n: 132 })).toBe("61% [52, 70]");
    expect(edgeText({ value: 0.021, low: -0.004, high: 0.046, n: 40 })).toBe("+2.1¢ [−0.4, 4.6]");
  });

  it("without an interval or a value invent none", () => {
    expect(rateText({ value: 1, low: null, high: null, n: 1 })).toBe("100%");
    expect(edgeText(null)).toBe("—");
  });

  it("have a sign only where the interval does not hold zero", () => {
    expect(signOf({ value: 0.1, low: 0.01, high: 0.2, n: 9 })).toBe("up");
    expect(signOf({ value: 0.1, low: -0.01, high: 0.2, n: 9 })).toBe("");
    expect(signOf({ value: -0.1, low: -0.2, high: -0.01, n: 9 })).toBe("down");
  });
});
