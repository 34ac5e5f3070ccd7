import { describe, expect, it } from "vitest";
import { sparkOf } from "./spark.ts";

const past = (day: number, value: number | null, version = 1) => ({
  kind: "whale" as const,
  as_of: `2026-01-0${day}T00:00:00Z`,
  version,
  value,
  low: value === null ? null : value - 10,
  high: value === null ? null : value + 10,
  n: 12,
  verdict: value === null ? ("too_few" as const) : ("scored" as const),
});

describe("the line of a score", () => {
  it("is none of fewer than two scores", () => {
    expect(sparkOf([past(1, 50), past(2, null)], "whale")).toBeNull();
    expect(sparkOf([past(1, 50), past(2, 60)], "bot")).toBeNull();
  });

  it("goes forward in time, whatever the order of rows, and keeps within the box", () => {
    const spark = sparkOf([past(3, 95), past(1, 50), past(2, null)], "whale");
    expect(spark?.lines).toEqual(["M0.0 50.0L100.0 5.0"]);
    expect(spark?.reaches).toEqual(["M0.0 40.0L100.0 0.0L100.0 15.0L0.0 60.0Z"]);
    expect(spark?.points).toBe(2);
  });

  it("breaks where the version changed", () => {
    expect(sparkOf([past(1, 50), past(3, 60), past(5, 10, 2)], "whale")?.lines).toHaveLength(2);
  });
});
