// The terminal with scripts switched off: it browses, filters, sorts and pages.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { PHONE, titles, withPage } from "./browser.mjs";
import { shared } from "./shared.mjs";

describe("without scripts", () => {
  let terminal;
  let browser;
  before(async () => {
    ({ terminal, browser } = await shared());
  });

  const visit = (body, options) =>
    withPage(browser, terminal.url, body, { javaScriptEnabled: false, ...options });
  const expected = async (path) => (await terminal.api(path)).data.map((row) => row.title);

  it("shows the first hundred markets", () =>
    visit(async (page) => {
      await page.goto("/markets");
      assert.deepEqual(await titles(page), await expected("/api/polymarket/markets?limit=100"));
      assert.match(await page.title(), /Screener/);
    }));

  it("pages forth and back", () =>
    visit(async (page) => {
      await page.goto("/markets");
      await page.getByRole("link", { name: "Next", exact: true }).click();
      assert.deepEqual(await titles(page), await expected("/api/polymarket/markets?limit=100&offset=100"));
      await page.getByText(/^101–200 of/).waitFor();
      await page.getByRole("link", { name: "Previous" }).click();
      assert.deepEqual(await titles(page), await expected("/api/polymarket/markets?limit=100"));
    }));

  it("searches by its form and keeps the search while it sorts", () =>
    visit(async (page) => {
      await page.goto("/markets");
      await page.getByLabel("Filter by text").fill("election");
      await page.getByLabel("Filter by text").press("Enter");
      await page.waitForURL((url) => url.searchParams.get("q") === "election");
      const found = await titles(page);
      assert.ok(found.length > 0);
      assert.deepEqual(found, await expected("/api/polymarket/markets?limit=100&q=election"));
      await page.locator("th.c-liquidity a").click();
      const query = new URL(page.url()).searchParams;
      assert.equal(query.get("q"), "election");
      assert.match(query.get("sort"), /liquidity/);
      const sort = query.get("sort");
      assert.deepEqual(
        await titles(page),
        await expected(`/api/polymarket/markets?limit=100&q=election&sort=${sort}`),
      );
    }));

  it("filters by categories and ranges of its form", () =>
    visit(async (page) => {
      await page.goto("/markets");
      const open = (label) => page.locator("form.chips summary", { hasText: label }).click();
      await open("Category");
      await page.getByLabel("Politics", { exact: true }).check();
      await page.getByLabel("Crypto", { exact: true }).check();
      await open("Category");
      await open("Price");
      await page.locator('input[name="price_min"]').fill("0.2");
      await page.getByRole("button", { name: "Apply" }).click();
      const path = "/api/polymarket/markets?limit=100&category=politics,crypto&price_min=0.2";
      assert.deepEqual(await titles(page), await expected(path));
      const marks = await page
        .locator("tbody a.mk .ic")
        .evaluateAll((all) => all.map((mark) => mark.className))
        .catch(() => null);
      if (marks) assert.ok(marks.every((classes) => /cat-(politics|crypto)/.test(classes)));
      assert.equal(await page.locator('input[name="price_min"]').inputValue(), "0.2");
    }));

  it("filters by facets, which are links", () =>
    visit(async (page) => {
      await page.goto("/markets");
      await page.locator(".facets a.fr", { hasText: "Sports" }).first().click();
      assert.equal(new URL(page.url()).searchParams.get("category"), "sports");
      assert.deepEqual(
        await titles(page),
        await expected("/api/polymarket/markets?limit=100&category=sports"),
      );
      await page.locator('.facets a.fr[aria-current="true"]', { hasText: "Sports" }).click();
      assert.equal(new URL(page.url()).searchParams.get("category"), null);
    }));

  it("moves tables to another window by links", () =>
    visit(async (page) => {
      await page.goto("/markets?sort=-volume_24h");
      await page.getByRole("link", { name: "1h", exact: true }).click();
      await page.locator("th.c-taker_volume_1h").waitFor();
      await page.locator("th.c-change_1h").waitFor();
      assert.equal(new URL(page.url()).searchParams.get("sort"), "-taker_volume_1h");
      assert.deepEqual(
        await titles(page),
        await expected("/api/polymarket/markets?limit=100&sort=-taker_volume_1h"),
      );
      for (const path of ["/map", "/categories"]) {
        await page.goto(path);
        await page.getByRole("link", { name: "6h", exact: true }).click();
        await page.waitForURL(`**${path}?change=6h`);
        await page.locator("th", { hasText: "Change 6h" }).first().waitFor();
      }
    }));

  it("draws a market's prices as a line and as candles", () =>
    visit(async (page) => {
      const [first] = (await terminal.api("/api/polymarket/markets?limit=1")).data;
      await page.goto(`/markets/${first.slug}?range=1d`);
      await page.locator("svg.drawn path.line").first().waitFor({ state: "attached" });
      await page.getByRole("link", { name: "Candles" }).click();
      await page.waitForURL((url) => url.searchParams.get("chart") === "candles");
      await page.locator("svg.drawn path.candle").first().waitFor({ state: "attached" });
      assert.equal(await page.locator("svg.drawn path.line").count(), 0);
      assert.equal(new URL(page.url()).searchParams.get("range"), "1d");
    }));

  it("names a value it cannot use, and keeps what was typed", () =>
    visit(
      async (page) => {
        const response = await page.goto("/markets?price_min=cheap&q=will");
        assert.equal(response.status(), 400);
        await page.locator("code", { hasText: "price_min" }).waitFor();
        assert.equal(await page.getByLabel("Filter by text").inputValue(), "will");
      },
      { tolerate: /status of 400/ },
    ));

  it("reads events, an event and a market", () =>
    visit(async (page) => {
      await page.goto("/events");
      const [first] = await titles(page);
      await page.locator("tbody a.mk").first().click();
      assert.equal(await page.locator("h1").textContent(), first);
      const [, second] = await titles(page);
      const link = page.locator(".left tbody a.mk").first();
      const href = await link.getAttribute("href");
      await link.click();
      await page.waitForURL(href);
      assert.ok((await page.locator("h1").textContent()).length > 0, second);
      await page.getByRole("heading", { name: "Rules" }).waitFor();
    }));

  it("fits a phone", () =>
    visit(
      async (page) => {
        for (const path of ["/markets", "/events"]) {
          await page.goto(path);
          const box = await page.locator("main").boundingBox();
          assert.ok(box.x >= 0 && box.x + box.width <= PHONE.width, `${path}: ${JSON.stringify(box)}`);
        }
      },
      { viewport: PHONE },
    ));
});
