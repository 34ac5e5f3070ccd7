import { describe, expect, it } from "vitest";
import { orderSearch, parseTriedOrder } from "./orderAddress.ts";

describe("the order in an address", () => {
  it("is read as it was typed, and nonsense is the default", () => {
    expect(parseTriedOrder({ side: "sell", size: "1,250.5", unit: "shares" })).toEqual({
      side: "sell",
      size: "1,250.5",
      unit: "shares",
    });
    expect(parseTriedOrder({ side: "borrow", unit: "euro" })).toEqual({
      side: "buy",
      size: "100",
      unit: "usdc",
    });
  });

  it("is written beside what is there, without the defaults", () => {
    const search = { range: "1d", side: "sell", size: "5" };
    expect(orderSearch(search, { side: "buy", size: "100", unit: "usdc" })).toEqual({ range: "1d" });
    expect(orderSearch(search, { side: "sell", size: "7", unit: "shares" })).toEqual({
      range: "1d",
      side: "sell",
      size: "7",
      unit: "shares",
    });
  });
});
