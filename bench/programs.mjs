// The programs that are measured, as processes of their own.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Short against what is measured. */
const POLL_MS = 5;
const STOP_MS = 20_000;
/** A process is idle when it has used at most this much of one core for as long as a look takes. */
const IDLE_SHARE = 0.03;
const LOOK_MS = 3_000;
/** The unit of the times in /proc. */
const TICKS_PER_SECOND = 100;

/** Polls until `probe` gives something true. */
export async function until(what, deadlineMs, probe, pollMs = POLL_MS) {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    const found = await probe();
    if (found) return found;
    await pause(pollMs);
  }
  throw new Error(`no ${what} within ${deadlineMs / 1000} s`);
}

/** A running `cascadian`. */
export class Program {
  constructor(binary, args) {
    // Nothing that is set where this runs may decide what is measured.
    const isOurs = (name) => /^CASCADIAN_(?!PG_BINDIR)|^DATABASE_URL$/.test(name);
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
    this.startedAt = performance.now();
    this.child = spawn(binary, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    this.stderr = "";
    this.child.stderr.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.once("error", resolve);
      this.child.once("exit", resolve);
    });
  }

  /** What the program says about its address. */
  announced(pattern, deadlineMs) {
    return until("announcement of an address", deadlineMs, () => {
      if (this.child.exitCode !== null) throw new Error(`cascadian ended:\n${this.stderr}`);
      return this.stderr.match(pattern)?.[1];
    });
  }

  async stop(signal = "SIGTERM") {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    const overdue = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS);
    await this.ended;
    clearTimeout(overdue);
  }
}

/** A simulated Polymarket. Large worlds take a while to be made. */
export async function startLab(binary, markets) {
  const program = new Program(binary, [
    ...["lab", "world", "--seed", "7", "--scale", "0.05", "--markets", String(markets)],
    ...["--listen", "127.0.0.1:0"],
  ]);
  const base = await program.announced(/The lab is at (http:\S+)\/lab/, 300_000);
  return { url: base, stop: () => program.stop("SIGKILL") };
}

/** A directory for a database, which does not exist yet. */
export function freshDataDir() {
  return join(tmpdir(), `cascadian-bench-${randomUUID().slice(0, 8)}`);
}

export async function removeDataDir(dir) {
  await rm(dir, { recursive: true, force: true });
}

/** The terminal. It syncs once as it starts, and then only when told to. */
export class Terminal {
  #program;

  /** Resolves when `/readyz` says yes; `readyMs` is how long that took. */
  static async start(binary, dataDir, labUrl) {
    const terminal = new Terminal();
    const hours = ["--sync-interval-s", "7200", "--hot-interval-s", "7200"];
    const upstream = ["--lab-url", labUrl, "--upstream-rate-percent", "100", "--sync-closed", "all"];
    const where = ["--listen", "127.0.0.1:0", "--data-dir", dataDir];
    terminal.#program = new Program(binary, ["serve", ...where, ...upstream, ...hours]);
    try {
      terminal.url = await terminal.#program.announced(/Cascadian is at (http:\S+)/, 60_000);
      await until("readiness", 60_000, async () => (await fetch(`${terminal.url}/readyz`)).ok);
    } catch (error) {
      await terminal.stop();
      throw error;
    }
    terminal.readyMs = performance.now() - terminal.#program.startedAt;
    return terminal;
  }

  async api(path) {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Waits for the end of the sync that this process began. Resolves to how many markets are held. */
  async synced(deadlineMs) {
    const ended = await until(
      "end of the sync",
      deadlineMs,
      async () => {
        const { data } = await this.api("/api/polymarket/sync");
        const full = data.recent.find(
          (sync) => sync.kind === "full" && Date.parse(sync.started_at) >= this.#startedAt,
        );
        return data.running === null && full?.finished_at && full;
      },
      100,
    );
    if (ended.status !== "success") throw new Error(`the sync ended badly: ${ended.error}`);
    // The snapshot follows the database within a moment.
    return this.#settledTotal(ended.inserted);
  }

  /** The number of markets served, once there are at least so many and no newer snapshot comes. */
  async #settledTotal(least) {
    let last;
    const settled = await until(
      "whole catalogue",
      60_000,
      async () => {
        const before = last?.generation;
        ({ metadata: last } = await this.api("/api/polymarket/markets?status=all&limit=1"));
        return last.total >= least && last.generation === before && last;
      },
      1_000,
    );
    return settled.total;
  }

  get #startedAt() {
    return performance.timeOrigin + this.#program.startedAt;
  }

  /** Waits until the process and its database do nothing. */
  async idle() {
    const seconds = () => this.#family().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    await until("rest", 120_000, async () => {
      const before = seconds();
      await pause(LOOK_MS);
      return ((seconds() - before) * 1000) / LOOK_MS <= IDLE_SHARE;
    });
  }

  /** Resident memory in megabytes: of the process, and of PostgreSQL's with what they share counted once. */
  memory() {
    const [own, ...database] = this.#family();
    return {
      own: kilobytes(`/proc/${own}/status`, "VmRSS") / 1000,
      database: database.reduce((sum, pid) => sum + kilobytes(`/proc/${pid}/smaps_rollup`, "Pss"), 0) / 1000,
    };
  }

  /** The process, and all that descend from it. */
  #family() {
    const parents = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [pid, statOf(pid)?.parent]);
    const family = [String(this.#program.child.pid)];
    for (const pid of family)
      family.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
    return family;
  }

  async stop() {
    await this.#program.stop();
  }
}

/** The parent and the processor time of a process; undefined when it is gone. */
function statOf(pid) {
  try {
    // The name in parentheses may hold anything; what is wanted comes after it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { parent: fields[1], ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

function cpuSeconds(pid) {
  return (statOf(pid)?.ticks ?? 0) / TICKS_PER_SECOND;
}

function kilobytes(file, field) {
  try {
    return (
      (Number(readFileSync(file, "utf8").match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"))?.[1]) * 1024) /
      1000
    );
  } catch {
    // The process ended since it was listed.
    return 0;
  }
}
