// Waiting on a condition.
import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 100;

/**
 * What `probe` gives once it gives something true. A probe that throws is asked again, unless the error's cause is
 * "final"; the last error is told when time runs out.
 */
export async function eventually(what, deadlineMs, probe) {
  const end = Date.now() + deadlineMs;
  let last;
  do {
    try {
      const found = await probe();
      if (found) return found;
      last = undefined;
    } catch (error) {
      if (error.cause === "final") throw error;
      last = error;
    }
    await pause(POLL_MS);
  } while (Date.now() < end);
  throw new Error(`no ${what} within ${deadlineMs / 1000} s`, { cause: last });
}
