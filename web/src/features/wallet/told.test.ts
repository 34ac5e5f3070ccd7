import { describe, expect, it } from "vitest";
import { classText, doubtText, knownOf, measureText, shortfallText, whyWithheld } from "./told.ts";

describe("told figures", () => {
  it("are known only when they have a value; zero is one", () => {
    expect(knownOf({ value: 0, withheld: null })).toBe(0);
    expect(knownOf({ value: null, withheld: "gap" })).toBeNull();
    expect(knownOf(null)).toBeNull();
  });

  it("say why in words, also for reasons that came later", () => {
    expect(whyWithheld("capped")).toContain("only a part");
    expect(whyWithheld("new_reason")).toBe("new reason");
    expect(doubtText("size_differs")).toContain("number of shares");
    expect(shortfallText("activity_capped")).toBe("Polymarket stops listing activity at its limit");
    expect(shortfallText("cash_differs")).toContain("cash");
    expect(shortfallText("too_large")).toContain("too large");
    expect(classText("mark_timing")).toContain("another moment");
    expect(measureText("after_fees")).toContain("after fees");
  });
});
