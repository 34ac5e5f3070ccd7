// The JavaScript that the screener needs before it draws, and every chunk that is loaded later, against their budgets.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const SHELL_BUDGET_KB = 120;
const CHUNK_BUDGET_KB = 80;
/** Chunks that may be larger, each with the reason. */
const EXCEPTIONS_KB = {
  // ECharts without anything but its treemap and canvas; it comes after the map's page has drawn its list.
  "src/features/map/Treemap.tsx": 130,
};
/** Chart libraries, by a word that only their code has; the shell must not have it. */
const CHART_CODE = ["lightweight-charts", "TradingView", "_echarts_instance_"];

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

/** The manifest keys of an entry and of all it imports statically. */
function closure(key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const imported of manifest[key].imports ?? []) closure(imported, found);
  return found;
}

async function gzipKb(files) {
  let bytes = 0;
  for (const file of files) bytes += gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length;
  return bytes / 1000;
}

const entry = closure("src/main.tsx");
const filesOf = (keys) => new Set([...keys].map((key) => manifest[key].file));
let isOver = false;
function report(what, kb, budget) {
  const verdict = kb <= budget ? "within" : "OVER";
  console.log(`${what}: ${kb.toFixed(1)} kB gzip, ${verdict} ${budget} kB`);
  isOver ||= kb > budget;
}

const lazy = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
for (const key of lazy) {
  const own = [...closure(key)].filter((needed) => !entry.has(needed));
  report(key, await gzipKb(filesOf(own)), EXCEPTIONS_KB[key] ?? CHUNK_BUDGET_KB);
}
const screener = new Set([...entry, ...closure("src/features/screener/ScreenerPage.tsx")]);
report("Screener, all JavaScript before it draws", await gzipKb(filesOf(screener)), SHELL_BUDGET_KB);
for (const file of filesOf(screener)) {
  const code = await readFile(new URL(file, dist), "utf8");
  for (const word of CHART_CODE.filter((known) => code.includes(known))) {
    console.log(`${file} has chart code ("${word}"), which belongs in a chunk of its own`);
    isOver = true;
  }
}
console.log(`Stylesheet: ${(await gzipKb(manifest["src/main.tsx"].css ?? [])).toFixed(1)} kB gzip`);
process.exitCode = isOver ? 1 : 0;
