import { describe, expect, it } from "vitest";
import {
  ago,
  cents,
  change,
  clock,
  count,
  decimal,
  duration,
  local,
  money,
  moneyExact,
  until,
  utc,
} from "./format.ts";

describe("prices", () => {
  it.each([
    [0.445, undefined, "44.5¢"],
    [0, undefined, "0.0¢"],
    [1, undefined, "100.0¢"],
    [0.00004, 0.001, "<0.1¢"],
    [0.99998, 0.001, ">99.9¢"],
    [0.0005, 0.0001, "0.05¢"],
    [0.5235, 0.0001, "52.35¢"],
    [null, 0.01, "—"],
    [Number.NaN, 0.01, "—"],
  ])("%s at tick %s reads %s", (price, tick, text) => {
    expect(cents(price, tick)).toBe(text);
  });
});

describe("changes", () => {
  it("carry an arrow and no other sign", () => {
    expect(change(0.1)).toEqual({ text: "▲ 10.0 pp", direction: "up" });
    expect(change(-0.035)).toEqual({ text: "▼ 3.5 pp", direction: "down" });
  });
  it("are flat when they round to nothing, and unknown when unknown", () => {
    expect(change(-0.0001)).toEqual({ text: "0.0 pp", direction: "flat" });
    expect(change(null)).toEqual({ text: "—", direction: "unknown" });
  });
});

describe("money", () => {
  it.each([
    [1_240_000, "$1.24M"],
    [495_452, "$495k"],
    [76_840, "$76.8k"],
    [9_560, "$9.56k"],
    [999.6, "$1.00k"],
    [999_999, "$1.00M"],
    [512, "$512"],
    [0.5, "$0.50"],
    [0.001, "<$0.01"],
    [0, "$0"],
    [-2_500, "−$2.50k"],
    [2.5e12, "$2500B"],
    [null, "—"],
  ])("%s reads %s", (amount, text) => {
    expect(money(amount)).toBe(text);
  });
  it("is exact on request", () => {
    expect(moneyExact(157_704.213)).toBe("$157,704.21");
    expect(moneyExact(-3)).toBe("−$3.00");
    expect(moneyExact(undefined)).toBe("—");
  });
});

describe("times", () => {
  const now = Date.parse("2026-02-08T12:00:00Z");
  it("age by their largest unit", () => {
    expect(duration(59_999)).toBe("59 s");
    expect(duration(47 * 3_600_000)).toBe("47 h");
    expect(duration(1003 * 86_400_000)).toBe("1,003 d");
    expect(ago("2026-02-08T11:58:00Z", now)).toBe("2 min ago");
    expect(ago("2026-02-08T11:59:59Z", now)).toBe("just now");
    expect(ago(null, now)).toBe("—");
  });
  it("count down and then back", () => {
    expect(until("2026-03-04T12:00:00Z", now)).toBe("24 d");
    expect(until("2026-02-05T12:00:00Z", now)).toBe("3 d ago");
    expect(until("not a date", now)).toBe("—");
  });
  it("name their zone", () => {
    expect(utc("2026-03-03T21:00:30Z")).toBe("2026-03-03 21:00 UTC");
    expect(local("2026-03-03T21:00:00Z", "America/New_York")).toMatch(/^Mar 3, 2026, 4:00.PM EST$/);
  });
  it("show the offset from UTC beside the clock", () => {
    const noon = new Date(now);
    expect(clock(noon, 480)).toBe("UTC−8 · 04:00:00");
    expect(clock(noon, -330)).toBe("UTC+5:30 · 17:30:00");
    expect(clock(noon, 0)).toBe("UTC · 12:00:00");
  });
});

describe("plain numbers", () => {
  it("group thousands and keep unknown unknown", () => {
    expect(count(17_204)).toBe("17,204");
    expect(count(null)).toBe("—");
    expect(decimal(-0.25, 2)).toBe("−0.25");
    expect(decimal(0.9001, 3)).toBe("0.9");
  });
});
