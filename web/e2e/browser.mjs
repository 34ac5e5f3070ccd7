// A real browser, and pages that remember what went wrong in them.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** How long the page may take to show what is expected of it. */
const PATIENCE_MS = 15_000;

export async function launch() {
  const executablePath = process.env.CHROMIUM;
  assert.ok(executablePath, "CHROMIUM names no browser; run scripts/test-in-browser");
  return chromium.launch({ executablePath, args: ARGS });
}

/**
 * Runs `body` with a page of a context of its own, and fails if the page complained meanwhile: an error on the console,
 * an exception, a violation of its Content-Security-Policy. `options.tolerate` matches complaints that are expected.
 */
export async function withPage(browser, url, body, options = {}) {
  const { tolerate, ...contextOptions } = options;
  const context = await browser.newContext({
    baseURL: url,
    viewport: DESKTOP,
    colorScheme: "dark",
    reducedMotion: "reduce",
    locale: "en-US",
    timezoneId: "UTC",
    ...contextOptions,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  // Pictures of upstream's are none of the terminal's business, and there is no network here.
  await context.route(
    (address) => address.origin !== new URL(url).origin,
    (route) => route.abort(),
  );
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  try {
    const result = await body(page, context);
    assert.deepEqual(
      complaints.filter((complaint) => !tolerate?.test(complaint)),
      [],
      "the page complains",
    );
    return result;
  } finally {
    await context.close();
  }
}

/** The table once the script has taken it over and shows rows of the present query. */
export async function openList(page, path) {
  await page.goto(path);
  const grid = page.locator('table.grid[role="grid"][aria-busy="false"]');
  await grid.locator("tbody a.mk").first().waitFor();
  return grid;
}

/** How many rows the table says the whole result has. */
export async function rowTotal(page) {
  return Number(await page.locator('table.grid[role="grid"]').getAttribute("aria-rowcount")) - 1;
}

/** Waits until the table shows a whole result of this size. */
export async function waitForTotal(page, total) {
  await page.locator(`table.grid[role="grid"][aria-busy="false"][aria-rowcount="${total + 1}"]`).waitFor();
}

/** Titles of the rows in view, from the top. */
export async function titles(page) {
  return page.locator("table.grid tbody a.mk .t").allTextContents();
}
