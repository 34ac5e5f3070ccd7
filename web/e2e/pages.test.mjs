// Events, event and market pages, what surrounds them, and how they fit a phone.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { DESKTOP, openList, PHONE, rowTotal, titles, waitForTotal, withPage } from "./browser.mjs";
import { shared } from "./shared.mjs";

/** A browser reports a page that is not there as an error of its own; that is what these pages are. */
const NOT_FOUND = /status of 404/;

describe("the pages", () => {
  let terminal;
  let browser;
  let market;
  let event;
  before(async () => {
    ({ terminal, browser } = await shared());
    const { data } = await terminal.api("/api/polymarket/events?limit=50");
    const family = data.find((candidate) => candidate.market_count > 3) ?? data[0];
    ({ data: event } = await terminal.api(`/api/polymarket/events/${family.slug}`));
    market = event.markets[0];
  });

  const visit = (body, options) => withPage(browser, terminal.url, body, options);
  const headed = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

  it("says on every page that the world is simulated", async () => {
    for (const javaScriptEnabled of [true, false]) {
      await visit(
        async (page) => {
          for (const path of ["/markets", "/events", `/markets/${market.slug}`, `/events/${event.slug}`]) {
            await page.goto(path);
            await page.locator("header.top", { hasText: "simulated world" }).waitFor();
          }
        },
        { javaScriptEnabled },
      );
    }
  });

  it("lists events, filters and opens them", () =>
    visit(async (page) => {
      await openList(page, "/events");
      const { metadata, data } = await terminal.api("/api/polymarket/events?limit=100&facets=true");
      assert.equal(await rowTotal(page), metadata.total);
      const shown = await titles(page);
      assert.deepEqual(
        shown,
        data.slice(0, shown.length).map((row) => row.title),
      );
      const chosen = metadata.facets.category.find((facet) => facet.count > 0);
      await page.locator(".facets a.fr", { hasText: chosen.label }).first().click();
      await page.waitForURL((url) => url.searchParams.get("category") === chosen.value);
      await waitForTotal(page, chosen.count);
      const [first] = await titles(page);
      await page.locator("tbody a.mk").first().click();
      await headed(page, first);
    }));

  it("shows an event with every one of its markets", () =>
    visit(async (page) => {
      await page.goto(`/events/${event.slug}`);
      await headed(page, event.title);
      const links = page.locator(".left table.grid tbody a.mk");
      await links.nth(event.markets.length - 1).waitFor();
      assert.equal(await links.count(), event.markets.length);
      const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
      assert.deepEqual(hrefs.toSorted(), event.markets.map((row) => `/markets/${row.slug}`).toSorted());
      await links.first().click();
      await page.waitForURL(/\/markets\//);
      await page.goBack();
      await headed(page, event.title);
    }));

  it("shows a market with its figures, rules and siblings", () =>
    visit(async (page) => {
      await page.goto(`/markets/${market.slug}`);
      await headed(page, market.title);
      assert.equal(await page.title(), `${market.title} · Cascadian`);
      const { data } = await terminal.api(`/api/polymarket/markets/${market.market_id}`);
      await page.locator("dl.facts dt", { hasText: data.outcomes[0] }).first().waitFor();
      await page.locator(".kv").getByText(data.market_id, { exact: true }).first().waitFor();
      if (data.description)
        await page
          .locator(".prose", { hasText: data.description.split("\n")[0].slice(0, 60) })
          .first()
          .waitFor();
      await page.locator(".crumb a", { hasText: event.title }).click();
      await headed(page, event.title);
    }));

  it("opens a market by its id and by its condition id", () =>
    visit(async (page) => {
      for (const id of [market.market_id, market.condition_id]) {
        await page.goto(`/markets/${id}`);
        await headed(page, market.title);
      }
    }));

  it("says what is not there, and where to go", () =>
    visit(
      async (page) => {
        for (const [path, title] of [
          ["/nowhere", "There is no such page"],
          ["/markets/no-such-market", "There is no such market"],
          ["/events/no-such-event", "There is no such event"],
        ]) {
          const response = await page.goto(path);
          assert.equal(response.status(), 404, path);
          await page.getByRole("heading", { name: title }).waitFor();
          assert.equal(await page.getByRole("navigation", { name: "Pages" }).getByRole("link").count(), 9);
        }
      },
      { tolerate: NOT_FOUND },
    ));

  it("keeps the theme that was chosen, from the first paint on", () =>
    visit(
      async (page) => {
        await openList(page, "/markets");
        const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const light = await background();
        await page.getByRole("button", { name: /^Theme: system/ }).click();
        await page.getByRole("button", { name: /^Theme: dark/ }).waitFor();
        assert.notEqual(await background(), light);
        // Before any module has run.
        await page.route("**/assets/*.js", (route) => route.abort());
        await page.reload({ waitUntil: "commit" });
        await page.locator("table.grid tbody a.mk").first().waitFor();
        assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
        assert.notEqual(await background(), light);
      },
      { colorScheme: "light", tolerate: /ERR_FAILED/ },
    ));

  it("lists its shortcuts and goes by them", () =>
    visit(async (page) => {
      await openList(page, "/markets");
      await page.keyboard.press("?");
      await page
        .getByRole("dialog")
        .getByText("All shortcuts")
        .or(page.getByRole("dialog"))
        .first()
        .waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("g");
      await page.keyboard.press("e");
      await page.waitForURL("/events");
      await headed(page, "Events");
    }));

  it("shows the OpenAPI document to read", () =>
    visit(async (page) => {
      await page.goto("/docs");
      await page.getByText("/api/polymarket/markets").first().waitFor();
    }));

  it("fits a phone and a desk without scrolling sideways", () =>
    visit(async (page) => {
      for (const viewport of [PHONE, { width: 320, height: 640 }, DESKTOP]) {
        await page.setViewportSize(viewport);
        for (const path of [
          "/markets",
          "/events",
          `/markets/${market.slug}`,
          `/events/${event.slug}`,
          "/map",
          "/categories",
          "/docs",
        ]) {
          await page.goto(path);
          await page.locator("h1").first().waitFor();
          const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
          assert.ok(widths[0] <= widths[1], `${path} is ${widths[0]} wide on ${widths[1]}`);
        }
      }
    }));
});
