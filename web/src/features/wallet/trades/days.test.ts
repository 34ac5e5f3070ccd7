import { describe, expect, it } from "vitest";
import type { WalletActivity } from "../../../lib/apiTypes.ts";
import { activeDays } from "./days.ts";

const did = (happened_at: string, kind: string, usdc: number | null, title: string) =>
  ({ happened_at, kind, side: kind === "trade" ? "buy" : null, usdc, market: { title } }) as WalletActivity;

describe("activity by day", () => {
  it("gathers a kind of one day of UTC and keeps days in order", () => {
    const days = activeDays([
      did("2026-03-02T00:00:01Z", "trade", 5, "A"),
      did("2026-03-01T23:59:59Z", "trade", 1, "A"),
      did("2026-03-01T12:00:00Z", "trade", 2, "A"),
      did("2026-03-01T11:00:00Z", "redeem", 9, "B"),
    ]);
    expect(
      days.map(({ date, lines }) => [date, lines.map(({ kind, count, usdc }) => [kind, count, usdc])]),
    ).toEqual([
      ["2026-03-02", [["trade", 1, 5]]],
      [
        "2026-03-01",
        [
          ["trade", 2, 3],
          ["redeem", 1, 9],
        ],
      ],
    ]);
    expect(days[1]?.lines[0]?.markets).toEqual(["A"]);
  });

  it("knows no sum where one amount is unknown", () => {
    const [day] = activeDays([
      did("2026-03-02T00:00:01Z", "split", null, "A"),
      did("2026-03-02T00:00:00Z", "split", 3, "B"),
    ]);
    expect(day?.lines[0]).toMatchObject({ usdc: null, count: 2, markets: ["A", "B"] });
  });
});
