// What moves: books, tape, chart, calculator; outcomes over time; the map; and a book that cannot be believed.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { withPage } from "./browser.mjs";
import { eventually } from "./eventually.mjs";
import { Lab, Terminal } from "./processes.mjs";
import { shared } from "./shared.mjs";

/** How long a book may take to be streamed, and a fault to be noticed. */
const PATIENCE_MS = 60_000;
/** A browser reports every request that got no answer. */
const UNREACHABLE = /net::ERR_|Failed to fetch|status of 50[34]/;

describe("live", () => {
  let terminal;
  let browser;
  let market;
  before(async () => {
    ({ terminal, browser } = await shared());
    const busy = "/api/polymarket/markets?traits=accepting_orders&price_min=0.2&price_max=0.8&limit=1";
    [market] = (await terminal.api(busy)).data;
    await eventually("a tape", PATIENCE_MS, async () => {
      const { data } = await terminal.api(`/api/polymarket/markets/${market.slug}/trades?limit=5`);
      return data.length > 0;
    });
  });

  const visit = (body, options) => withPage(browser, terminal.url, body, options);

  it("shows a live book, the tape, a chart and who holds", () =>
    visit(async (page) => {
      await page.goto(`/markets/${market.slug}`);
      const book = page.locator("section.book");
      await book.locator(".bline", { hasText: "live" }).waitFor({ timeout: PATIENCE_MS });
      await book.locator("tbody tr").first().waitFor();
      const { data } = await terminal.api(`/api/polymarket/order-book/${market.slug}`);
      assert.equal(data.state, "live");
      assert.ok(data.bids.length > 0 && data.asks.length > 0);
      await page.locator("section.tapes tbody tr").first().waitFor();
      await page.locator("section.price canvas").first().waitFor();
      await page.locator("section.holders tbody tr").first().waitFor();
      await page.locator("section.flow tbody tr").first().waitFor();
      await page.locator("section.status li").first().waitFor();
    }));

  it("says what an order would cost", () =>
    visit(async (page) => {
      await page.goto(`/markets/${market.slug}`);
      const panel = page.locator("section.slip");
      await panel.getByText("Average price").waitFor();
      const path = `/api/polymarket/order-book/${market.slug}/slippage?side=buy&outcome=0&usdc=100`;
      const { data } = await terminal.api(path);
      assert.ok(data.filled_usdc > 0 && data.average_price >= data.best_price);
    }));

  it("reads an order from the address and writes it back", () =>
    visit(async (page) => {
      await page.goto(`/markets/${market.slug}?side=sell&size=50&unit=shares&range=1d`);
      const panel = page.locator("section.slip");
      const pressed = (name) => panel.getByRole("button", { name, pressed: true });
      await pressed("sell").waitFor();
      await pressed("shares").waitFor();
      assert.equal(await panel.getByLabel("Size").inputValue(), "50");
      await panel.getByLabel("Size").fill("75");
      await page.waitForURL((url) => url.searchParams.get("size") === "75");
      await panel.getByRole("button", { name: "buy" }).click();
      await page.waitForURL((url) => !url.searchParams.has("side"));
      assert.equal(new URL(page.url()).search, "?range=1d&size=75&unit=shares");
    }));

  it("hands out the chart's bars and the whole tape as files", () =>
    visit(async (page) => {
      await page.goto(`/markets/${market.slug}`);
      for (const [section, first] of [
        ["price", "from (UTC)"],
        ["tapes", "traded_at (UTC)"],
      ]) {
        const link = page.locator(`section.${section} a[download]`);
        const file = await (await fetch(new URL(await link.getAttribute("href"), terminal.url))).text();
        const lines = file.trimEnd().split("\r\n");
        assert.ok(lines[0].startsWith(`${first},`), lines[0]);
        assert.ok(lines.length > 1, `${section}: nothing but a header`);
      }
    }));

  it("shows an event's outcomes over time and what they add up to", () =>
    visit(async (page) => {
      const { data: events } = await terminal.api("/api/polymarket/events?limit=50");
      const family = events.find((event) => event.neg_risk && event.open_market_count > 3);
      const { data: event } = await terminal.api(`/api/polymarket/events/${family.slug}`);
      await page.goto(`/events/${family.slug}`);
      const panel = page.getByRole("region", { name: /Distribution/ });
      await panel.getByText("Prices add up to", { exact: true }).waitFor();
      await panel.getByText(event.distribution.outcomes[0].title).first().waitFor();
    }));

  it("draws the map, and lists the categories", () =>
    visit(async (page) => {
      await page.goto("/map");
      await page.locator("main canvas").first().waitFor();
      await page.goto("/categories");
      const { data } = await terminal.api("/api/polymarket/categories");
      for (const { label } of data) await page.locator("main").getByText(label).first().waitFor();
    }));

  it("shows no price where nobody buys", () =>
    visit(async (page) => {
      const { data: cheap } = await terminal.api(
        "/api/polymarket/markets?traits=accepting_orders&sort=price&limit=100",
      );
      let lacking;
      for (const { slug } of cheap) {
        const { data: book } = await terminal.api(`/api/polymarket/order-book/${slug}`);
        if (book.bids.length === 0 && book.asks.length > 0) {
          assert.deepEqual([book.best_bid, book.mid, book.spread], [null, null, null]);
          lacking = slug;
          break;
        }
      }
      assert.ok(lacking, "everybody is bid for");
      await page.goto(`/markets/${lacking}`);
      const book = page.locator("section.book");
      await book.getByText("no bids").waitFor({ timeout: PATIENCE_MS });
      await book.locator("tr.mid", { hasText: "mid —" }).waitFor();
    }));

  it("never shows a book as live that cannot be believed", async () => {
    const lab = await Lab.start();
    const own = await Terminal.start(["serve", "--lab-url", lab.url, "--hot-interval-s", "3600"]);
    try {
      await own.synced();
      const [first] = (
        await own.api("/api/polymarket/markets?traits=accepting_orders&price_min=0.2&price_max=0.8&limit=1")
      ).data;
      await withPage(
        browser,
        own.url,
        async (page) => {
          await page.goto(`/markets/${first.slug}`);
          const badge = page.locator("section.book .bline");
          await badge.filter({ hasText: "live" }).waitFor({ timeout: PATIENCE_MS });

          // Connections break and none is made: the book is dimmed, and the badge says why.
          await lab.inject({ path_prefix: "/ws", kind: "cut_socket" });
          await lab.inject({ path_prefix: "/ws", kind: "server_error" });
          const doubted = badge.filter({ hasText: /^(stale|gap) · [a-z]/ });
          await doubted.waitFor({ timeout: PATIENCE_MS });
          await page.locator('section.book .booked:not([data-state="live"])').waitFor();
          await lab.mend();
          await badge.filter({ hasText: "live" }).waitFor({ timeout: PATIENCE_MS });

          await lab.stop();
          await badge.filter({ hasText: "stale" }).waitFor({ timeout: PATIENCE_MS });
        },
        { tolerate: UNREACHABLE },
      );
    } finally {
      await own.stop();
      await lab.stop();
    }
  });
});
