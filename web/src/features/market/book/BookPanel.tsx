import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { outcomeColour, Ticking } from "../../../components/Figures.tsx";
import { PanelNote, PanelProblem, PanelSkeleton, Segmented } from "../../../components/PanelParts.tsx";
import type { MarketDetail } from "../../../lib/apiTypes.ts";
import { feedStatus } from "../../../lib/feed.ts";
import { cents, count, decimal, money, moneyExact, shares, signed } from "../../../lib/format.ts";
import { useStore } from "../../../lib/store.ts";
import { useSecond } from "../../../lib/time.ts";
import { orderBook } from "../live/liveQueries.ts";
import { type BookReport, bookReport } from "./bookState.ts";
import { DepthChart } from "./DepthChart.tsx";
import { type LadderRow, ladder, mirroredBook, type ShownBook } from "./ladder.ts";

/** Levels of each side at first; the reader may see them all. */
const SHOWN_LEVELS = 8;
const SKELETON_LINES = 17;

interface BookPanelProps {
  market: MarketDetail;
  /** The outcome whose book is shown. */
  outcome: number;
  onOutcome(outcome: number): void;
}

/** The order book as a ladder and as a curve, with how far it can be trusted. */
export function BookPanel({ market, outcome, onOutcome }: BookPanelProps) {
  const {
    data: book,
    error,
    dataUpdatedAt,
    refetch,
  } = useQuery({ ...orderBook(market.market_id), enabled: market.accepting_orders });
  const { state: feed } = useStore(feedStatus);
  const now = useSecond();
  const report =
    book && bookReport({ book, receivedAt: dataUpdatedAt, refreshError: error?.message ?? null, feed, now });
  return (
    <section className="card book" aria-label="Order book">
      <h2>
        Order book
        <span className="end">
          {market.outcomes.length === 2 && (
            <Segmented
              legend="Outcome of the book"
              value={String(outcome)}
              options={market.outcomes.map((label, index) => ({ value: String(index), label }))}
              onChange={(value) => onOutcome(Number(value))}
            />
          )}
        </span>
      </h2>
      <p className="bline">{report && <BookBadge report={report} />}</p>
      {book && report ? (
        <BookBody
          book={outcome === 0 ? book : mirroredBook(book)}
          report={report}
          tick={book.tick_size ?? market.tick_size}
        />
      ) : !market.accepting_orders ? (
        <PanelNote>
          The exchange takes no orders in this market, and its last book is not held here.
        </PanelNote>
      ) : error ? (
        <PanelProblem error={error} what="The order book" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={SKELETON_LINES} />
      )}
    </section>
  );
}

/** Says whether the book follows the exchange, why not, and how old it is. */
export function BookBadge({ report }: { report: BookReport }) {
  return (
    <span className="bstate" data-state={report.state} title={report.long}>
      <span className="dot" />
      {report.text}
    </span>
  );
}

interface BookBodyProps {
  book: ShownBook;
  report: BookReport;
  tick: number | null;
}

function BookBody({ book, report, tick }: BookBodyProps) {
  const [isWhole, setWhole] = useState(false);
  if (book.state === "unknown" && book.bids.length === 0 && book.asks.length === 0) {
    return <PanelNote>No book has been received for this market yet.</PanelNote>;
  }
  if (book.state_cause === "ghost") {
    return (
      <PanelNote>
        Upstream serves a book that is not this market's: its own prices say otherwise. Nothing of it is
        shown; the book is asked for again.
      </PanelNote>
    );
  }
  const { asks, bids, hiddenAsks, hiddenBids } = ladder(
    book,
    isWhole ? Number.POSITIVE_INFINITY : SHOWN_LEVELS,
  );
  const hidden = hiddenAsks + hiddenBids;
  return (
    <>
      {/* A book that is not live is dimmed as a whole and says so above. */}
      <div className="booked" data-state={report.state}>
        {/* Who bids for No takes the colour of No, whichever book it is seen in. */}
        <table className="lad" data-outcome={book.outcome}>
          <caption className="sr">Order book. {report.long}</caption>
          <thead>
            <tr>
              <th className="l" scope="col">
                Price
              </th>
              <th scope="col">Shares</th>
              <th scope="col" title="Dollars from the best price to this one">
                Cum.
              </th>
            </tr>
          </thead>
          <tbody>
            {asks.length === 0 && <EmptySide text="no asks" />}
            {asks.map((row) => (
              <Level key={`ask ${row.price}`} side="ask" wanted={1 - book.outcome} row={row} tick={tick} />
            ))}
            <tr className="mid">
              <td colSpan={3}>
                <span>
                  mid <b>{<Ticking subject={book.market_id} text={cents(book.mid, tick)} />}</b>
                </span>
                <span>
                  spread {cents(book.spread, tick)}
                  {book.spread_bps !== null && ` · ${count(book.spread_bps)} bps`}
                </span>
              </td>
            </tr>
            {bids.map((row) => (
              <Level key={`bid ${row.price}`} side="bid" wanted={book.outcome} row={row} tick={tick} />
            ))}
            {bids.length === 0 && <EmptySide text="no bids" />}
          </tbody>
        </table>
        <DepthChart book={book} tick={tick} />
        <dl className="mini-facts">
          <div>
            <dt title="Bids against asks within 5¢ of the mid: −1 all asks, +1 all bids">Imbalance</dt>
            <dd>{signed(book.imbalance, 2)}</dd>
          </div>
          <div>
            <dt>Last trade</dt>
            <dd>{cents(book.last_trade_price, tick)}</dd>
          </div>
          {book.depth && (
            <>
              <Within reach="1¢" bids={book.depth.bid_1c} asks={book.depth.ask_1c} />
              <Within reach="5¢" bids={book.depth.bid_5c} asks={book.depth.ask_5c} />
            </>
          )}
        </dl>
      </div>
      {(hidden > 0 || isWhole) && (
        <p className="more">
          <button type="button" className="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Only the best levels" : `All levels, ${count(hidden)} more`}
          </button>
        </p>
      )}
    </>
  );
}

/** Dollars that rest near the mid, bids then asks. */
function Within({ reach, bids, asks }: { reach: string; bids: number | null; asks: number | null }) {
  return (
    <div title={`Dollars within ${reach} of the mid: bids, asks`}>
      <dt>Within {reach}</dt>
      <dd>
        <span className="yes">{money(bids)}</span> <span className="no">{money(asks)}</span>
      </dd>
    </div>
  );
}

function EmptySide({ text }: { text: string }) {
  return (
    <tr>
      <td className="l mut" colSpan={3}>
        {text}
      </td>
    </tr>
  );
}

interface LevelProps {
  side: "ask" | "bid";
  /** The outcome that the order is in favour of. */
  wanted: number;
  row: LadderRow;
  tick: number | null;
}

function Level({ side, wanted, row, tick }: LevelProps) {
  return (
    <tr className={side}>
      <td className={`l ${outcomeColour(wanted)}`}>{cents(row.price, tick)}</td>
      <td title={`${decimal(row.shares, 6)} shares`}>
        <Ticking subject={`${side} ${row.price}`} text={shares(row.shares)} />
      </td>
      <td className="f2" title={`${moneyExact(row.totalUsdc)} and ${shares(row.totalShares)} shares to here`}>
        <svg className="fill" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
          <rect x={100 - row.depthShare * 100} width={row.depthShare * 100} height="1" />
        </svg>
        <span>{money(row.totalUsdc)}</span>
      </td>
    </tr>
  );
}
