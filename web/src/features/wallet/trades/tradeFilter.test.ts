import { describe, expect, it } from "vitest";
import { filterOf } from "./tradeFilter.ts";

describe("the filter of trades", () => {
  it("takes what is offered from the address", () => {
    expect(filterOf({ side: "sell", min: "1000", range: "1w" })).toEqual({ side: "sell", min_usdc: "1000" });
  });

  it("leaves out everything else", () => {
    expect(filterOf({ side: "hold", min: "7" })).toEqual({});
    expect(filterOf({})).toEqual({});
  });
});
