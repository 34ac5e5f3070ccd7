import type { ReactNode } from "react";
import type { MarketRow } from "../lib/apiTypes.ts";
import { categoryLabel, cents, decimal, signed, utc } from "../lib/format.ts";
import {
  TAPE_COUNTS,
  TAPE_WINDOWS,
  type TapeChange,
  type TapeCount,
  type TapeWindow,
  tapeValue,
} from "../lib/tape.ts";
import { Change, Closes, Figure, Flow, Money, Price, ResolvedOutcome, spreadText } from "./Figures.tsx";
import { CategoryMark } from "./Icon.tsx";

/** A column of a table: its header, how it aligns and how a row fills it. `id` is the API's name and the CSS class. */
export interface Column<Row> {
  id: string;
  header: string;
  /** What the header means, for the tooltip and the column chooser. */
  description: string;
  isText?: boolean;
  isQuiet?: boolean;
  /** What the chooser lists it under; the others come first. */
  group?: string;
  /** The server can sort by it, under the same name. */
  isSortable?: boolean;
  cell(row: Row, now: number): ReactNode;
}

type MarketColumn = Column<MarketRow>;

function changeColumn(period: "1h" | "24h" | "7d" | "30d"): MarketColumn {
  const key = `change_${period}` as const;
  return {
    id: key,
    header: `Change ${period}`,
    description: `Change of the price over ${period}, in percentage points`,
    isSortable: true,
    cell: (market) => <Change value={market[key]} subject={market.market_id} />,
  };
}

function tapeChangeColumn(period: TapeChange): MarketColumn {
  return {
    id: `change_${period}`,
    header: `Change ${period}`,
    description: `Change of the price over ${period}, in percentage points, where it traded`,
    isSortable: true,
    cell: (market) => <Change value={tapeValue(market, period, "change")} subject={market.market_id} />,
  };
}

const TAPE_WORDS: Record<TapeCount, { header: string; description: string }> = {
  trades: { header: "Trades", description: "Takers' trades" },
  buyers: { header: "Buyers", description: "Different wallets that bought the first outcome, as takers" },
  sellers: { header: "Sellers", description: "Different wallets that sold the first outcome, as takers" },
  taker_volume: { header: "Taker volume", description: "Bought and sold by takers, USDC, from the tape" },
  taker_flow: { header: "Taker flow", description: "Bought less sold by takers, USDC" },
  whale_flow: { header: "Whale flow", description: "Bought less sold by whales, as takers, USDC" },
  smart_flow: { header: "Smart flow", description: "Bought less sold by smart money, as takers, USDC" },
  buy_share: { header: "Buy share", description: "Bought by takers as a share of what they traded" },
};

function tapeColumn(figure: TapeCount, window: TapeWindow): MarketColumn {
  const { header, description } = TAPE_WORDS[figure];
  return {
    id: `${figure}_${window}`,
    header: `${header} ${window}`,
    description: `${description}, in the last ${window}`,
    group: `Takers, last ${window}`,
    isSortable: true,
    isQuiet: true,
    cell: (market) => {
      const figures = { value: tapeValue(market, window, figure), subject: market.market_id };
      if (figure === "taker_volume") return <Money {...figures} />;
      if (figure.endsWith("_flow")) return <Flow {...figures} />;
      return <Figure {...figures} isShare={figure === "buy_share"} />;
    },
  };
}

function moneyColumn(
  key: "volume_24h" | "volume_7d" | "volume_30d" | "volume_total" | "liquidity",
  header: string,
  description: string,
): MarketColumn {
  return {
    id: key,
    header,
    description,
    isSortable: true,
    isQuiet: key !== "volume_24h",
    cell: (market) => <Money value={market[key]} subject={market.market_id} />,
  };
}

function centsColumn(
  key: "spread" | "best_bid" | "best_ask" | "last_trade_price",
  header: string,
  description: string,
): MarketColumn {
  return {
    id: key,
    header,
    description,
    isSortable: key === "spread",
    isQuiet: true,
    cell: (market) => (key === "spread" ? spreadText(market) : cents(market[key], market.tick_size)),
  };
}

function MarketTitle({ market }: { market: MarketRow }) {
  const event = market.event?.title;
  return (
    <a className="mk" href={`/markets/${market.slug}`} tabIndex={-1}>
      <CategoryMark category={market.category} />
      <span className="t">{market.title}</span>
      {event && event !== market.title && <small>{event}</small>}
    </a>
  );
}

/** Every column a table of markets can show, in the chooser's order. */
export const MARKET_COLUMNS: readonly MarketColumn[] = [
  {
    id: "title",
    header: "Market",
    description: "The question, and the event it belongs to",
    isText: true,
    isSortable: true,
    cell: (market) => <MarketTitle market={market} />,
  },
  {
    id: "price",
    header: "Yes",
    description: "Price of the first outcome (named where it is not Yes), in cents",
    isSortable: true,
    cell: (market) => <Price market={market} />,
  },
  tapeChangeColumn("10m"),
  changeColumn("1h"),
  tapeChangeColumn("6h"),
  tapeChangeColumn("12h"),
  changeColumn("24h"),
  changeColumn("7d"),
  changeColumn("30d"),
  moneyColumn("volume_24h", "Volume 24h", "Traded in the last 24 hours, USDC"),
  moneyColumn("volume_7d", "Volume 7d", "Traded in the last 7 days, USDC"),
  moneyColumn("volume_30d", "Volume 30d", "Traded in the last 30 days, USDC"),
  moneyColumn("volume_total", "Volume", "Traded since the market opened, USDC"),
  ...TAPE_WINDOWS.flatMap((window) => TAPE_COUNTS.map((figure) => tapeColumn(figure, window))),
  moneyColumn("liquidity", "Liquidity", "Resting in the order book as upstream reports it, USDC"),
  centsColumn("spread", "Spread", "Best ask less best bid, in cents"),
  centsColumn("best_bid", "Bid", "Best bid for the first outcome"),
  centsColumn("best_ask", "Ask", "Best ask for the first outcome"),
  centsColumn("last_trade_price", "Last", "Price of the last trade"),
  {
    id: "end_date",
    header: "Closes",
    description: "Time to the scheduled end of trading",
    isSortable: true,
    isQuiet: true,
    cell: (market, now) => <Closes market={market} now={now} />,
  },
  {
    id: "status",
    header: "Status",
    description: "Open, closed (trading ended) or resolved (outcome final)",
    isQuiet: true,
    cell: (market) => market.status,
  },
  {
    id: "resolution",
    header: "Outcome",
    description: "The final outcome of a resolved market",
    cell: (market) => <ResolvedOutcome market={market} />,
  },
  {
    id: "category",
    header: "Category",
    description: "The shared category, from upstream's tags",
    isText: true,
    isQuiet: true,
    cell: (market) => categoryLabel(market.category),
  },
  {
    id: "competitive",
    header: "Competitive",
    description: "Upstream's score of how contested the market is, 0 to 1",
    isSortable: true,
    isQuiet: true,
    cell: (market) => decimal(market.competitive, 2),
  },
  {
    id: "smart_imbalance",
    header: "Smart imbalance",
    description: "Smart money for (+100) or against (\u2212100) the first outcome",
    isSortable: true,
    cell: ({ smart_money: known }) => (
      <span title={known ? `${decimal(known.voices, 1)} voices, ${utc(known.as_of)}` : ""}>
        {signed(known?.imbalance, 0)}
      </span>
    ),
  },
  {
    id: "tick_size",
    header: "Tick",
    description: "Smallest price step, in cents",
    isQuiet: true,
    cell: (market) => (market.tick_size === null ? "—" : `${decimal(market.tick_size * 100, 4)}¢`),
  },
  {
    id: "created_at",
    header: "Created",
    description: "When the market was created",
    isSortable: true,
    isQuiet: true,
    cell: (market) => <span title={utc(market.created_at)}>{market.created_at?.slice(0, 10) ?? "—"}</span>,
  },
];

const BY_ID = new Map(MARKET_COLUMNS.map((column) => [column.id, column]));

/** The columns with these ids, in their order; unknown ids are left out and the title always leads. */
export function marketColumns(ids: readonly string[]): readonly MarketColumn[] {
  const rest = ids.filter((id) => id !== "title");
  return ["title", ...rest].flatMap((id) => BY_ID.get(id) ?? []);
}
