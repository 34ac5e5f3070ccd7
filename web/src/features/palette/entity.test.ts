import { describe, expect, it } from "vitest";
import { entityFromText } from "./entity.ts";

const condition = `0x${"Ab".repeat(32)}`;

describe("a pasted text", () => {
  it.each([
    [condition, `/markets/${condition.toLowerCase()}`],
    ["  239826 ", "/markets/239826"],
    ["fed-decision-in-march", "/markets/fed-decision-in-march"],
    ["https://polymarket.com/event/fed-decision-in-march?tid=1", "/events/fed-decision-in-march"],
    ["https://polymarket.com/event/fed-decision/will-the-fed-hold", "/markets/will-the-fed-hold"],
    [`0x${"Ab".repeat(20)}`, `/wallets/0x${"ab".repeat(20)}`],
    ["https://polymarket.com/profile/0xAb?tab=positions", "/wallets/0xAb"],
    ["polymarket.com/@some.one", "/wallets/some.one"],
    ["polymarket.com/market/will-the-fed-hold", "/markets/will-the-fed-hold"],
    ["https://www.polymarket.com/de/event/fed-decision", "/events/fed-decision"],
  ])("%s opens %s", (text, href) => {
    expect(entityFromText(text)?.href).toBe(href);
  });

  it.each(["bitcoin", "will the fed hold", "0x1234", "https://example.com/event/a-b", "polymarket.com/", ""])(
    "%s is a search",
    (text) => {
      expect(entityFromText(text)).toBeNull();
    },
  );
});
