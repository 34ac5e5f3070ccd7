// Runs the parts that were asked for and judges what they find.
import { spawn } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { table, verdict } from "./table.mjs";

const PARTS = ["sync", "http", "charts", "streams", "wallets", "scores", "start", "browser", "world"];
const BINARY = resolve(process.env.CARGO_TARGET_DIR ?? "target", "release/cascadian");

/** Runs cargo; each line of its standard output goes to `onLine`. */
async function cargo(args, onLine) {
  const child = spawn("cargo", args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) onLine(line);
  const code = child.exitCode ?? (await new Promise((done) => child.once("exit", done)));
  if (code !== 0) throw new Error(`cargo ${args.join(" ")} failed`);
}

/** The comparisons that are written in Rust; see `crates/server/benches/comparisons`. */
const COMPARISONS = ["bench", "--quiet", "--package", "server", "--bench", "comparisons"];

async function measure(part, report) {
  console.error(`\n== ${part}`);
  switch (part) {
    case "sync":
    case "http":
    case "charts":
    case "streams":
    case "wallets":
    case "scores":
      return cargo([...COMPARISONS, "--", part], (line) => report(JSON.parse(line)));
    default: {
      const { measure } = await import(`./${part}.mjs`);
      return measure(BINARY, report);
    }
  }
}

async function main(asked) {
  const unknown = asked.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0)
    throw new Error(`there is no part ${unknown.join(", ")}: there are ${PARTS.join(", ")}`);
  const parts = asked.length > 0 ? asked : PARTS;
  // One build of everything: the program as the comparisons link it.
  await cargo([...COMPARISONS, "--no-run"], () => {});
  const findings = [];
  const failed = [];
  for (const part of parts) {
    const load = loadavg()[0];
    try {
      const before = findings.length;
      await measure(part, (finding) => findings.push({ part, load, ...finding }));
      if (findings.length === before) findings.push({ part, what: "skipped, see above", load });
    } catch (error) {
      // What the other parts find is worth having.
      console.error(error);
      failed.push(part);
    }
  }
  console.log(
    `\n${cpus().length} cores, ${cpus()[0].model}; load is the minute's average as the part began\n`,
  );
  console.log(table(findings));
  const missed = findings.filter((finding) => verdict(finding) === "MISSED");
  if (missed.length > 0) console.log(`\n${missed.length} of the targets missed`);
  if (failed.length > 0) console.log(`\ncould not be measured: ${failed.join(", ")}`);
  return missed.length + failed.length === 0;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
