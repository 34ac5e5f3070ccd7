// Wallets: the page says what the API says, with a script and without; the panel beside other pages; comparison; states.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { withPage } from "./browser.mjs";
import { parseCsv } from "./csv.mjs";
import { eventually } from "./eventually.mjs";
import { shared } from "./shared.mjs";
import { holders, IMPORT_WITHIN_MS, imported, profileOf } from "./wallet-subjects.mjs";

/** A browser reports a page that answers with an error as an error of its own; that is what these pages are. */
const REFUSED = /status of 400/;
/** The exchange's own contract. */
const CONTRACT = "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e";
const wholeNumber = new Intl.NumberFormat("en-US");
const percent = (part) => {
  const value = part * 100;
  return `${value.toFixed(value !== 0 && Math.abs(value) < 9.95 ? 1 : 0)}%`;
};

describe("wallets", () => {
  let terminal;
  let browser;
  let wallet;
  let other;
  before(async () => {
    ({ terminal, browser } = await shared());
    [wallet, other] = await imported(terminal);
  });

  const visit = (body, options) => withPage(browser, terminal.url, body, options);
  const page = (address) => `/wallets/${address}`;
  const part = async (name, address = wallet.address) =>
    (await terminal.api(`/api/polymarket/wallet/${address}/${name}`)).data;
  const scripted = (view) => view.locator("button.find").waitFor({ state: "attached" });

  /** What a page of this wallet must say, with a script and without. */
  async function saysWhatTheApiSays(view) {
    const profile = await profileOf(terminal, wallet.address);
    const { metrics } = await part("metrics");
    const { reconciliation, series, totals } = await part("pnl");
    const badges = await view.locator(".badges li").allTextContents();
    assert.deepEqual(
      badges,
      profile.badges.map(({ text }) => text),
    );
    const performance = view.getByRole("region", { name: "Performance" });
    const row = (name) => performance.getByRole("row", { name: new RegExp(`^${name}`) });
    const record = metrics.all_time.value;
    const cell = (name) => row(name).getByRole("cell").first().textContent();
    assert.equal(await cell("Settled events"), wholeNumber.format(record.events));
    const rate = await cell("Win rate");
    assert.ok(rate.startsWith(percent(record.win_rate.value)), rate);
    assert.ok(rate.includes("[") && rate.endsWith(`of ${record.wins + record.losses}`), rate);
    const rows = view.locator("section.reconciliation .recon");
    assert.equal(await rows.count(), reconciliation.length);
    for (const [index, { venue, ours }] of reconciliation.entries()) {
      const text = await rows.nth(index).textContent();
      // To the cent, as it is shown: $67.9997 is $68.00.
      const exact = (usdc) => wholeNumber.format(Math.trunc(Number(Math.abs(usdc).toFixed(2))));
      assert.ok(text.includes(exact(venue)), `${text} lacks the venue's ${venue}`);
      if (ours.withheld) assert.ok(text.includes("withheld"), text);
      else assert.ok(text.includes(exact(ours.value)), `${text} lacks ours, ${ours.value}`);
    }
    const total = view.locator("dl.facts div", { hasText: "Total profit" }).locator("dd");
    const shown = await total.textContent();
    if (totals.total.at_least != null) assert.match(shown, /^≥/);
    else if (totals.total.withheld) assert.equal(shown, "withheld");
    else assert.match(shown, totals.total.value < 0 ? /^−\$/ : /^(\+\$|\$0)/);
    const exposure = await part("exposure");
    assert.equal(await view.locator("section.exposure .expo").count(), Math.min(12, exposure.length));
    const open = await part("positions");
    const heading = view.getByRole("region", { name: "Open positions", exact: true }).getByRole("heading");
    assert.equal(await heading.textContent(), `Open positions${wholeNumber.format(open.length)}`);
    // After a fee that nobody told, what was made is known before fees only.
    const own = series.find(({ source }) => source === "ledger").points;
    const ours = own.some((point) => point.total !== null) ? "settled" : "before fees";
    for (const line of [`Our ledger, ${ours}`, "Polymarket's API, total"]) {
      await view.locator(".pnl-card .plegend", { hasText: line }).waitFor();
    }
  }

  it("shows what the API says", () =>
    visit(async (view) => {
      await view.goto(page(wallet.address));
      await scripted(view);
      await saysWhatTheApiSays(view);
      assert.match(await view.title(), /Cascadian/);
    }));

  it("shows the same without a script, and pages by links", () =>
    visit(
      async (view) => {
        await view.goto(page(wallet.address));
        await saysWhatTheApiSays(view);
        await view.locator(".pnl-card svg.drawn path").first().waitFor();
        const times = () =>
          view.locator("section.trades tbody time").evaluateAll((all) => all.map((one) => one.dateTime));
        const instants = (rows) => rows.map(({ happened_at }) => Date.parse(happened_at));
        const first = await terminal.api(`/api/polymarket/wallet/${wallet.address}/trades?limit=100`);
        assert.deepEqual((await times()).map(Date.parse), instants(first.data));
        await view
          .getByRole("navigation", { name: "Pages of trades" })
          .getByRole("link", { name: "Older ones" })
          .click();
        const cursor = encodeURIComponent(first.metadata.next_cursor);
        const second = await terminal.api(
          `/api/polymarket/wallet/${wallet.address}/trades?limit=100&cursor=${cursor}`,
        );
        assert.deepEqual((await times()).map(Date.parse), instants(second.data));
        await view.getByRole("link", { name: "1w", exact: true }).click();
        await view.locator('.pnl-card .seg a[aria-current="true"]', { hasText: "1w" }).waitFor();
        assert.ok(new URL(view.url()).searchParams.has("trades"), "the page of trades is kept");
      },
      { javaScriptEnabled: false },
    ));

  it("starts from what the server wrote, without asking again", () =>
    visit(async (view) => {
      const asked = [];
      view.on("request", (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith("/api/polymarket/wallet/")) asked.push(pathname);
      });
      await view.goto(`${page(wallet.address)}?range=1m&side=buy`);
      await scripted(view);
      await view.locator("section.trades tbody tr td").first().waitFor();
      await view.locator("section.activity li").first().waitFor();
      await view.locator("section.closed").waitFor();
      assert.deepEqual(asked, []);
    }));

  it("narrows the trades, keeps that over a reload and in the file", () =>
    visit(async (view) => {
      await view.goto(page(wallet.address));
      await scripted(view);
      const trades = view.locator("section.trades");
      const pressed = (name) => trades.getByRole("button", { name, pressed: true });
      await trades.getByRole("button", { name: "buys" }).click();
      await trades.getByRole("button", { name: "≥ $100" }).click();
      await view.waitForURL(/side=buy&min=100|min=100&side=buy/);
      await view.reload();
      await scripted(view);
      await pressed("buys").waitFor();
      await pressed("≥ $100").waitFor();
      const { data } = await terminal.api(
        `/api/polymarket/wallet/${wallet.address}/trades?side=buy&min_usdc=100&limit=1000`,
      );
      const file = await trades.locator("a[download]").getAttribute("href");
      const response = await fetch(new URL(file, terminal.url));
      const [head, ...rows] = parseCsv(await response.text());
      assert.ok(head.length > 5, head.join());
      assert.ok(rows.length >= data.length, `${rows.length} rows in the file, ${data.length} in the API`);
      if (data.length === 0) await trades.getByText("No recorded trade is of this side and size.").waitFor();
      else {
        const sides = await trades.locator("tbody tr[aria-rowindex] td:nth-child(2)").allTextContents();
        assert.deepEqual([...new Set(sides)], ["buy"]);
      }
    }));

  it("draws the rows in view only, and more when their end is reached", () =>
    visit(async (view) => {
      await view.goto(page(wallet.address));
      await scripted(view);
      const box = view.getByRole("region", { name: "Trades, the newest first" });
      const table = box.getByRole("table");
      assert.equal(await table.getAttribute("aria-rowcount"), "101");
      assert.ok((await box.locator("tr[aria-rowindex]").count()) < 60);
      await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await eventually("another page of trades", 15_000, async () => {
        return Number(await table.getAttribute("aria-rowcount")) > 101;
      });
      assert.ok((await box.locator("tr[aria-rowindex]").count()) < 80);
    }));

  it("opens beside a market from its holders and its tape, by keyboard, and leads to the whole page", () =>
    visit(async (view) => {
      const busy = "/api/polymarket/markets?traits=accepting_orders&price_min=0.2&price_max=0.8&limit=1";
      const [{ slug }] = (await terminal.api(busy)).data;
      await eventually("a tape", 60_000, async () => {
        const { data } = await terminal.api(`/api/polymarket/markets/${slug}/trades?limit=5`);
        return data.some((trade) => trade.wallet !== null);
      });
      await view.goto(`/markets/${slug}`);
      await scripted(view);
      const panel = view.getByRole("complementary", { name: "Details of the wallet" });
      for (const section of ["holders", "tapes"]) {
        const link = view.locator(`section.${section} tbody a[data-beside]`).first();
        await link.waitFor();
        const named = await link.getAttribute("data-beside");
        await link.focus();
        await view.keyboard.press("Enter");
        await panel.waitFor();
        await panel.getByRole("link", { name: "Whole page" }).waitFor();
        assert.equal(new URL(view.url()).searchParams.get("wallet"), named);
        assert.equal(await panel.evaluate((element) => element === document.activeElement), true);
        await view.keyboard.press("Escape");
        await panel.waitFor({ state: "detached" });
        assert.equal(new URL(view.url()).searchParams.has("wallet"), false);
        if (section === "holders") {
          assert.equal(
            await view.evaluate(() => document.activeElement?.dataset.beside),
            named,
            "focus returns",
          );
        }
      }
      await view.goto(`/markets/${slug}?wallet=${wallet.address}`);
      await panel.getByRole("link", { name: "Whole page" }).click();
      await view.waitForURL((url) => url.pathname === page(wallet.address));
      await view.getByRole("region", { name: "Performance" }).waitFor();
    }));

  it("compares wallets, adds one and takes one out", () =>
    visit(async (view) => {
      await view.goto(`/wallets/compare?w=${wallet.address},${other.address}`);
      await scripted(view);
      const columns = view.locator("table.compared thead th .who");
      await columns.nth(1).waitFor();
      const { metrics } = await part("metrics");
      const row = view.getByRole("row", { name: /^Settled events/ });
      await row
        .getByText(wholeNumber.format(metrics.all_time.value.events), { exact: true })
        .first()
        .waitFor();
      const [third] = (await holders(terminal)).filter(
        (address) => address !== wallet.address && address !== other.address,
      );
      await view.getByLabel("Wallet to add").fill(third);
      await view.getByLabel("Wallet to add").press("Enter");
      await columns.nth(2).waitFor();
      await view.getByRole("link", { name: `Take ${wallet.address} out` }).click();
      await view.waitForURL((url) => !url.search.includes(wallet.address));
      assert.equal(await columns.count(), 2);
    }));

  it("compares without a script", () =>
    visit(
      async (view) => {
        await view.goto(`/wallets/compare?w=${wallet.address}&w=${other.address}`);
        assert.equal(await view.locator("table.compared thead th .who").count(), 2);
        const { metrics } = await part("metrics");
        const cell = view
          .getByRole("row", { name: /^Settled events/ })
          .getByRole("cell")
          .first();
        assert.equal(await cell.textContent(), wholeNumber.format(metrics.all_time.value.events));
      },
      { javaScriptEnabled: false },
    ));

  it("finds a wallet by its address, with a script and without", async () => {
    const upper = `0x${wallet.address.slice(2).toUpperCase()}`;
    await visit(async (view) => {
      await view.goto("/wallets");
      await scripted(view);
      await view.keyboard.press("/");
      await view.keyboard.type(upper);
      await view.locator(`.wlist a[href="${page(wallet.address)}"]`).waitFor();
      await view.keyboard.press("Enter");
      await view.getByRole("region", { name: "Performance" }).waitFor();
    });
    await visit(
      async (view) => {
        await view.goto("/wallets");
        await view.getByLabel("Find a wallet by address, name or profile").fill(upper);
        await view.getByRole("button", { name: "Find" }).click();
        await view.waitForURL((url) => url.pathname === page(wallet.address));
      },
      { javaScriptEnabled: false },
    );
  });

  it("finds a wallet by the beginning of its name", async (test) => {
    const profiles = await Promise.all(
      (await holders(terminal)).slice(0, 12).map((one) => profileOf(terminal, one)),
    );
    const named = profiles.find(({ name }) => name !== null);
    if (!named) return test.skip("none of them has a name");
    await visit(async (view) => {
      await view.goto(`/wallets?q=${named.name.slice(0, -2).toUpperCase()}`);
      await view.locator(`.wlist a[href="${page(named.address)}"]`, { hasText: named.name }).waitFor();
    });
  });

  it("says so while a wallet is imported, and fills by itself", async () => {
    const all = await holders(terminal);
    // Nothing has asked for the last ones yet.
    const stranger = all.at(-1);
    await visit(async (view) => {
      await view.goto(page(stranger));
      await view
        .getByText(/fills by itself|imported/)
        .first()
        .waitFor();
      await view.getByRole("region", { name: "Performance" }).waitFor({ timeout: IMPORT_WITHIN_MS });
      await view.locator("section.trades").waitFor();
    });
  });

  it("tells a wallet that never did anything from one that is not known", () =>
    visit(async (view) => {
      const nobody = `0x${"0b".repeat(20)}`;
      await view.goto(page(nobody));
      await view.getByText("This wallet was not known until now").waitFor();
      await view.getByText("This wallet has never traded").waitFor({ timeout: IMPORT_WITHIN_MS });
    }));

  it("refuses a contract by name, and what is no wallet with the remedy", () =>
    visit(
      async (view) => {
        await view.goto(page(CONTRACT));
        await view.getByRole("heading", { name: "This address is nobody's wallet" }).waitFor();
        await view.goto("/wallets/0x12");
        await view.getByText("40 hexadecimal digits").first().waitFor();
      },
      { tolerate: REFUSED },
    ));

  it("explains its figures", () =>
    visit(async (view) => {
      await view.goto(page(wallet.address));
      await scripted(view);
      await view.getByRole("link", { name: "what these mean", exact: true }).click();
      await view.getByRole("heading", { level: 1, name: "Profit and loss of a wallet" }).waitFor();
    }));
});
