// What the suites share: one browser, and one filled terminal that refreshes only when a test asks it to.
import { after } from "node:test";
import { launch } from "./browser.mjs";
import { Terminal } from "./processes.mjs";

let terminal;
let browser;

/** Starts both on first use. They end with the whole run. */
export async function shared() {
  terminal ??= Terminal.startFilled();
  browser ??= launch();
  return { terminal: await terminal, browser: await browser };
}

after(async () => {
  const ending = [browser?.then((open) => open.close()), terminal?.then((running) => running.stop())];
  await Promise.allSettled(ending);
});
