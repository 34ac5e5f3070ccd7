// Wallets to look at: those who hold the busiest markets, and how far their imports are.
import { eventually } from "./eventually.mjs";

/** How long an import of a wallet may take on a busy machine. */
export const IMPORT_WITHIN_MS = 120_000;
const MARKETS = 12;
/** How many are asked for at once: imports come one after the other. */
const ASKED = 10;
/** Enough to page and to narrow, and not so much that its import is waited for. */
const FEWEST_ROWS = 120;

let listed;

/** Everybody who holds one of the busiest markets, each once. */
export function holders(terminal) {
  listed ??= (async () => {
    const { data: markets } = await terminal.api(`/api/polymarket/markets?limit=${MARKETS}&sort=-liquidity`);
    const wallets = new Set();
    for (const { market_id } of markets) {
      const { data } = await terminal.api(`/api/polymarket/holders?market=${market_id}`);
      for (const side of data.sides) for (const { wallet } of side.holders) wallets.add(wallet);
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
      const profiles = [];
      for (const wallet of asked) profiles.push(await profileOf(terminal, wallet));
      const held = profiles.filter(({ history }) => history && history.activity_count >= FEWEST_ROWS);
      const whole = held.find(({ history }) => history.completeness === "full");
      const other = held.find((profile) => profile !== whole);
      return whole && other && [whole, other];
    });
  })();
  return found;
}
