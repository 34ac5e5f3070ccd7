// What the terminal says when Polymarket, the network or the data is not there.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { openList, rowTotal, waitForTotal, withPage } from "./browser.mjs";
import { eventually } from "./eventually.mjs";
import { Lab, Terminal } from "./processes.mjs";
import { shared } from "./shared.mjs";

/** A browser reports every request that got no answer; these tests are about them. */
const UNREACHABLE = /net::ERR_|Failed to fetch|status of 50[34]/;
/** The shortest interval there is; data is stale after two of them. */
const OFTEN = ["--sync-interval-s", "5", "--hot-interval-s", "3600"];

describe("in adversity", () => {
  let terminal;
  let browser;
  before(async () => {
    ({ terminal, browser } = await shared());
  });

  it("opens on an empty database with Polymarket out of reach, and says so", async () => {
    // Nobody listens on port 1.
    const own = await Terminal.start(["serve", "--lab-url", "http://127.0.0.1:1", ...OFTEN]);
    try {
      await withPage(browser, own.url, async (page) => {
        await page.goto("/markets");
        await page.getByRole("heading", { name: "The catalogue is empty" }).waitFor();
        await page.locator('.fresh[data-state="empty"]').waitFor();
      });
      await withPage(
        browser,
        own.url,
        async (page) => {
          await page.goto("/markets");
          await page.locator('.notice[data-kind="empty"]').waitFor();
        },
        { javaScriptEnabled: false },
      );
    } finally {
      await own.stop();
    }
  });

  it("shows the last good data as stale, with its age, when Polymarket goes away", async () => {
    const lab = await Lab.start();
    const own = await Terminal.start(["serve", "--lab-url", lab.url, ...OFTEN]);
    try {
      await own.synced();
      await withPage(browser, own.url, async (page) => {
        await openList(page, "/markets");
        await page.locator('.fresh[data-state="fresh"]').waitFor();
        await lab.stop();
        const held = () => own.api("/api/polymarket/markets?limit=1");
        await eventually("stale data", 60_000, async () => (await held()).metadata.stale);
        await page.locator('.head [data-state="stale"]', { hasText: "ago" }).waitFor();
        // Counted now: the world went on until the lab stopped.
        const { total } = (await held()).metadata;
        assert.ok(total > 0);
        await waitForTotal(page, total);
      });
      await withPage(
        browser,
        own.url,
        async (page) => {
          await page.goto("/markets");
          await page.locator('.notice[data-kind="stale"]', { hasText: "ago" }).waitFor();
        },
        { javaScriptEnabled: false },
      );
    } finally {
      await own.stop();
      await lab.stop();
    }
  });

  it("shows the answer that holds when a resolution is corrected", async () => {
    const lab = await Lab.start(["--since", "2026-11-20T06:30:00Z", "--stepped"]);
    const own = await Terminal.start([
      "serve",
      "--lab-url",
      lab.url,
      "--sync-closed",
      "all",
      ...["--sync-interval-s", "3600", "--hot-interval-s", "3600"],
    ]);
    try {
      await own.synced();
      const answers = async () => {
        const { data } = await own.api("/api/polymarket/markets?status=resolved&sort=-end_date&limit=500");
        return new Map(data.map((market) => [market.market_id, market]));
      };
      let before = await answers();
      // Only what nobody has redeemed can be overturned: time goes on until there is such a market.
      await eventually("a market to overturn", 90_000, async () => {
        const flipped = lab.inject({ path_prefix: "/", kind: "resolution_flip" });
        const isDone = await flipped.then(
          () => true,
          () => false,
        );
        if (!isDone) {
          await lab.advance(30 * 60_000);
          await own.refresh();
          before = await answers();
        }
        return isDone;
      });
      const corrected = await eventually("a correction", 60_000, async () => {
        await own.refresh();
        const after = [...(await answers()).values()];
        return after.find((market) => {
          const then = before.get(market.market_id)?.resolution?.outcome;
          return then && market.resolution.outcome !== then;
        });
      });
      const winner = corrected.resolution.payouts.indexOf(1);
      assert.equal(corrected.outcomes[winner], corrected.resolution.outcome);
      assert.equal(corrected.outcome_prices[winner], 1);
      await withPage(browser, own.url, async (page) => {
        await page.goto(`/markets/${corrected.slug}`);
        const figure = page.locator("main", { hasText: /Resolved by (UMA|payout)/ });
        await figure.getByText(corrected.resolution.outcome, { exact: true }).first().waitFor();
        await openList(page, `/markets?status=resolved&q=${encodeURIComponent(corrected.title)}`);
        await page.locator(`table.grid a.mk[href$="/${corrected.slug}"]`).waitFor();
      });
    } finally {
      await own.stop();
      await lab.stop();
    }
  });

  it("says that it is offline, keeps the rows, and recovers", async () => {
    await withPage(
      browser,
      terminal.url,
      async (page, context) => {
        await openList(page, "/markets");
        const total = await rowTotal(page);
        await context.setOffline(true);
        await page.locator('.head [data-state="offline"]').waitFor();
        assert.equal(await rowTotal(page), total);
        await context.setOffline(false);
        await page.locator('.fresh[data-state="fresh"]').waitFor();
        await page.locator(".facets a.fr").first().click();
        await page.waitForURL((url) => url.search !== "");
        await page.locator('table.grid[aria-busy="false"] tbody a.mk').first().waitFor();
      },
      { tolerate: UNREACHABLE },
    );
  });

  it("offers to try again when the server does not answer", async () => {
    await withPage(
      browser,
      terminal.url,
      async (page) => {
        await openList(page, "/markets");
        await page.route("**/api/polymarket/events/**", (route) => route.abort());
        await page.route("**/api/polymarket/events?**", (route) => route.abort());
        await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Events" }).click();
        const retry = page.getByRole("button", { name: "Try again" });
        await retry.waitFor();
        await page.unrouteAll();
        await retry.click();
        await page.locator("table.grid.events tbody a.mk").first().waitFor();
      },
      { tolerate: UNREACHABLE },
    );
  });

  it("does not ask for ever for a part of itself that is gone", () =>
    withPage(
      browser,
      terminal.url,
      async (page) => {
        await openList(page, "/markets");
        const asked = [];
        // As after an update of the server, which takes the files of the version before away.
        await page.route("**/assets/MarketPage-*.js", (route) => {
          asked.push(route.request().url());
          return route.fulfill({ status: 404 });
        });
        const link = page.locator("tbody a.mk").first();
        const title = await link.locator(".t").textContent();
        await link.click();
        const market = page.getByRole("heading", { level: 1, name: title, exact: true });
        await market.or(page.getByRole("alert")).first().waitFor();
        await page.waitForLoadState("networkidle");
        assert.ok(asked.length <= 4, `asked ${asked.length} times`);
      },
      { tolerate: /status of 404|part of the terminal could not be loaded/ },
    ));
});
