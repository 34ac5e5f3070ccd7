import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import { Instant } from "../../components/PageParts.tsx";
import {
  PanelNote,
  PanelProblem,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../components/PanelParts.tsx";
import type { MarketDetail, Side, Slippage } from "../../lib/apiTypes.ts";
import { cents, count, decimal, moneyExact, percent, shares } from "../../lib/format.ts";
import { go, place } from "../../lib/navigation.ts";
import { parseSearch, stringifySearch, type UrlSearch } from "../../lib/urlSearch.ts";
import { type Order, slippage } from "./live/liveQueries.ts";
import { orderSearch, parseTriedOrder, type TriedOrder } from "./orderAddress.ts";
import { parseSize } from "./orderSize.ts";

const PRESETS = [100, 1_000, 10_000] as const;
const SKELETON_LINES = 6;

interface SlippagePanelProps {
  market: MarketDetail;
  outcome: number;
  onOutcome(outcome: number): void;
  /** The page's address: `side`, `size` and `unit`. */
  search: UrlSearch;
}

/**
 * The order of the address, and how to change it. What is typed is shown at once; the address follows, and where it
 * changes by itself, as by the browser's back, the fields follow it.
 */
function useTriedOrder(search: UrlSearch): [TriedOrder, (change: Partial<TriedOrder>) => void] {
  const said = parseTriedOrder(search);
  const [order, setOrder] = useState(said);
  const key = `${said.side} ${said.unit} ${said.size}`;
  const [followed, setFollowed] = useState(key);
  if (followed !== key) {
    setFollowed(key);
    setOrder(said);
  }
  const apply = (change: Partial<TriedOrder>) => {
    const next = { ...order, ...change };
    setOrder(next);
    // An empty field is not an order: the address keeps the last one.
    if (next.size.trim() === "") return;
    const present = parseSearch(place.get().queryString);
    go(`${place.get().path}${stringifySearch(orderSearch(present, next))}`, true);
  };
  return [order, apply];
}

/** What an order of a size would cost against the book as it stands, fee included. */
export function SlippagePanel({ market, outcome, onOutcome, search }: SlippagePanelProps) {
  const [{ side, unit, size: typed }, apply] = useTriedOrder(search);
  const id = useId();
  const { size, problem } = parseSize(typed);
  // The request follows the typing at a distance, so that a burst of keys is one question.
  const asked = useDeferredValue(size);
  return (
    <section className="card slip" aria-label="Slippage">
      <h2>Slippage</h2>
      <div className="order">
        <Segmented<Side>
          legend="Side"
          value={side}
          options={[
            { value: "buy", label: "buy" },
            { value: "sell", label: "sell" },
          ]}
          onChange={(next) => apply({ side: next })}
        />
        {market.outcomes.length === 2 && (
          <Segmented
            legend="Outcome"
            value={String(outcome)}
            options={market.outcomes.map((label, index) => ({ value: String(index), label }))}
            onChange={(value) => onOutcome(Number(value))}
          />
        )}
        <label className="size">
          <span className="sr">Size</span>
          <input
            inputMode="decimal"
            value={typed}
            maxLength={15}
            autoComplete="off"
            aria-invalid={problem !== null}
            aria-describedby={problem ? id : undefined}
            onChange={(event) => apply({ size: event.target.value })}
          />
        </label>
        <Segmented<Order["unit"]>
          legend="Unit of the size"
          value={unit}
          options={[
            { value: "usdc", label: "USDC" },
            { value: "shares", label: "shares" },
          ]}
          onChange={(next) => apply({ unit: next })}
        />
        <span className="presets">
          {PRESETS.map((preset) => (
            <button
              key={preset}
              type="button"
              className="chip"
              onClick={() => apply({ size: String(preset) })}
            >
              {unit === "usdc" && "$"}
              {count(preset)}
            </button>
          ))}
        </span>
      </div>
      {problem ? (
        <p className="pstale" id={id}>
          {problem}
        </p>
      ) : (
        <Outcome market={market} order={{ side, outcome, unit, size: asked ?? 0 }} />
      )}
    </section>
  );
}

function Outcome({ market, order }: { market: MarketDetail; order: Order }) {
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...slippage(market.market_id, order),
    enabled: market.accepting_orders && order.size > 0,
    placeholderData: keepPreviousData,
  });
  if (!market.accepting_orders) {
    return <PanelNote>The exchange takes no orders in this market.</PanelNote>;
  }
  // An error belongs to this order: the answer to another one must not stand in for it.
  if (error && (data === undefined || isPlaceholderData)) {
    return <PanelProblem error={error} what="The price of this order" retry={() => void refetch()} />;
  }
  if (data === undefined) return <PanelSkeleton lines={SKELETON_LINES} />;
  return (
    <div
      className="booked"
      data-state={isPlaceholderData ? "waiting" : data.book_state}
      aria-busy={isPlaceholderData}
    >
      <StaleNote error={error} />
      <Walk result={data} order={order} tick={market.tick_size} />
    </div>
  );
}

function Walk({ result, order, tick }: { result: Slippage; order: Order; tick: number | null }) {
  if (result.book_state === "unknown" || result.average_price === null) {
    return <PanelNote>The book has nothing to walk: it is unknown or this side of it is empty.</PanelNote>;
  }
  const verb = result.side === "buy" ? "Pay" : "Receive";
  const part = order.unit === "usdc" ? result.requested_usdc : result.requested_shares;
  const filled = order.unit === "usdc" ? result.filled_usdc : result.filled_shares;
  return (
    <>
      {!result.complete && (
        <p className="pstale" role="status">
          Only {part ? percent(filled / part) : "a part"} can be filled: the book is too thin for the rest
          {result.unfilled_shares !== null && `, ${shares(result.unfilled_shares)} shares`}.
        </p>
      )}
      {result.book_state !== "live" && (
        <p className="pstale">The book is {result.book_state}; the numbers are of its last good levels.</p>
      )}
      <dl className="kv tight">
        <div>
          <dt>Average price</dt>
          <dd>
            <b>{cents(result.average_price, tick)}</b>
          </dd>
        </div>
        <div>
          <dt>Best, worst</dt>
          <dd>
            {cents(result.best_price, tick)}, {cents(result.worst_price, tick)}
          </dd>
        </div>
        <div>
          <dt>Impact</dt>
          <dd>
            {result.impact_cents === null ? "—" : `${decimal(result.impact_cents, 2)}¢`}
            {result.impact_bps !== null && ` · ${count(result.impact_bps)} bps`}
          </dd>
        </div>
        <div>
          <dt>Filled</dt>
          <dd>
            {shares(result.filled_shares)} shares, {moneyExact(result.filled_usdc)}
          </dd>
        </div>
        <div>
          <dt>Fee, taker</dt>
          <dd>
            {moneyExact(result.fee_usdc)}
            {result.fee_usdc === null && <span className="mut"> unknown</span>}
          </dd>
        </div>
        <div>
          <dt>{verb} in all</dt>
          <dd>
            <b>{moneyExact(result.total_usdc)}</b>
          </dd>
        </div>
        {result.as_of !== null && (
          <div>
            <dt>Book of</dt>
            <dd>
              <Instant value={result.as_of} />
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}
