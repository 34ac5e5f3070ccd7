// How long the terminal takes to be ready, with nothing and with a catalogue, and what it holds while it idles.
import { freshDataDir, removeDataDir, startLab, Terminal } from "./programs.mjs";
import { median } from "./table.mjs";

const MARKETS = 17_000;
const FIRST_STARTS = 3;
const LATER_STARTS = 5;
const SYNC_MS = 300_000;

export async function measure(binary, report) {
  const lab = await startLab(binary, MARKETS);
  const dirs = Array.from({ length: FIRST_STARTS }, freshDataDir);
  let terminal;
  try {
    const firstMs = [];
    for (const dir of dirs) {
      await terminal?.stop();
      terminal = await Terminal.start(binary, dir, lab.url);
      firstMs.push(terminal.readyMs);
    }
    report(started("first start, empty directory to ready", firstMs, 4));

    const dir = dirs.at(-1);
    const markets = await terminal.synced(SYNC_MS);
    await terminal.idle();
    report(held(`idle memory after the first sync, ${markets} markets`, terminal.memory()));

    const laterMs = [];
    for (let start = 0; start < LATER_STARTS; start++) {
      await terminal.stop();
      terminal = await Terminal.start(binary, dir, lab.url);
      laterMs.push(terminal.readyMs);
    }
    report(started(`later start, ${markets} markets held, to ready`, laterMs, 1));

    const again = await terminal.synced(SYNC_MS);
    await terminal.idle();
    report(held(`idle memory after a later start and sync, ${again} markets`, terminal.memory()));
  } finally {
    await terminal?.stop();
    await lab.stop();
    await Promise.all(dirs.map(removeDataDir));
  }
}

function started(what, milliseconds, limit) {
  const all = milliseconds.map((ms) => (ms / 1000).toFixed(2)).join(" ");
  return { what, figure: `${all} s`, value: median(milliseconds) / 1000, unit: "s", at_most: limit };
}

function held(what, { own, database }) {
  const figure = `PostgreSQL's processes: ${database.toFixed(0)} MB`;
  return { what, figure, value: own, unit: "MB", at_most: 200 };
}
