// The screener as people use it: what the table shows is always what the API answers to the address.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { openList, rowTotal, titles, waitForTotal, withPage } from "./browser.mjs";
import { parseCsv } from "./csv.mjs";
import { eventually } from "./eventually.mjs";
import { shared } from "./shared.mjs";

describe("the screener", () => {
  let terminal;
  let browser;
  before(async () => {
    ({ terminal, browser } = await shared());
  });

  const visit = (body, options) => withPage(browser, terminal.url, body, options);
  /** What the API answers to the page's address. */
  const answer = (page, more = "") => {
    const query = new URL(page.url()).searchParams;
    query.delete("cols");
    return terminal.api(`/api/polymarket/markets?${query}&${more}`);
  };

  it("shows the whole result, with the API's total", () =>
    visit(async (page) => {
      await openList(page, "/markets");
      const { metadata, data } = await answer(page, "limit=100");
      assert.equal(await rowTotal(page), metadata.total);
      assert.ok(metadata.total > 1000, `${metadata.total} markets`);
      assert.equal(await page.locator(".head .sub b").textContent(), metadata.total.toLocaleString("en-US"));
      const shown = await titles(page);
      assert.deepEqual(
        shown,
        data.slice(0, shown.length).map((market) => market.title),
      );
    }));

  it("takes the server's page over without asking for it again", () =>
    visit(async (page) => {
      const lists = [];
      page.on("request", (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname === "/api/polymarket/markets" && searchParams.get("limit") !== "1")
          lists.push(request.url());
      });
      await openList(page, "/markets?category=sports");
      await page.waitForLoadState("networkidle").catch(() => {});
      const repeated = lists.filter((url) => !new URL(url).searchParams.has("offset"));
      assert.deepEqual(repeated, []);
    }));

  it("narrows while one types, and widens again", () =>
    visit(async (page) => {
      await openList(page, "/markets");
      const all = await rowTotal(page);
      const [first] = await titles(page);
      const word = first.split(/\W+/).findLast((part) => part.length > 4);
      const box = page.getByLabel("Filter markets by text");
      await page.keyboard.press("/");
      await box.pressSequentially(word);
      await page.waitForURL((url) => url.searchParams.get("q") === word);
      const { metadata, data } = await answer(page, "limit=1");
      assert.ok(metadata.total > 0 && metadata.total < all, `${metadata.total} of ${all}`);
      await waitForTotal(page, metadata.total);
      assert.equal((await titles(page))[0], data[0].title);
      await box.press("Escape");
      await page.waitForURL((url) => !url.searchParams.has("q"));
      await waitForTotal(page, all);
    }));

  it("says which filters to relax when nothing matches", () =>
    visit(async (page) => {
      await page.goto("/markets?q=qzxqzxqzx&category=sports");
      await page.getByRole("heading", { name: "No market matches" }).waitFor();
      await page.getByRole("link", { name: "without text" }).click();
      await page.waitForURL((url) => !url.searchParams.has("q"));
      await waitForTotal(page, (await answer(page)).metadata.total);
    }));

  it("filters by a facet, whose count is then the total", () =>
    visit(async (page) => {
      await openList(page, "/markets");
      const { metadata } = await answer(page, "facets=true&limit=1");
      const chosen = metadata.facets.category.find((facet) => facet.count > 0);
      await page.locator(".facets a.fr", { hasText: chosen.label }).first().click();
      await page.waitForURL((url) => url.searchParams.get("category") === chosen.value);
      await waitForTotal(page, chosen.count);
      const marks = await page
        .locator("tbody a.mk .ic")
        .evaluateAll((all) => all.map((mark) => mark.className));
      assert.ok(
        marks.every((classes) => classes.includes(`cat-${chosen.value}`)),
        marks.join(),
      );
      assert.equal((await page.locator(".facets a.fr[aria-current]").count()) >= 1, true);
    }));

  it("sorts by a header, and by a second one with shift", () =>
    visit(async (page) => {
      await openList(page, "/markets");
      await page.getByRole("button", { name: "Liquidity" }).click();
      await page.waitForURL((url) => url.searchParams.get("sort") === "-liquidity");
      await page.locator('th.c-liquidity[aria-sort="descending"]').waitFor();
      const sortedAlike = async () => {
        const expected = (await answer(page, "limit=1")).data[0].title;
        await page.locator("tbody tr[aria-rowindex='2'] .t", { hasText: expected }).waitFor();
      };
      await sortedAlike();
      await page.getByRole("button", { name: "Liquidity" }).click();
      await page.locator('th.c-liquidity[aria-sort="ascending"]').waitFor();
      await sortedAlike();
      await page.getByRole("button", { name: "Closes" }).click({ modifiers: ["Shift"] });
      await page.waitForURL((url) => url.searchParams.get("sort") === "liquidity,end_date");
      assert.deepEqual(await page.locator("th .dir sub").allTextContents(), ["1", "2"]);
      await sortedAlike();
    }));

  it("shows the chosen columns, and the address keeps them", () =>
    visit(async (page) => {
      await openList(page, "/markets");
      assert.equal(await page.locator("th.c-best_bid").count(), 0);
      await page.getByRole("button", { name: "Columns" }).click();
      await page.getByRole("checkbox", { name: "Bid" }).click();
      await page.locator("th.c-best_bid").waitFor();
      await page.getByRole("checkbox", { name: "Spread" }).click();
      await page.locator("th.c-spread").waitFor({ state: "detached" });
      await page.reload();
      await page.locator("th.c-best_bid").waitFor();
      assert.equal(await page.locator("th.c-spread").count(), 0);
    }));

  it("moves by j and k, opens with Enter, and comes back to the same row and filters", () =>
    visit(async (page) => {
      await openList(page, "/markets?category=politics&sort=-liquidity");
      const total = await rowTotal(page);
      const shown = await titles(page);
      for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
      const selected = page.locator('tbody tr[aria-selected="true"]');
      await page.locator('tbody tr[aria-rowindex="4"][aria-selected="true"]').waitFor();
      assert.equal(await selected.count(), 1);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/markets\/[^/]+$/);
      await page.getByRole("heading", { level: 1, name: shown[2], exact: true }).waitFor();
      await page.goBack();
      await page.waitForURL("/markets?category=politics&sort=-liquidity");
      await waitForTotal(page, total);
      await page.locator('tbody tr[aria-rowindex="4"][aria-selected="true"]').waitFor();
      assert.deepEqual((await titles(page)).slice(0, 3), shown.slice(0, 3));
    }));

  it("reaches the last row of thousands", () =>
    visit(async (page) => {
      await openList(page, "/markets");
      const total = await rowTotal(page);
      const { data } = await answer(page, `limit=1&offset=${total - 1}`);
      await page.locator(".scroll").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
      await page.locator(`tbody tr[aria-rowindex="${total + 1}"] .t`, { hasText: data[0].title }).waitFor();
      const existing = await page.locator("tbody tr[aria-rowindex]").count();
      assert.ok(existing < 150, `${existing} rows exist at once`);
      await page.keyboard.press("Home");
      await page.locator('tbody tr[aria-rowindex="2"][aria-selected="true"]').waitFor();
      await page.keyboard.press("End");
      await page.locator(`tbody tr[aria-rowindex="${total + 1}"][aria-selected="true"]`).waitFor();
    }));

  it("exports every row of the result", () =>
    visit(async (page) => {
      await openList(page, "/markets?category=crypto,economy");
      const total = await rowTotal(page);
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "Export" }).click();
      const file = await download;
      assert.match(file.suggestedFilename(), /\.csv$/);
      const [header, ...rows] = parseCsv(await text(await file.createReadStream()));
      assert.equal(rows.length, total);
      assert.ok(rows.every((row) => row.length === header.length));
      const { data } = await answer(page, "limit=1000");
      const at = header.indexOf("market_id");
      assert.deepEqual(
        rows.slice(0, data.length).map((row) => row[at]),
        data.map((market) => market.market_id),
      );
    }));

  it("finds a market through the palette", () =>
    visit(async (page) => {
      await openList(page, "/markets");
      const { data } = await terminal.api("/api/polymarket/markets?limit=1&offset=40");
      await page.keyboard.press("Control+k");
      const dialog = page.getByRole("dialog", { name: "Find markets, events, wallets and actions" });
      await dialog.getByRole("combobox").fill(data[0].title);
      await dialog.getByRole("option", { selected: true }).filter({ hasText: data[0].title }).waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(`/markets/${data[0].slug}`);
      await page.getByRole("heading", { level: 1, name: data[0].title, exact: true }).waitFor();
    }));

  it("refreshes what is on screen in place", () =>
    visit(async (page) => {
      await openList(page, "/markets?sort=title");
      const scroller = page.locator(".scroll");
      await scroller.evaluate((element) => element.scrollTo(0, 4000));
      await eventually("rows in the middle", 15_000, async () => {
        const skeletons = await page.locator("tbody .skel").count();
        return skeletons === 0 && (await scroller.evaluate((element) => element.scrollTop)) === 4000;
      });
      // A flicker would be a row without its content at any moment of the refresh.
      await page.evaluate(() => {
        window.flickers = 0;
        const watch = () => {
          if (document.querySelector("tbody .skel, .state")) window.flickers += 1;
        };
        new MutationObserver(watch).observe(document.querySelector(".scroll"), {
          childList: true,
          subtree: true,
        });
      });
      const figures = () => page.locator("tbody tr[aria-rowindex]").allInnerTexts();
      const before = await figures();
      await eventually("changed figure", 60_000, async () => {
        await terminal.refresh();
        return (await figures()).join() !== before.join();
      });
      assert.equal(await scroller.evaluate((element) => element.scrollTop), 4000);
      assert.equal(await page.evaluate(() => window.flickers), 0);
    }));
});

async function text(stream) {
  let whole = "";
  for await (const part of stream.setEncoding("utf8")) whole += part;
  return whole;
}
