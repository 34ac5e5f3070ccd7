import { describe, expect, it } from "vitest";
import { axisLabel, momentLabel } from "./chartTime.ts";

const NOON = Date.UTC(2026, 2, 3, 12, 5) / 1_000;

describe("labels of a time axis", () => {
  it.each([
    ["year", "2026"],
    ["month", "Mar"],
    ["day", "Mar 3"],
    ["clock", "12:05"],
  ] as const)("by %s", (step, text) => {
    expect(axisLabel(NOON, step, "UTC")).toBe(text);
  });

  it("are in the reader's zone and name it where it matters", () => {
    expect(axisLabel(NOON, "clock", "America/New_York")).toBe("07:05");
    expect(momentLabel(NOON, "America/New_York")).toBe("Mar 3, 07:05 EST");
  });
});
