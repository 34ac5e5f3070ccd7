// axe on every page, in both themes, as the script draws it and as the server does.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, it } from "node:test";
import { PHONE, withPage } from "./browser.mjs";
import { shared } from "./shared.mjs";
import { imported } from "./wallet-subjects.mjs";

const AXE = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Serious and critical findings, one line each. */
async function findings(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => {
      const [{ html, failureSummary }] = nodes;
      return `${impact} ${id} ×${nodes.length}: ${html.slice(0, 200)} — ${failureSummary.replace(/\s+/g, " ")}`;
    });
}

describe("accessibility", () => {
  let terminal;
  let browser;
  let paths;
  before(async () => {
    ({ terminal, browser } = await shared());
    const { data } = await terminal.api("/api/polymarket/markets?limit=1");
    const [wallet, other] = await imported(terminal);
    paths = {
      screener: "/markets",
      "a filtered screener": "/markets?category=politics&price_min=0.1&sort=-liquidity,end_date&q=will",
      "an empty result": "/markets?q=qzxqzxqzx",
      market: `/markets/${data[0].slug}`,
      events: "/events",
      event: `/events/${data[0].event.slug}`,
      map: "/map",
      categories: "/categories",
      wallets: "/wallets",
      "wallets found": `/wallets?q=${wallet.address}`,
      wallet: `/wallets/${wallet.address}`,
      "a wallet with gaps": `/wallets/${other.address}`,
      "a wallet beside a market": `/markets/${data[0].slug}?wallet=${wallet.address}`,
      compare: `/wallets/compare?w=${wallet.address},${other.address}`,
      whales: "/whales?timeframe=all",
      positions: "/whales?tab=positions",
      flows: "/whales?tab=flows&timeframe=all",
      flips: "/whales?tab=flips&timeframe=all",
      concentration: "/whales?tab=concentration",
      scoreboard: "/whales?tab=scoreboard",
      "too few to say": "/whales?tab=scoreboard&verdict=too_few",
      "informed flow": "/insiders?gated=show",
      "informed wallets": "/insiders?tab=wallets&gated=show",
      signals: "/signals",
      scores: "/scores",
      "errors of a score": "/scores/smart_money",
      "what figures mean": "/docs/pnl",
      "what scores are made of": "/docs/scores",
      docs: "/docs",
      "a missing page": "/nowhere",
    };
  });

  const ways = [
    ["in the dark", { colorScheme: "dark" }],
    ["in the light", { colorScheme: "light" }],
    ["on a phone", { colorScheme: "dark", viewport: PHONE }],
  ];
  for (const [way, options] of ways) {
    it(`finds nothing serious on any page, ${way}`, async () => {
      const found = {};
      for (const [name, path] of Object.entries(paths)) {
        await withPage(
          browser,
          terminal.url,
          async (page) => {
            await page.goto(path);
            // The script has drawn the page once the palette's button is there; pages without a script never have it.
            if (!["docs", "what figures mean", "what scores are made of", "a missing page"].includes(name))
              await page.locator("button.find").waitFor({ state: "attached" });
            const here = await findings(page);
            if (here.length > 0) found[name] = here;
          },
          { ...options, bypassCSP: true, tolerate: /status of 404/ },
        );
      }
      assert.deepEqual(found, {});
    });
  }

  it("finds nothing serious in the palette, the shortcuts, the editors and the panel", () =>
    withPage(
      browser,
      terminal.url,
      async (page) => {
        const found = {};
        const look = async (name) => {
          const here = await findings(page);
          if (here.length > 0) found[name] = here;
        };
        await page.goto("/markets");
        await page.locator('table.grid[role="grid"] tbody a.mk').first().waitFor();
        await page.keyboard.press("Control+k");
        await page.getByRole("dialog").getByRole("combobox").fill("win");
        await page.getByRole("option", { selected: true }).waitFor();
        await look("palette");
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await page.getByRole("dialog").waitFor();
        await look("shortcuts");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "+ filter" }).click();
        await page.getByRole("dialog", { name: "Add a filter" }).waitFor();
        await look("filters");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Columns" }).click();
        await page.getByRole("dialog", { name: "Columns" }).waitFor();
        await look("columns");
        await page.keyboard.press("Escape");
        await page.keyboard.press("o");
        await page.locator("aside.panel[aria-busy]").waitFor({ state: "detached" });
        await page.locator("aside.panel").waitFor();
        await look("panel");
        assert.deepEqual(found, {});
      },
      { bypassCSP: true },
    ));

  it("finds nothing serious in the server's own pages", async () => {
    // axe itself needs a script; the page's own are kept from arriving.
    const found = {};
    for (const [name, path] of Object.entries(paths)) {
      await withPage(
        browser,
        terminal.url,
        async (page) => {
          await page.route("**/assets/*.js", (route) => route.abort());
          await page.goto(path);
          const here = await findings(page);
          if (here.length > 0) found[name] = here;
        },
        { bypassCSP: true, tolerate: /status of 404|ERR_FAILED/ },
      );
    }
    assert.deepEqual(found, {});
  });
});
