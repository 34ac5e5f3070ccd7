// The screener in a real browser: what its script weighs, and how long a keystroke in the filter takes to new rows.
import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { launch, openList, withPage } from "../web/e2e/browser.mjs";
import { freshDataDir, removeDataDir, startLab, Terminal } from "./programs.mjs";
import { median, quantile } from "./table.mjs";

const MARKETS = 100_000;
const KEYSTROKES = 30;
/** Places of the catalogue that the typed words are taken from. */
const PLACES = 40;
/** Between the end of one keystroke's work and the next: the pace of a person who types. */
const REST_MS = 150;
const SYNC_MS = 900_000;
const SHELL_BUDGET_KB = 130;
const KEYSTROKE_BUDGET_MS = 100;

export async function measure(binary, report) {
  report(shell());
  const lab = await startLab(binary, MARKETS);
  const dir = freshDataDir();
  let terminal;
  let browser;
  try {
    terminal = await Terminal.start(binary, dir, lab.url);
    const markets = await terminal.synced(SYNC_MS);
    // Nothing is to move any more, and the processor is to be free.
    await lab.stop();
    await terminal.idle();
    browser = await launch();
    const keystrokes = await typeIn(browser, terminal);
    const of = (phase) => {
      const times = keystrokes.map((keystroke) => keystroke[phase]);
      return `p50 ${median(times).toFixed(0)} p95 ${quantile(times, 0.95).toFixed(0)}`;
    };
    report({
      what: `keystroke to new rows painted, ${markets} markets, p95 of ${keystrokes.length}`,
      figure: `ms: ${of("paintedMs")}; until asked ${of("askedMs")}; answer ${of("answerMs")}, screening ${of("screenMs")}; until painted ${of("renderMs")}`,
      value: quantile(
        keystrokes.map(({ paintedMs }) => paintedMs),
        0.95,
      ),
      unit: "ms",
      at_most: KEYSTROKE_BUDGET_MS,
    });
    report(memory(markets, terminal.memory()));
  } finally {
    await browser?.close();
    await terminal?.stop();
    await lab.stop();
    await removeDataDir(dir);
  }
}

/** What the front end's own check says of the script that the screener needs. */
function shell() {
  const budget = new URL("../web/scripts/budget.mjs", import.meta.url).pathname;
  const text = execFileSync(process.execPath, [budget], { encoding: "utf8" });
  const kb = Number(text.match(/^Screener, all JavaScript before it draws: ([\d.]+) kB gzip/m)?.[1]);
  return { what: "JavaScript of the screener, gzip", value: kb, unit: "kB", at_most: SHELL_BUDGET_KB };
}

function memory(markets, { own, database }) {
  const figure = `PostgreSQL's processes: ${database.toFixed(0)} MB`;
  return { what: `memory after that, ${markets} markets`, figure, value: own, unit: "MB" };
}

function typeIn(browser, terminal) {
  return withPage(browser, terminal.url, async (page) => {
    await openList(page, "/markets?status=all");
    const box = page.getByLabel("Filter markets by text");
    const keystrokes = [];
    for (const word of await words(terminal)) {
      await box.focus();
      let typed = "";
      for (const letter of word) {
        const before = await answer(terminal, typed);
        typed += letter;
        const after = await answer(terminal, typed);
        const isVisible = before.total !== after.total || before.title !== after.title;
        const measured = isVisible ? page.evaluate(rowsAfterKey, after) : undefined;
        // Evaluated once more, so that the one above has begun to listen.
        await page.evaluate(() => {});
        await page.keyboard.press(letter);
        if (measured) keystrokes.push(await measured);
        await pause(REST_MS);
      }
      await box.press("Escape");
      await shows(page, await answer(terminal, ""));
      if (keystrokes.length >= KEYSTROKES) break;
    }
    if (keystrokes.length < KEYSTROKES)
      throw new Error(`only ${keystrokes.length} keystrokes changed the rows`);
    return keystrokes.slice(0, KEYSTROKES);
  });
}

/** Total and first title of what the list must show for a text. */
async function answer(terminal, text) {
  const query = new URLSearchParams({ status: "all", ...(text && { q: text }) });
  // Another limit than the page's: the page's own answer must not be made in advance.
  const { metadata, data } = await terminal.api(`/api/polymarket/markets?${query}&limit=1`);
  return { total: metadata.total, title: data[0]?.title };
}

async function shows(page, { total }) {
  await page.locator(`table.grid[aria-busy="false"][aria-rowcount="${total + 1}"]`).waitFor();
}

/** Different words from titles all over the catalogue. */
async function words(terminal) {
  const found = new Set();
  for (let place = 0; place < PLACES; place++) {
    const offset = Math.floor((place * MARKETS) / PLACES);
    const page = `/api/polymarket/markets?status=all&sort=created_at&limit=50&offset=${offset}`;
    const { data } = await terminal.api(page);
    const fitting = data.flatMap(({ title }) => title.toLowerCase().match(/\b[a-z]{5,}\b/g) ?? []);
    const added = fitting.find((word) => !found.has(word));
    if (added) found.add(added);
  }
  return found;
}

/**
 * In the page: waits for the next key, then for the table to show an answer, then for the frame that paints it.
 * Resolves to the milliseconds from the key to the paint, and those of its parts.
 */
function rowsAfterKey({ total, title }) {
  const table = document.querySelector("table.grid");
  const isShown = () =>
    table.getAttribute("aria-busy") === "false" &&
    table.getAttribute("aria-rowcount") === String(total + 1) &&
    table.querySelector("tbody a.mk .t")?.textContent === title;
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`the rows of ${title} did not come`)), 5_000);
    addEventListener(
      "keydown",
      (key) => {
        performance.clearResourceTimings();
        const observer = new MutationObserver(() => {
          if (!isShown()) return;
          observer.disconnect();
          requestAnimationFrame(() => {
            // A message is delivered after the frame's paint.
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
              const requests = performance.getEntriesByType("resource");
              const asked = requests.find((request) => request.name.includes("/api/polymarket/markets?"));
              const paintedMs = performance.now() - key.timeStamp;
              // An answer that the page had already takes no request.
              const askedMs = asked ? asked.startTime - key.timeStamp : 0;
              const answerMs = asked?.duration ?? 0;
              const screenMs = asked?.serverTiming.find(({ name }) => name === "screen")?.duration ?? 0;
              resolve({ paintedMs, askedMs, answerMs, screenMs, renderMs: paintedMs - askedMs - answerMs });
            };
            port2.postMessage(null);
          });
        });
        observer.observe(table, { attributes: true, childList: true, subtree: true, characterData: true });
      },
      { capture: true, once: true },
    );
  });
}
