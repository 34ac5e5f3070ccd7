import { describe, expect, it } from "vitest";
import { calendarOf, levelsOf, profitByDay } from "./calendar.ts";

const now = Date.parse("2026-03-04T12:00:00Z"); // a Wednesday
const settled = [
  { closed_at: "2026-03-03T23:59:59Z", profit_usdc: 5 },
  { closed_at: "2026-03-03T00:00:00Z", profit_usdc: -2 },
  { closed_at: "2026-03-04T00:00:00Z", profit_usdc: -9 },
  { closed_at: null, profit_usdc: 1_000 },
];

describe("the calendar", () => {
  it("adds up what settled on a day of UTC and leaves the undated out", () => {
    expect([...profitByDay(settled)]).toEqual([
      ["2026-03-03", { profit: 3, events: 2 }],
      ["2026-03-04", { profit: -9, events: 1 }],
    ]);
  });

  it("begins on a Monday and ends today", () => {
    const days = calendarOf(settled, now, 2);
    expect(days[0]).toMatchObject({ date: "2026-02-23", week: 0, weekday: 0, profit: null });
    expect(days.at(-1)).toMatchObject({ date: "2026-03-04", week: 1, weekday: 2, profit: -9 });
    expect(days).toHaveLength(10);
  });

  it("shades each sign among its own", () => {
    const day = (profit: number | null) => ({ date: "", profit, events: 1, week: 0, weekday: 0 });
    expect(levelsOf([1, 2, 3, 1_000, -5, 0, null].map(day))).toEqual([1, 2, 3, 4, -4, 0, null]);
  });
});
