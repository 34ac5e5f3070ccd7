import type { BoardKind } from "../../components/traders/BoardList.tsx";
import { MarketName } from "../../components/traders/MarketName.tsx";
import { EvidenceLinks } from "../../components/traders/Reasons.tsx";
import { ago, count, fixed, utc, words } from "../../lib/format.ts";
import type { InformedMarket, Leakage as LeakageFigures } from "../../lib/traders/contract.ts";
import type { BoardSpec } from "../../lib/traders/filters.ts";
import { deviations } from "../../lib/traders/words.ts";

export const SPECS: Readonly<Record<"markets" | "wallets", BoardSpec>> = {
  markets: {
    path: "/api/insiders/markets",
    filters: ["timeframe", "category"],
    others: ["market", "event", "gated"],
    timeframe: "all",
  },
  wallets: {
    path: "/api/insiders/wallets",
    filters: ["timeframe", "layer", "category", "class", "wallet"],
    others: ["market", "event", "gated"],
    timeframe: "all",
    byWallets: true,
  },
};

/** How far the price had gone before the news, or why that cannot be said. */
export function Leakage({ leakage }: { leakage: LeakageFigures }) {
  const { ils, out_of_scope, low, high } = leakage;
  if (ils === null) {
    return (
      <span className="mut">
        {out_of_scope === null ? "unknown" : `out of scope: ${words(out_of_scope)}`}
      </span>
    );
  }
  const ends = low === null || high === null ? "" : ` [${fixed(low, 2)}, ${fixed(high, 2)}]`;
  return (
    <>
      {fixed(ils, 2)}
      {ends}
    </>
  );
}

export const MARKETS: BoardKind<InformedMarket> = {
  spec: SPECS.markets,
  name: "informed",
  what: "markets",
  keyOf: ({ market }) => market.id,
  columns: [
    {
      id: "market",
      header: "Market",
      isText: true,
      place: "p1",
      cell: ({ market }) => <MarketName market={market} isPlain />,
    },
    {
      id: "pairs",
      header: "Wallets",
      description: "Wallets with evidence of the first layer in this market",
      place: "p4",
      cell: ({ pairs }) => (
        <>
          {count(pairs)}
          <span className="phone-only">{pairs === 1 ? " wallet" : " wallets"}</span>
        </>
      ),
    },
    {
      id: "strongest",
      header: "Strongest",
      description:
        "How rare all that is found of one wallet is among its matched controls, in standard deviations",
      place: "p2",
      cell: ({ strongest_sd }) =>
        strongest_sd === null ? <span className="mut">—</span> : deviations(strongest_sd),
    },
    {
      id: "leakage",
      header: "Leakage",
      description:
        "Second layer: the part of the move that was there before the news. Needs the time of an article, so it is often out of scope",
      isText: true,
      isQuiet: true,
      cell: ({ leakage }) => <Leakage leakage={leakage} />,
    },
    {
      id: "gate",
      header: "Category",
      isText: true,
      isQuiet: true,
      cell: ({ gate, market }) => (
        <>
          {market.category === null ? "none" : words(market.category)}
          {gate !== "open" && <span className="tag warn">{gate === "shut" ? "gated" : "gate unknown"}</span>}
        </>
      ),
    },
    {
      id: "last",
      header: "Last",
      isQuiet: true,
      place: "p5",
      cell: ({ last_at }, now) => (
        <span title={utc(last_at)}>
          <span className="phone-only">last </span>
          {ago(last_at, now)}
        </span>
      ),
    },
  ],
  reasons: ({ wording, gate, gate_reason, evidence, first_at, last_at, market, leakage }) => (
    <div className="reasons">
      <p>
        {wording.replace(/^./, (first) => first.toUpperCase())}. First seen {utc(first_at)}, last{" "}
        {utc(last_at)}.
      </p>
      {gate !== "open" && gate_reason && <p className="warn">{gate_reason}</p>}
      <p className="sub">
        Leakage: <Leakage leakage={leakage} />.{" "}
        <a className="link" href={`/insiders?tab=wallets&market=${market.id}`}>
          Wallets of this market
        </a>
      </p>
      <EvidenceLinks evidence={evidence} />
    </div>
  ),
};
