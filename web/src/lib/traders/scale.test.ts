import { describe, expect, it } from "vitest";
import { domainWithZero, linear, roundTicks } from "./scale.ts";

describe("scales", () => {
  it("map ends to ends, also downwards", () => {
    const y = linear([0, 10], [100, 20]);
    expect([y(0), y(5), y(10)]).toEqual([100, 60, 20]);
    expect(linear([3, 3], [0, 10])(3)).toBe(5);
  });

  it("tick at round numbers within the domain", () => {
    expect(roundTicks(0, 1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(roundTicks(-730, 1_200, 4)).toEqual([-500, 0, 500, 1_000]);
    expect(roundTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(roundTicks(5, 5, 4)).toEqual([5]);
  });

  it("have zero in them and room where values end", () => {
    const [low, high] = domainWithZero([100, 200]);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(200);
    const [below] = domainWithZero([-50, 20]);
    expect(below).toBeLessThan(-50);
    expect(domainWithZero([])).toEqual([-1, 1]);
  });
});
