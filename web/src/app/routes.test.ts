import { describe, expect, it } from "vitest";
import { matchRoute } from "./routes.tsx";

describe("paths", () => {
  it.each([
    ["/markets", "markets", ""],
    ["/markets/", "markets", ""],
    ["/markets/fed-decision", "market", "fed-decision"],
    ["/markets/a%20b", "market", "a b"],
    ["/markets/%E0%A4%A", "market", "%E0%A4%A"],
    ["/events", "events", ""],
    ["/events/fed-decision", "event", "fed-decision"],
    ["/map", "map", ""],
    ["/categories/", "categories", ""],
    ["/map/a", "none", ""],
    ["/wallets", "wallets", ""],
    ["/wallets/0xAb", "wallet", "0xAb"],
    ["/wallets/compare", "compare", ""],
    ["/whales", "whales", ""],
    ["/whales/trades", "none", ""],
    ["/insiders", "insiders", ""],
    ["/signals", "signals", ""],
    ["/signals/0192", "signal", "0192"],
    ["/scores", "scores", ""],
    ["/scores/whale", "score", "whale"],
    ["/wallets/compare/a", "none", ""],
    ["/markets/a/b", "none", ""],
    ["/", "none", ""],
  ])("%s is the page %s of %s", (path, name, id) => {
    const found = matchRoute(path);
    expect([found.route.name, found.id]).toEqual([name, id]);
  });
});
