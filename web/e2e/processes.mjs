// Starts the programs under test and ends them again.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.mjs";

const BINARY = process.env.CASCADIAN_BINARY ?? fromRoot("target/debug/cascadian");
/** Long enough for a first start with a new database on a busy machine. */
const START_MS = 120_000;
const STOP_MS = 20_000;

function fromRoot(path) {
  return new URL(`../../${path}`, import.meta.url).pathname;
}

/** A running `cascadian` whose address is what `announcement` captures from its standard error. */
class Running {
  #child;
  #stderr = "";
  #ended;

  constructor(args) {
    // Nothing that is set where the tests run may decide what they test.
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(CASCADIAN_|DATABASE_URL$)/.test(name),
    );
    const env = { ...Object.fromEntries(inherited), CASCADIAN_PG_BINDIR: process.env.CASCADIAN_PG_BINDIR };
    if (env.CASCADIAN_PG_BINDIR === undefined) delete env.CASCADIAN_PG_BINDIR;
    this.#child = spawn(BINARY, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#stderr += text;
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(`could not be started: ${error.message}`));
      this.#child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
    });
  }

  async announced(pattern) {
    let end = null;
    void this.#ended.then((how) => {
      end = how;
    });
    return eventually(`an address from ${BINARY}`, START_MS, () => {
      if (end !== null) throw new Error(`cascadian ${end}:\n${this.#stderr}`, { cause: "final" });
      return this.#stderr.match(pattern)?.[1];
    });
  }

  get stderr() {
    return this.#stderr;
  }

  async stop(signal = "SIGTERM") {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    const overdue = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await this.#ended;
    clearTimeout(overdue);
  }
}

/** The terminal, on a database of its own that goes when it stops. */
export class Terminal {
  #running;
  #dataDir;

  /** `args` begin with the command: `demo` or `serve`. */
  static async start(args) {
    const terminal = new Terminal();
    terminal.#dataDir = join(tmpdir(), `cascadian-e2e-${randomUUID().slice(0, 8)}`);
    const [command, ...rest] = args;
    terminal.#running = new Running([
      command,
      "--listen",
      "127.0.0.1:0",
      "--data-dir",
      terminal.#dataDir,
      ...rest,
    ]);
    try {
      terminal.url = await terminal.#running.announced(/Cascadian is at (http:\S+)/);
      await eventually("readiness", START_MS, async () => (await fetch(`${terminal.url}/readyz`)).ok);
    } catch (error) {
      await terminal.stop();
      throw error;
    }
    return terminal;
  }

  /** A terminal on a simulated world, filled; it refreshes only when asked to, so that nothing moves by itself. */
  static async startFilled() {
    const hour = ["--sync-interval-s", "3600", "--hot-interval-s", "3600"];
    // Histories of wallets go back to markets that closed long ago, which only the next refresh would bring.
    const terminal = await Terminal.start(["demo", "--seed", "7", "--sync-closed", "all", ...hour]);
    await terminal.synced();
    return terminal;
  }

  /** Waits until a full sync has landed in what is served. */
  async synced() {
    await eventually("the first sync", START_MS, async () => {
      const { metadata } = await this.api("/api/polymarket/markets?limit=1");
      const { data } = await this.api("/api/polymarket/sync");
      return metadata.completeness === "full" && data.running === null && metadata.total > 0;
    });
  }

  /** Asks for a sync and waits for its end. */
  async refresh() {
    const response = await fetch(`${this.url}/api/polymarket/sync`, { method: "POST" });
    const { data: asked } = await response.json();
    await eventually("the end of a sync", START_MS, async () => {
      const { data } = await this.api("/api/polymarket/sync");
      return data.recent.some((sync) => sync.sync_id === asked.sync_id && sync.finished_at !== null);
    });
  }

  /** The whole envelope of a successful reply. */
  async api(path) {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async stop() {
    await this.#running?.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}

/** A Polymarket on this machine, apart from the terminal, so that it can end first. */
export class Lab {
  #running;

  static async start(options = []) {
    const lab = new Lab();
    lab.#running = new Running([
      "lab",
      "world",
      "--seed",
      "7",
      "--scale",
      "0.05",
      "--markets",
      "1200",
      "--listen",
      "127.0.0.1:0",
      ...options,
    ]);
    const base = await lab.#running.announced(/The lab is at (http:\S+)\/lab/);
    lab.url = base;
    return lab;
  }

  /** Switches a fault on: see docs/lab.md. */
  inject(fault) {
    return this.#post("faults", fault);
  }

  /** Moves the clock of a stepped world. */
  advance(milliseconds) {
    return this.#post("clock", { advance_ms: milliseconds });
  }

  async #post(route, body) {
    const response = await fetch(`${this.url}/lab/${route}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${JSON.stringify(body)}: ${response.status} ${await response.text()}`);
  }

  /** Switches all faults off. */
  async mend() {
    await fetch(`${this.url}/lab/faults`, { method: "DELETE" });
  }

  async stop() {
    await this.#running.stop("SIGKILL");
  }
}
