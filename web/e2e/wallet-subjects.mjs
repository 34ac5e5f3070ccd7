// Wallets to look at: small holders of busy markets, whose imports are short, and how far they are.
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "./eventually.mjs";

/** How long an import of a wallet may take on a busy machine. */
export const IMPORT_WITHIN_MS = 240_000;
const ASK_EVERY_MS = 2_000;
const MARKETS = 12;
/** The smallest holders of each side: the largest trade by the ten thousand. */
const SMALLEST = 3;
/** How many are asked for at once. */
const ASKED = 12;
/** More than one page of them. */
const FEWEST_TRADES = 101;

let listed;

/** Small holders of the busiest markets, each once. */
export function holders(terminal) {
  listed ??= (async () => {
    const { data: markets } = await terminal.api(`/api/polymarket/markets?limit=${MARKETS}&sort=-liquidity`);
    const wallets = new Set();
    for (const { market_id } of markets) {
      const { data } = await terminal.api(`/api/polymarket/holders?market=${market_id}`);
      for (const { holders: all } of data.sides)
        for (const { wallet } of all.slice(-SMALLEST)) wallets.add(wallet);
    }
    return [...wallets];
  })();
  return listed;
}

export const profileOf = async (terminal, wallet) =>
  (await terminal.api(`/api/polymarket/wallet/${wallet}/profile`)).data;

let found;

/** Two wallets whose histories are held, the first of them one whose figures are all known. */
export function imported(terminal) {
  found ??= (async () => {
    const asked = (await holders(terminal)).slice(0, ASKED);
    return eventually("two imported wallets, one of them whole", IMPORT_WITHIN_MS, async () => {
      // Each question costs the server what its imports need.
      await pause(ASK_EVERY_MS);
      const held = [];
      for (const wallet of asked) {
        const profile = await profileOf(terminal, wallet);
        if (profile.history) held.push(profile);
      }
      for (const whole of held.filter(({ history }) => history.completeness === "full")) {
        const path = `/api/polymarket/wallet/${whole.address}/metrics`;
        const { metrics } = (await terminal.api(path)).data;
        if (metrics.frequency.value?.fills < FEWEST_TRADES || metrics.all_time.value?.events === 0) continue;
        const other = held.find((profile) => profile !== whole);
        if (other) return [whole, other];
      }
      return null;
    });
  })();
  return found;
}
