// Whales, informed flow, signals, scores and followed wallets, against what the API of a simulated world says.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { PHONE, withPage } from "./browser.mjs";
import { parseCsv } from "./csv.mjs";
import { eventually } from "./eventually.mjs";
import { shared } from "./shared.mjs";
import { imported } from "./wallet-subjects.mjs";

/** How long the first findings may take on a busy machine. */
const FOUND_WITHIN_MS = 240_000;

/** Every list: its page, its API, and what names a row of it. */
const LISTS = {
  trades: ["/whales?timeframe=all", "/api/whale/trades?timeframe=all"],
  positions: ["/whales?tab=positions", "/api/whale/positions"],
  flips: ["/whales?tab=flips&timeframe=all", "/api/whale/flips?timeframe=all"],
  concentration: ["/whales?tab=concentration", "/api/whale/concentration"],
  scoreboard: ["/whales?tab=scoreboard", "/api/whale/scoreboard"],
  "too few to say": ["/whales?tab=scoreboard&verdict=too_few", "/api/whale/scoreboard?verdict=too_few"],
  "informed markets": ["/insiders?gated=show", "/api/insiders/markets?gated=show"],
  "informed wallets": ["/insiders?tab=wallets&gated=show", "/api/insiders/wallets?gated=show"],
  signals: ["/signals", "/api/signals"],
};

const short = (address) => `${address.slice(0, 6)}…${address.slice(-4)}`;
const walletText = ({ name, address }) => (name?.startsWith("0x") === false ? name : short(address));

describe("traders", () => {
  let terminal;
  let browser;
  let trades;
  before(async () => {
    ({ terminal, browser } = await shared());
    await imported(terminal);
    trades = await eventually("large trades", FOUND_WITHIN_MS, async () => {
      const { data } = await terminal.api("/api/whale/trades?timeframe=all&limit=200");
      const wallets = new Set(data.rows.map(({ wallet }) => wallet.address));
      return wallets.size > 1 && data.rows;
    });
  });

  const visit = (body, options) => withPage(browser, terminal.url, body, options);
  const scripted = (view) => view.locator("button.find").waitFor({ state: "attached" });
  const rows = (view) => view.locator("table.board tbody tr:not(.why), article.finding");
  const shownWallets = (view) =>
    view
      .locator("table.board tbody tr.row .who a")
      .evaluateAll((all) => all.map((one) => one.dataset.beside));

  /** Each list shows the rows of the API, or what they wait for; a list that lives may have gone on meanwhile. */
  async function showsWhatTheApiSays(view) {
    for (const [name, [page, api]] of Object.entries(LISTS)) {
      await view.goto(page);
      const { data } = await terminal.api(api);
      if (data.rows.length === 0) {
        await view.locator(".state").waitFor();
        if (data.waiting_for !== null) await view.locator(".state", { hasText: data.waiting_for }).waitFor();
        continue;
      }
      // Records come in while a page is drawn: it is looked at again until both are of one moment.
      await eventually(`${name} as the API has them`, 60_000, async () => {
        await view.goto(page);
        const present = (await terminal.api(api)).data.rows;
        await rows(view).first().waitFor();
        const text = await view.locator("main").textContent();
        const named = ({ market, wallet }) => text.includes(wallet ? walletText(wallet) : market.question);
        return present.filter(named).length >= present.length / 2;
      });
    }
  }

  it("are listed as the API has them, or it is said what they wait for", () => visit(showsWhatTheApiSays));

  it("are listed the same without a script", () => visit(showsWhatTheApiSays, { javaScriptEnabled: false }));

  it("fit a phone", () =>
    visit(
      async (view) => {
        const pages = [
          ...Object.values(LISTS).map(([page]) => page),
          "/whales?tab=flows",
          "/scores",
          "/scores/whale",
        ];
        for (const page of pages) {
          await view.goto(page);
          await scripted(view);
          await view.locator("main h1").waitFor();
          const [wide, room] = await view.evaluate(() => [
            document.documentElement.scrollWidth,
            document.querySelector("main").scrollWidth,
          ]);
          assert.ok(wide <= PHONE.width && room <= PHONE.width, `${page}: ${wide}, ${room}`);
        }
      },
      { viewport: PHONE },
    ));

  it("are reached by keys, row after row", () =>
    visit(async (view) => {
      await view.goto("/markets");
      await view.locator('table.grid[role="grid"] tbody a.mk').first().waitFor();
      await view.keyboard.press("g");
      await view.keyboard.press("h");
      await view.waitForURL("**/whales");
      await view.goto("/whales?timeframe=all");
      await rows(view).nth(1).waitFor();
      const focused = () =>
        view.evaluate(() => {
          const row = document.activeElement?.closest("tr.row");
          return row ? [...row.parentElement.querySelectorAll("tr.row")].indexOf(row) : -1;
        });
      await view.keyboard.press("j");
      assert.equal(await focused(), 0);
      await view.keyboard.press("j");
      assert.equal(await focused(), 1);
      await view.keyboard.press("k");
      assert.equal(await focused(), 0);
      for (const [key, path] of [
        ["s", "/signals"],
        ["i", "/insiders"],
        ["r", "/scores"],
      ]) {
        await view.keyboard.press("g");
        await view.keyboard.press(key);
        await view.waitForURL(`**${path}`);
      }
    }));

  it("are narrowed in the address, which tabs, files and a reload keep", () =>
    visit(async (view) => {
      await view.goto("/whales");
      await scripted(view);
      await view.getByLabel("last").selectOption("all");
      await view.waitForURL(/timeframe=all/);
      const [largest] = trades.toSorted((left, right) => right.usdc - left.usdc);
      const least = Math.floor(largest.usdc);
      await view.getByLabel("At least so many dollars").fill(String(least));
      await view.keyboard.press("Enter");
      await view.waitForURL((url) => url.searchParams.get("min_usdc") === String(least));
      await rows(view).first().waitFor();
      const api = `/api/whale/trades?timeframe=all&min_usdc=${least}`;
      await eventually("only the largest", 15_000, async () => {
        const { data } = await terminal.api(api);
        return (await rows(view).count()) === data.rows.length;
      });
      const file = await view.locator("a[download]").first().getAttribute("href");
      const records = parseCsv(await (await fetch(new URL(file, terminal.url))).text());
      const { data } = await terminal.api(api);
      assert.ok(records.filter((record) => record.length > 1).length >= data.rows.length + 1);
      await view.getByRole("link", { name: "Flips" }).click();
      await view.waitForURL((url) => url.searchParams.get("tab") === "flips");
      assert.equal(new URL(view.url()).searchParams.get("min_usdc"), String(least));
      await view.reload();
      await scripted(view);
      assert.equal(await view.getByLabel("At least so many dollars").inputValue(), String(least));
      await view.getByRole("link", { name: "Reset" }).first().click();
      await view.waitForURL((url) => !url.searchParams.has("min_usdc"));
    }));

  it("hide what is decided and who makes markets, say so, and show it when asked", () =>
    visit(async (view) => {
      await view.goto("/whales?timeframe=all");
      await view.getByText("are hidden: they mostly collect what is decided").waitFor();
      await view.getByRole("link", { name: "Show them" }).first().click();
      await view.waitForURL(/endgame=show/);
      await view.getByText("5¢ and less, are shown").waitFor();
    }));

  it("say why, at an address of its own", () =>
    visit(async (view) => {
      await view.goto("/whales?timeframe=all");
      await rows(view).first().waitFor();
      await view.locator("td.c-why a").first().click();
      await view.waitForURL(/why=/);
      await view.locator("tr.why").waitFor();
      // Trades go on: the row may have gone down since, and is still there.
      await view.goto(view.url());
      await view.locator("tr.why .reasons").waitFor();
      await view.locator('td.c-why a[aria-expanded="true"]').click();
      await view.locator("tr.why").waitFor({ state: "detached" });
    }));

  it("start from what the server wrote, without asking again", () =>
    visit(async (view) => {
      for (const [page] of Object.values(LISTS)) {
        const asked = [];
        const note = (request) => {
          const { pathname } = new URL(request.url());
          if (/^\/api\/(whale|insiders|signals|scores)/.test(pathname)) asked.push(pathname);
        };
        view.on("request", note);
        await view.goto(page);
        await scripted(view);
        await view.locator("table.board tbody tr.row, article.finding, .state").first().waitFor();
        view.off("request", note);
        assert.deepEqual(asked, [], page);
      }
    }));

  it("are followed by a star, in every tab of the browser and after a reload", () =>
    visit(async (view, context) => {
      await view.goto("/whales?timeframe=all");
      const star = view.locator("table.board button.star").first();
      await star.click();
      const address = await view
        .locator("table.board tr.row", { has: view.locator('button.star[aria-pressed="true"]') })
        .first()
        .locator(".who a")
        .getAttribute("data-beside");
      const other = await context.newPage();
      await other.goto("/wallets");
      const followed = other.getByRole("region", { name: "Followed wallets" });
      await followed.locator(`a[href="/wallets/${address}"]`).waitFor();
      await view.reload();
      await view.getByRole("button", { name: /^followed only/ }).click();
      await view.waitForURL(/followed=1/);
      await eventually("only the followed wallet", 15_000, async () => {
        const shown = await shownWallets(view);
        return shown.length > 0 && shown.every((one) => one === address);
      });
      assert.match(
        await view.locator("a[download]").first().getAttribute("href"),
        new RegExp(`wallets=${address}`),
      );
      await followed.locator("button.star").click();
      await followed.getByText("None yet").waitFor();
      await view.getByRole("heading", { name: "You follow no wallet yet" }).waitFor();
    }));

  it("are followed from a text, fifty at most, and it is said what was left out", () =>
    visit(async (view) => {
      await view.goto("/wallets");
      const followed = view.getByRole("region", { name: "Followed wallets" });
      await followed.getByRole("button", { name: "Import" }).click();
      const text = Array.from(
        { length: 52 },
        (_, index) => `0x${String(index).padStart(40, "0")} name ${index}`,
      );
      await followed
        .getByLabel("Wallets to follow, one address a line")
        .fill([...text, "nonsense"].join("\n"));
      await followed.getByRole("button", { name: "Follow these" }).click();
      await view.getByText("50 followed; 2 left out").waitFor();
      assert.equal(await followed.locator("li").count(), 50);
      await view.goto(`/wallets/${trades[0].wallet.address}`);
      await view.locator(".hd").getByRole("button", { name: "Follow" }).click();
      await view.getByText("50 wallets are followed, and no more can be").waitFor();
    }));

  it("have their holdings told on the page of a market, where they are followed", () =>
    visit(async (view) => {
      const [{ slug, market_id }] = (await terminal.api("/api/polymarket/markets?limit=1&sort=-liquidity"))
        .data;
      const { data } = await terminal.api(`/api/polymarket/holders?market=${market_id}`);
      const [{ wallet }] = data.sides.find(({ holders }) => holders.length > 0).holders;
      await view.goto(`/markets/${slug}`);
      await view.locator(`section.holders tr:has(a[data-beside="${wallet}"]) button.star`).first().click();
      await view
        .locator("section.holders .held-by-followed", { hasText: "Held by wallets you follow" })
        .locator(`a[data-beside="${wallet}"]`)
        .first()
        .waitFor();
    }));

  /** A wallet that is scored, and its scores by the API. */
  async function scored() {
    const [wallet] = await imported(terminal);
    const path = `/api/polymarket/wallet/${wallet.address}/scores`;
    const { current } = await eventually("scores", FOUND_WITHIN_MS, async () => {
      const { data } = await terminal.api(path);
      return data.current.length > 0 && data;
    });
    return { wallet, current };
  }

  /** Every score with its interval, or the verdict in its place. Returns the card. */
  async function showsScores(view, { wallet, current }) {
    const card = view.getByRole("region", { name: "Scores", exact: true }).first();
    // A page waits two seconds for its panels, which a busy machine may exceed.
    await eventually("the card of scores", 60_000, async () => {
      await view.goto(`/wallets/${wallet.address}`);
      await card.locator("table.scores-table, .pnote").first().waitFor();
      return (await card.locator("table.scores-table").count()) > 0;
    });
    for (const { verdict, n, value } of current) {
      if (verdict === "too_few") await card.getByText("too few events to say").first().waitFor();
      if (verdict === "scored")
        await card
          .getByText(new RegExp(`^${Math.round(value)}( \\[|$)`))
          .first()
          .waitFor();
      assert.ok(Number.isInteger(n));
    }
    return card;
  }

  it("have scores that say how sure they are, or that there is too little to say", async () => {
    const known = await scored();
    await visit(async (view) => {
      const card = await showsScores(view, known);
      await card
        .getByRole("button", { name: /^Why: / })
        .first()
        .click();
      await card.locator("tr.why .reasons").first().waitFor();
    });
  });

  it("have the same scores without a script, and the reasons of each", async () => {
    const known = await scored();
    await visit(
      async (view) => {
        const card = await showsScores(view, known);
        const reasons = card.locator("details .reasons");
        assert.equal(await card.locator("tbody tr").count(), known.current.length);
        assert.equal(await reasons.first().isVisible(), false, "they are folded");
        await card.locator("details summary").first().click();
        await reasons
          .first()
          .getByText(/observations/)
          .waitFor();
        await reasons.first().getByRole("link", { name: "How often is this wrong?" }).waitFor();
      },
      { javaScriptEnabled: false },
    );
  });

  it("are told of on the page of a market", () =>
    visit(async (view) => {
      const { slug } = trades.find(({ market }) => market.slug !== "").market;
      const { data } = await terminal.api(`/api/polymarket/markets/${slug}/intelligence`);
      await view.goto(`/markets/${slug}`);
      const card = view.getByRole("region", { name: "Smart money and whales" });
      await card.getByText(/notable trades? in 24 h/).waitFor();
      if (data.consensus === null) await card.getByText("No consensus:").waitFor();
      else await card.getByText("Voices").waitFor();
    }));

  it("are never called insiders, and every finding has its reserve", () =>
    visit(async (view) => {
      for (const page of ["/insiders?gated=show", "/insiders?tab=wallets&gated=show"]) {
        await view.goto(page);
        await scripted(view);
        await view.getByText("This is no accusation.").first().waitFor();
        assert.doesNotMatch(await view.locator("main").textContent(), /insider/i);
      }
      const { data } = await terminal.api("/api/insiders/wallets?gated=show");
      assert.equal(await view.locator("article.finding .reserve").count(), data.rows.length);
    }));

  it("have signals with their tally and a page of their own", async (test) => {
    const { data } = await terminal.api("/api/signals");
    if (data.rows.length === 0) return test.skip("no signal was published yet");
    await visit(async (view) => {
      await view.goto("/signals");
      await view.locator("table.tally tbody tr").first().waitFor();
      assert.equal(await view.locator("table.tally tbody tr").count(), data.tally.length);
      await view.locator("td.c-kind a").first().click();
      await view.waitForURL(/\/signals\/[^/]+$/);
      await view.getByRole("region", { name: "Why" }).waitFor();
      await view.getByRole("region", { name: "Result" }).waitFor();
    });
  });

  it("have scores whose meaning and errors are told", () =>
    visit(async (view) => {
      const { data } = await terminal.api("/api/scores");
      await view.goto("/scores");
      for (const { title } of data) await view.getByRole("region", { name: title, exact: true }).waitFor();
      for (const { kind } of data) {
        const { data: audit } = await terminal.api(`/api/scores/${kind}/audit`);
        await view.goto(`/scores/${kind}`);
        for (const { why } of audit.gaps) await view.getByText(why).first().waitFor();
        if (audit.waiting_for) await view.getByText(audit.waiting_for).waitFor();
        if (audit.trials.length > 0) {
          await view.locator("section.trial").first().waitFor();
          assert.equal(await view.locator("section.trial").count(), audit.trials.length);
        }
      }
    }));

  it("are not found under a name that is none", () =>
    visit(
      async (view) => {
        for (const path of ["/scores/luck", "/signals/nothing"]) {
          await view.goto(path);
          await view.locator('[data-kind="error"] h1, .state h1').first().waitFor();
        }
      },
      { tolerate: /status of 40[04]/ },
    ));
});
