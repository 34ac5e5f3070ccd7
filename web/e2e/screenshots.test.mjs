// The pictures of the README, written only when SCREENSHOTS is set.
import { mkdir } from "node:fs/promises";
import { before, describe, it } from "node:test";
import { DESKTOP, PHONE, withPage } from "./browser.mjs";
import { eventually } from "./eventually.mjs";
import { shared } from "./shared.mjs";
import { imported } from "./wallet-subjects.mjs";

/** What a page must have before its picture is taken. */
const PARTS = {
  market: [
    ".pchart canvas",
    'section.book .bstate[data-state="live"]',
    "section.tapes tbody tr",
    "section.holders tbody tr",
    "section.slip dl",
  ],
  event: [".echart path", ".distribution tbody tr"],
  map: [".treemap canvas"],
  wallet: [
    ".pnl-card path",
    "table.scores-table tbody tr",
    "section.reconciliation .recon",
    "section.exposure",
  ],
  "wallet-panel": ["aside.panel .facts", ".pchart canvas"],
  compare: ["table.compared tbody td"],
  whales: ["table.board tr.row"],
  positions: ["table.board tr.row"],
  flows: [".echart.flows rect.part"],
  scoreboard: ["table.board tr.row .span-bar"],
  insiders: ["article.finding"],
  signals: ["table.tally tbody tr", "table.board tr.row"],
  score: ["section.trial tbody tr"],
};

/** How long the histories of an event may take to be read. */
const HISTORY_WITHIN_MS = 60_000;
/** How far back they must reach to be drawn for a week. */
const HISTORY_OF_MS = 6 * 86_400_000;

/** Upstream's history of a market is read once somebody looks at it: an event's chart has a line for each that was. */
async function withHistory(terminal, event) {
  const { data } = await terminal.api(`/api/polymarket/events/${event.slug}`);
  const open = data.markets.filter(({ status }) => status === "open").slice(0, 8);
  for (const { slug } of open) await terminal.api(`/api/polymarket/ohlc/${slug}?range=1w`);
  const wanted = Math.min(3, open.length);
  const enough = Date.now() - HISTORY_OF_MS;
  await eventually(`history of ${wanted} outcomes`, HISTORY_WITHIN_MS, async () => {
    for (const { slug } of open) await terminal.api(`/api/polymarket/order-book/${slug}`);
    const { data: history } = await terminal.api(`/api/polymarket/events/${event.slug}/history?range=1w`);
    return history.outcomes.filter(({ points: [first] }) => Date.parse(first?.at) < enough).length >= wanted;
  });
}

/** How long the first scores, findings, signals and trials may take on a busy machine. */
const FOUND_WITHIN_MS = 300_000;

/** The hubs have something to show. */
async function withFindings(terminal) {
  const lists = [
    "/api/whale/scoreboard?score=smart_money",
    "/api/insiders/wallets?gated=show",
    "/api/signals",
  ];
  for (const list of lists)
    await eventually(`rows of ${list}`, FOUND_WITHIN_MS, async () => {
      return (await terminal.api(list)).data.rows.length > 0;
    });
  await eventually("a trial of smart money", FOUND_WITHIN_MS, async () => {
    return (await terminal.api("/api/scores/smart_money/audit")).data.trials.length > 0;
  });
}

const TARGET = new URL("../../docs/screenshots/", import.meta.url).pathname;

describe("screenshots", { skip: !process.env.SCREENSHOTS && "SCREENSHOTS is not set" }, () => {
  let terminal;
  let browser;
  let paths;
  before(async () => {
    ({ terminal, browser } = await shared());
    await mkdir(TARGET, { recursive: true });
    const { data } = await terminal.api("/api/polymarket/events?limit=50&category=politics");
    // A race that is open still has more to show than one that is decided.
    const isOpen = ({ market_count, top_markets: [first] }) => market_count > 5 && first.price < 0.8;
    const event = data.find(isOpen) ?? data.find((candidate) => candidate.market_count > 5) ?? data[0];
    await withHistory(terminal, event);
    const [wallet, other] = await imported(terminal);
    await withFindings(terminal);
    paths = {
      screener: "/markets",
      events: "/events",
      event: `/events/${event.slug}`,
      market: `/markets/${event.top_markets[0].slug}`,
      map: "/map",
      categories: "/categories",
      wallet: `/wallets/${wallet.address}`,
      "wallet-panel": `/markets/${event.top_markets[0].slug}?wallet=${wallet.address}`,
      compare: `/wallets/compare?w=${wallet.address},${other.address}`,
      whales: "/whales?timeframe=all",
      positions: "/whales?tab=positions",
      flows: "/whales?tab=flows&timeframe=all",
      scoreboard: "/whales?tab=scoreboard&score=smart_money",
      insiders: "/insiders?tab=wallets&gated=show",
      signals: "/signals",
      score: "/scores/smart_money",
    };
  });

  const take = async (name, path, suffix, options) =>
    withPage(
      browser,
      terminal.url,
      async (page) => {
        await page.goto(path);
        await page.locator("button.find").waitFor({ state: "attached" });
        await page.locator("main h1").waitFor();
        // Charts come in chunks of their own, and panels with answers of their own.
        for (const part of PARTS[name] ?? []) await page.locator(part).first().waitFor();
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: `${TARGET}${name}-${suffix}.png`, animations: "disabled" });
      },
      options,
    );

  it("are written", async () => {
    for (const [name, path] of Object.entries(paths)) {
      await take(name, path, "dark", { colorScheme: "dark", viewport: DESKTOP });
      await take(name, path, "light", { colorScheme: "light", viewport: DESKTOP });
      await take(name, path, "phone", { colorScheme: "dark", viewport: PHONE });
    }
  });
});
