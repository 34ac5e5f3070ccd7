import { outcomeColour } from "../../components/Figures.tsx";
import type { BoardColumn } from "../../components/traders/Board.tsx";
import { MarketName } from "../../components/traders/MarketName.tsx";
import { EvidenceLinks } from "../../components/traders/Reasons.tsx";
import { Toward } from "../../components/traders/Toward.tsx";
import { WalletName } from "../../components/traders/WalletName.tsx";
import { When } from "../../components/traders/When.tsx";
import { ago, cents, money, moneyExact, shares, venueAndUtc } from "../../lib/format.ts";
import type { WhaleTrade } from "../../lib/traders/contract.ts";
import { deviations, ratio } from "../../lib/traders/words.ts";

const YES_OR_NO = /^(Yes|No)$/;

/** The trades of the tape that were large when they were made. */
export const TRADE_COLUMNS: readonly BoardColumn<WhaleTrade>[] = [
  {
    id: "when",
    header: "Time",
    description: "When it was made, by your clock",
    isText: true,
    place: "p4",
    cell: ({ traded_at, observed_at }) => (
      <When
        at={traded_at}
        title={`${venueAndUtc(traded_at)} · heard of ${ago(traded_at, Date.parse(observed_at))}`}
      />
    ),
  },
  {
    id: "wallet",
    header: "Wallet",
    description: "The taker, whose order met those that rested",
    isText: true,
    place: "p1",
    cell: ({ wallet, new_wallet }) => <WalletName wallet={wallet} isNew={new_wallet === true} />,
  },
  {
    id: "market",
    header: "Market",
    isText: true,
    place: "p3",
    cell: ({ market }) => <MarketName market={market} isPlain />,
  },
  {
    id: "did",
    header: "Did",
    description: "What was bought or sold; to sell Yes is to be for No, and the other way round",
    isText: true,
    place: "p5",
    cell: ({ action, side, market }) => (
      <>
        {action === "buy" ? "bought" : "sold"}{" "}
        <b className={outcomeColour(market.outcome_index ?? -1)}>{market.outcome ?? "an outcome"}</b>
        {action === "sell" && YES_OR_NO.test(market.outcome ?? "") && (
          <>
            {" → "}
            <Toward side={side} market={market} />
          </>
        )}
      </>
    ),
  },
  {
    id: "usdc",
    header: "USDC",
    place: "p2",
    cell: ({ usdc }) => <b title={moneyExact(usdc)}>{money(usdc)}</b>,
  },
  {
    id: "paid",
    header: "Price",
    isQuiet: true,
    cell: ({ price, shares: held }) => <span title={`${shares(held)} shares`}>{cents(price)}</span>,
  },
  {
    id: "size",
    header: "Size",
    description:
      "How far above the market's own trades of the day, in robust standard deviations of the logarithm; — with too few trades before it",
    cell: ({ size_z, is_large }) => (
      <span className={size_z === null ? "mut" : is_large ? "strong" : undefined}>
        {size_z === null ? "—" : deviations(size_z)}
      </span>
    ),
  },
  {
    id: "of_volume",
    header: "Of volume",
    description: "Of what traded in the market within 24 hours",
    isQuiet: true,
    cell: ({ volume_share }) => ratio(volume_share),
  },
  {
    id: "of_depth",
    header: "Of depth",
    description:
      "Of what rested within two cents of the best price on the side it took; — where no book was known",
    isQuiet: true,
    cell: ({ depth_share }) => ratio(depth_share),
  },
];

/** By which measures a trade is large, and the records of it. */
export function TradeReasons({ trade }: { trade: WhaleTrade }) {
  const { is_large, size_z, volume_share, depth_share } = trade;
  return (
    <div className="reasons">
      <p>
        {is_large === null
          ? "Whether it is large by its market's own measures is unknown: one that could decide it is."
          : is_large
            ? "Large by its market's own measures: above the floor of its liquidity tier, and at least two of three."
            : "Listed for its dollars. By its market's own measures it is not large."}
      </p>
      <dl className="mini-facts wide">
        <Measure
          label="Size, against trades before it that day"
          value={size_z === null ? null : deviations(size_z)}
          bound="3 sd"
        />
        <Measure
          label="Of 24 h volume"
          value={volume_share === null ? null : ratio(volume_share)}
          bound="2%"
        />
        <Measure
          label="Of depth within 2¢"
          value={depth_share === null ? null : ratio(depth_share)}
          bound="5%"
        />
        <Measure label="Shares" value={shares(trade.shares)} />
      </dl>
      <EvidenceLinks evidence={trade.evidence} />
      <p className="sub mono hash">{trade.transaction_hash}</p>
    </div>
  );
}

function Measure({ label, value, bound }: { label: string; value: string | null; bound?: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={value === null ? "mut" : undefined}>
        {value ?? "unknown"}
        {bound && <small className="mut"> large from {bound}</small>}
      </dd>
    </div>
  );
}
