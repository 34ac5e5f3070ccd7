// How long simulated worlds take to be made, by their size.
import { Program } from "./programs.mjs";

/** Each size with the seconds it may take, where it has a limit. */
const SCALES = [
  { scale: 0.1, runs: 3 },
  { scale: 1, runs: 3, at_most: 60 },
  { scale: 10, runs: 1 },
];

const MADE = /simulated world made markets=(\d+) wallets=(\d+) fills=(\d+) elapsed_ms=(\d+)/;

export async function measure(binary, report) {
  for (const { scale, runs, at_most } of SCALES) {
    const seconds = [];
    let size;
    for (let run = 0; run < runs; run++) {
      const args = ["lab", "world", "--seed", String(7 + run), "--scale", String(scale)];
      const program = new Program(binary, [...args, "--listen", "127.0.0.1:0"]);
      try {
        await program.announced(/The lab is at (http:\S+)\/lab/, 900_000);
        const [, markets, wallets, fills, ms] = program.stderr.match(MADE);
        seconds.push(Number(ms) / 1000);
        size = `${markets} markets, ${wallets} wallets, ${fills} fills`;
      } finally {
        await program.stop("SIGKILL");
      }
    }
    const figure = `${seconds.map((s) => s.toFixed(2)).join(" ")} s; ${size}`;
    report({ what: `world of scale ${scale}`, figure, value: Math.max(...seconds), unit: "s", at_most });
  }
}
