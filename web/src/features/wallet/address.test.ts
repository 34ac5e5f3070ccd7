import { describe, expect, it } from "vitest";
import { comparedOf, compareHref, walletHref } from "./address.ts";

describe("addresses of wallets", () => {
  it("name each wallet that is compared once, in order", () => {
    expect(comparedOf("0xB, 0xa,,0xb")).toEqual(["0xB", "0xa"]);
    expect(comparedOf(undefined)).toEqual([]);
  });

  it("can be written and read again", () => {
    expect(compareHref(["0xa", "someone"])).toBe("/wallets/compare?w=0xa,someone");
    expect(walletHref("a b")).toBe("/wallets/a%20b");
  });
});
