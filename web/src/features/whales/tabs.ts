import type { BoardSpec, FilterName } from "../../lib/traders/filters.ts";

export const TABS = [
  ["trades", "Trades"],
  ["positions", "Positions"],
  ["flows", "Flows"],
  ["flips", "Flips"],
  ["concentration", "Concentration"],
  ["scoreboard", "Scoreboard"],
] as const;

export type Tab = (typeof TABS)[number][0];

/** The list that an address names; trades unless it names one. */
export const tabOf = (name: string | undefined): Tab =>
  TABS.find(([known]) => known === name)?.[0] ?? "trades";

const OF_WALLETS: readonly FilterName[] = ["class", "wallet", "score", "min_score"];
/** The least score stands beside which score it is of. */
const LEAST_OF = { min_score: "from" };

/** What each list is asked for and narrowed by. */
export const SPECS: Readonly<Record<Tab, BoardSpec>> = {
  trades: {
    path: "/api/whale/trades",
    filters: ["timeframe", "min_usdc", "max_usdc", "category", "action", "side", ...OF_WALLETS],
    others: ["market", "event", "endgame", "makers"],
    timeframe: "24h",
    byWallets: true,
    labels: LEAST_OF,
  },
  positions: {
    path: "/api/whale/positions",
    filters: ["timeframe", "min_usdc", "max_usdc", "category", "side", ...OF_WALLETS],
    others: ["market", "event", "sort"],
    timeframe: "all",
    byWallets: true,
    labels: LEAST_OF,
  },
  flows: {
    path: "/api/whale/flows",
    filters: ["timeframe", "min_usdc", "category", "class"],
    others: ["market", "event"],
    timeframe: "24h",
  },
  flips: {
    path: "/api/whale/flips",
    filters: ["timeframe", "min_usdc", "max_usdc", "category", "side", ...OF_WALLETS],
    others: ["market", "event"],
    timeframe: "24h",
    byWallets: true,
    labels: LEAST_OF,
  },
  concentration: {
    path: "/api/whale/concentration",
    filters: ["timeframe", "category", "side"],
    timeframe: "all",
    others: ["market", "event", "sort"],
    labels: { side: "outcome" },
  },
  scoreboard: {
    path: "/api/whale/scoreboard",
    filters: ["class", "wallet", "min_score"],
    others: ["score", "verdict"],
    byWallets: true,
  },
};
