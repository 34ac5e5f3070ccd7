import { describe, expect, it } from "vitest";
import { axisLabel, momentLabel, otherZones, timeTicks } from "./chartTime.ts";

const NOON = Date.UTC(2026, 2, 3, 12, 5) / 1_000;

describe("labels of instants", () => {
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

describe("a moment elsewhere", () => {
  const noon = Date.parse("2026-02-08T12:00:00Z") / 1_000;
  it("is told in UTC and in the venue's zone, where those differ", () => {
    expect(otherZones(noon, "America/Los_Angeles")).toEqual(["12:00 UTC", "07:00 EST"]);
    expect(otherZones(noon, "UTC")).toEqual(["07:00 EST"]);
    expect(otherZones(noon, "America/New_York")).toEqual(["12:00 UTC"]);
  });
});

describe("labels of a time axis", () => {
  const from = Date.parse("2026-02-01T10:30:00Z");
  it("stand at round instants of the reader's clock", () => {
    const hour = 3_600_000;
    expect(timeTicks(from, from + 6 * hour, 7, 0).map(({ at }) => (at / hour) % 24)).toEqual([
      11, 12, 13, 14, 15, 16,
    ]);
    const [first] = timeTicks(from, from + 7 * 24 * hour, 8, -8 * hour);
    expect(first?.at).toBe(Date.parse("2026-02-02T08:00:00Z"));
  });
});
