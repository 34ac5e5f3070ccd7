import type { BoardKind } from "../../components/traders/BoardList.tsx";
import { MarketName } from "../../components/traders/MarketName.tsx";
import { Profit } from "../../components/traders/Profit.tsx";
import { EvidenceLinks } from "../../components/traders/Reasons.tsx";
import { WalletName } from "../../components/traders/WalletName.tsx";
import { When } from "../../components/traders/When.tsx";
import {
  ago,
  cents,
  count,
  fixed,
  money,
  moneyExact,
  percent,
  shares,
  utc,
  words,
} from "../../lib/format.ts";
import type { Concentration, Flip, WhalePosition, WhaleTrade } from "../../lib/traders/contract.ts";
import { basisText, ratio } from "../../lib/traders/words.ts";
import { SPECS } from "./tabs.ts";
import { TRADE_COLUMNS, TradeReasons } from "./tradeColumns.tsx";

export const TRADES: BoardKind<WhaleTrade> = {
  spec: SPECS.trades,
  name: "trades",
  what: "trades",
  columns: TRADE_COLUMNS,
  keyOf: ({ transaction_hash, wallet, market, action, shares: held }) =>
    [transaction_hash, wallet.address, market.id, market.outcome_index, action, held].join(":"),
  reasons: (trade) => <TradeReasons trade={trade} />,
  isLive: true,
};

export const POSITIONS: BoardKind<WhalePosition> = {
  spec: SPECS.positions,
  name: "positions",
  what: "positions",
  sort: "value",
  keyOf: ({ wallet, market }) => `${wallet.address}:${market.id}:${market.outcome_index}`,
  columns: [
    {
      id: "wallet",
      header: "Wallet",
      isText: true,
      place: "p1",
      cell: ({ wallet }) => <WalletName wallet={wallet} />,
    },
    {
      id: "market",
      header: "Market",
      isText: true,
      place: "p3",
      cell: ({ market }) => <MarketName market={market} />,
    },
    {
      id: "value",
      header: "Value",
      description: "At the best bid; — where nobody bids",
      sort: "value",
      place: "p2",
      cell: ({ value_usdc }) => <b title={moneyExact(value_usdc)}>{money(value_usdc)}</b>,
    },
    {
      id: "cost",
      header: "Cost",
      sort: "cost",
      isQuiet: true,
      cell: ({ cost_usdc, is_whale }) => (
        <span title={is_whale ? "More than $10,000, the fixed rule" : undefined}>{money(cost_usdc)}</span>
      ),
    },
    {
      id: "prices",
      header: "Paid → now",
      description: "Mean price paid a share, and the price now",
      isQuiet: true,
      place: "p5",
      cell: ({ average_price, current_price, shares: held }) => (
        <span title={`${shares(held)} shares`}>
          {cents(average_price)} → {cents(current_price)}
        </span>
      ),
    },
    {
      id: "unrealized",
      header: "Unrealised",
      place: "p4",
      cell: ({ unrealized_usdc }) => (
        <>
          <Profit value={unrealized_usdc} />
          <span className="phone-only"> unrealised</span>
        </>
      ),
    },
    {
      id: "of_outcome",
      header: "Of outcome",
      description: "Of all shares of the outcome that are known to be held",
      isQuiet: true,
      cell: ({ share_of_outcome }) => percent(share_of_outcome),
    },
    {
      id: "of_liquidity",
      header: "Of liquidity",
      description: "Its value against what rests in the market's book",
      sort: "share_of_liquidity",
      isQuiet: true,
      cell: ({ share_of_liquidity }) => ratio(share_of_liquidity),
    },
    {
      id: "as_of",
      header: "As of",
      description: "When the wallet's history was last read",
      isQuiet: true,
      cell: ({ as_of }, now) => <span title={utc(as_of)}>{ago(as_of, now)}</span>,
    },
  ],
  reasons: ({ shares: held, opened_at, completeness, is_whale, evidence }) => (
    <div className="reasons">
      <p>
        {shares(held)} shares, first bought {utc(opened_at)}, from a history that is{" "}
        {completeness === null ? "of unknown completeness" : words(completeness)}.{" "}
        {is_whale === null
          ? "Whether it is more than $10,000 is unknown."
          : is_whale
            ? "It cost or is worth more than $10,000, the fixed rule of a whale's position."
            : "It is not more than $10,000, the fixed rule of a whale's position."}
      </p>
      <EvidenceLinks evidence={evidence} />
    </div>
  ),
};

export const FLIPS: BoardKind<Flip> = {
  spec: SPECS.flips,
  name: "flips",
  what: "flips",
  keyOf: ({ wallet, market, at }) => `${wallet.address}:${market.id}:${at}`,
  columns: [
    { id: "when", header: "Time", isText: true, place: "p4", cell: ({ at }) => <When at={at} /> },
    {
      id: "wallet",
      header: "Wallet",
      isText: true,
      place: "p1",
      cell: ({ wallet }) => <WalletName wallet={wallet} />,
    },
    {
      id: "market",
      header: "Market",
      isText: true,
      place: "p3",
      cell: ({ market }) => <MarketName market={market} isPlain />,
    },
    {
      id: "turn",
      header: "From → to",
      description: "The answer that paid most before, and after",
      isText: true,
      place: "p5",
      cell: ({ from_side, to_side }) => (
        <>
          <Side name={from_side} /> → <Side name={to_side} />
        </>
      ),
    },
    {
      id: "before",
      header: "Before",
      description: "How much depended on the answer before, USDC",
      isQuiet: true,
      cell: ({ before_usdc }) => <span title={moneyExact(before_usdc)}>{money(Math.abs(before_usdc))}</span>,
    },
    {
      id: "after",
      header: "After",
      description: "How much depends on it now, USDC",
      place: "p2",
      cell: ({ after_usdc }) => (
        <>
          <span className="phone-only">now </span>
          <b title={moneyExact(after_usdc)}>{money(Math.abs(after_usdc))}</b>
        </>
      ),
    },
    {
      id: "peak",
      header: "Peak",
      description: "The most that ever depended on it since the last flip, USDC",
      isQuiet: true,
      cell: ({ peak_usdc }) => money(peak_usdc),
    },
    {
      id: "turned",
      header: "Change",
      description: "Of the peak",
      isQuiet: true,
      cell: ({ change }) => ratio(change),
    },
    {
      id: "history",
      header: "History",
      isText: true,
      isQuiet: true,
      cell: ({ is_whole }) =>
        is_whole ? (
          "whole"
        ) : is_whole === null ? (
          <span className="mut">unknown</span>
        ) : (
          <span className="warn" title="Counted from the first trade seen">
            not whole
          </span>
        ),
    },
  ],
  reasons: ({ evidence, is_whole }) => (
    <div className="reasons">
      {is_whole !== true && (
        <p className="warn">
          The history of this wallet is not whole: what it held before is counted from its first trade seen.
        </p>
      )}
      <EvidenceLinks evidence={evidence} />
    </div>
  ),
};

function Side({ name }: { name: string | null }) {
  if (name === null) return <span className="mut">unknown</span>;
  const lower = name.toLowerCase();
  return (
    <span className={lower === "yes" ? "yes" : lower === "no" ? "no" : undefined}>
      {SIDES[lower] ?? name}
    </span>
  );
}

const SIDES: Readonly<Record<string, string>> = { yes: "Yes", no: "No" };

export const CONCENTRATION: BoardKind<Concentration> = {
  spec: SPECS.concentration,
  name: "concentration",
  what: "outcomes",
  sort: "hhi",
  keyOf: ({ market }) => `${market.id}:${market.outcome_index}`,
  columns: [
    {
      id: "market",
      header: "Market",
      isText: true,
      place: "p1",
      cell: ({ market }) => <MarketName market={market} />,
    },
    {
      id: "hhi",
      header: "HHI",
      description: "Herfindahl–Hirschman index over owners: the sum of squared shares, 0 to 1",
      sort: "hhi",
      place: "p2",
      cell: ({ hhi }) => (
        <>
          <span className="phone-only">HHI </span>
          <b>{fixed(hhi, 3)}</b>
        </>
      ),
    },
    {
      id: "effective",
      header: "Effective",
      description: "1 / HHI: so many equal holders would be as concentrated",
      sort: "effective_holders",
      isQuiet: true,
      place: "p3",
      cell: ({ effective_holders }) => (
        <>
          {fixed(effective_holders, 1)}
          <span className="phone-only"> effective holders</span>
        </>
      ),
    },
    {
      id: "top",
      header: "Largest",
      description: "The largest holder's part",
      sort: "top_share",
      place: "p4",
      cell: ({ top_share }) => (
        <>
          {percent(top_share)}
          <span className="phone-only"> with the largest</span>
        </>
      ),
    },
    {
      id: "holder",
      header: "Who",
      isText: true,
      cell: ({ top: [first] }) =>
        first ? <WalletName wallet={first.wallet} /> : <span className="mut">—</span>,
    },
    {
      id: "holders",
      header: "Holders",
      description: "Holders that are named",
      isQuiet: true,
      place: "p5",
      cell: ({ holders, is_top_only }) => (
        <span title={is_top_only ? "Only the largest are named: all of this is about those" : undefined}>
          {is_top_only ? "top " : ""}
          {count(holders)}
          <span className="phone-only">{holders === 1 ? " holder" : " holders"}</span>
        </span>
      ),
    },
    {
      id: "as_of",
      header: "Read",
      isQuiet: true,
      cell: ({ observed_at }, now) => <span title={utc(observed_at)}>{ago(observed_at, now)}</span>,
    },
  ],
  reasons: ({ top, is_top_only, basis, holders }) => (
    <div className="reasons">
      <ol className="top-five">
        {top.map(({ wallet, share }) => (
          <li key={wallet.address}>
            <WalletName wallet={wallet} /> <span>{percent(share)}</span>
          </li>
        ))}
      </ol>
      <p className="sub">
        {is_top_only
          ? `About the ${count(holders)} largest holders only, whom Polymarket names. `
          : `About all ${count(holders)} holders. `}
        Complete sets of an owner are taken out first. From {basisText(basis)}.
      </p>
    </div>
  ),
};
