// The pictures of the README, written only when SCREENSHOTS is set.
import { mkdir } from "node:fs/promises";
import { before, describe, it } from "node:test";
import { DESKTOP, PHONE, withPage } from "./browser.mjs";
import { shared } from "./shared.mjs";

const TARGET = new URL("../../docs/screenshots/", import.meta.url).pathname;

describe("screenshots", { skip: !process.env.SCREENSHOTS && "SCREENSHOTS is not set" }, () => {
  let terminal;
  let browser;
  let paths;
  before(async () => {
    ({ terminal, browser } = await shared());
    await mkdir(TARGET, { recursive: true });
    const { data } = await terminal.api("/api/polymarket/events?limit=50&category=politics");
    const event = data.find((candidate) => candidate.market_count > 5) ?? data[0];
    paths = {
      screener: "/markets",
      events: "/events",
      event: `/events/${event.slug}`,
      market: `/markets/${event.top_markets[0].slug}`,
      map: "/map",
      categories: "/categories",
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
        // Charts come in chunks of their own.
        if (["market", "map"].includes(name))
          await page.locator(":is(.pchart, .treemap) canvas").first().waitFor();
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
