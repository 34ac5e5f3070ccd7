import { useQuery, useQueryClient } from "@tanstack/react-query";
import { memo, useState } from "react";
import { outcomeColour } from "../../../components/Figures.tsx";
import {
  PanelNote,
  PanelProblem,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../../components/PanelParts.tsx";
import type { MarketDetail, TradeRow } from "../../../lib/apiTypes.ts";
import { feedStatus } from "../../../lib/feed.ts";
import {
  cents,
  count,
  dayAndTime,
  isToday,
  money,
  moneyExact,
  shares,
  shortHash,
  timeOfDay,
  utc,
  venueAndUtc,
  zoneName,
} from "../../../lib/format.ts";
import { go, place } from "../../../lib/navigation.ts";
import { useStore } from "../../../lib/store.ts";
import { copy, toast } from "../../../lib/toast.ts";
import { parseSearch, stringifySearch, type UrlSearch } from "../../../lib/urlSearch.ts";
import { marketKeys } from "../keys.ts";
import { fetchTrades, tradeTape } from "../live/liveQueries.ts";
import { cameSince, type Tape, withOlder } from "./tape.ts";

const LEAST = [
  { value: "0", label: "all" },
  { value: "100", label: "≥ $100" },
  { value: "1000", label: "≥ $1k" },
  { value: "10000", label: "≥ $10k" },
] as const;
type Least = (typeof LEAST)[number]["value"];

const EXPLORER = "https://polygonscan.com/tx/";
const SKELETON_LINES = 14;

interface TapePanelProps {
  market: MarketDetail;
  isSimulated: boolean;
  /** The page's address: `min` is the least size in dollars. */
  search: UrlSearch;
}

function showLeast(value: Least): void {
  const { min: _min, ...others } = parseSearch(place.get().queryString);
  go(`${place.get().path}${stringifySearch(value === "0" ? others : { ...others, min: value })}`, true);
}

/** Every trade as it happens, newest first; each is a row of its own. */
export function TapePanel({ market, isSimulated, search }: TapePanelProps) {
  const least = LEAST.find(({ value }) => value === search.min)?.value ?? "0";
  /** The rows as they were when the reader paused. */
  const [held, setHeld] = useState<readonly TradeRow[] | null>(null);
  const [isLoadingOlder, setLoadingOlder] = useState(false);
  const client = useQueryClient();
  const { data: tape, error, refetch } = useQuery(tradeTape(market.market_id, Number(least)));
  const { state: feed } = useStore(feedStatus);
  const shown = held ?? tape?.trades ?? [];
  const waiting = held === null || tape === undefined ? 0 : cameSince(held, tape.trades);

  const loadOlder = async (from: Tape) => {
    setLoadingOlder(true);
    try {
      const older = await fetchTrades(market.market_id, Number(least), from.nextCursor);
      client.setQueryData<Tape>(
        marketKeys.tape(market.market_id, Number(least)),
        (present) => present && withOlder(present, older.trades, older.nextCursor),
      );
    } catch (cause) {
      toast(`Older trades: ${cause instanceof Error ? cause.message : String(cause)}`, "error");
    } finally {
      setLoadingOlder(false);
    }
  };

  return (
    <section className="card tapes" aria-label="Trades">
      <h2>
        Trades
        {tape?.completeTo && (
          <span
            className="sub"
            title={`Up to ${utc(tape.completeTo)} no trade is missing. Newer ones were heard and may be incomplete.`}
          >
            complete to {timeOfDay(tape.completeTo)}
          </span>
        )}
        <span className="end">
          <a
            className="chip"
            href={`/api/polymarket/markets/${market.market_id}/trades.csv${stringifySearch(least === "0" ? {} : { min_usdc: least })}`}
            download
            rel="nofollow"
            title="Every recorded trade of this size, with units and sources, for spreadsheets"
          >
            CSV
          </a>
          <button
            type="button"
            className="chip"
            aria-pressed={held !== null}
            onClick={() => setHeld(held === null ? (tape?.trades ?? []) : null)}
            disabled={!tape || tape.trades.length === 0}
          >
            {held === null ? "Pause" : waiting > 0 ? `Resume, ${count(waiting)} new` : "Resume"}
          </button>
        </span>
      </h2>
      <div className="tape-tools">
        <Segmented
          legend="Least size of a trade"
          value={least}
          options={LEAST}
          onChange={(value) => {
            setHeld(null);
            showLeast(value);
          }}
        />
        {feed === "lost" && tape && (
          <span className="bstate" data-state="stale">
            <span className="dot" />
            stale · stream lost
          </span>
        )}
      </div>
      {tape && <StaleNote error={error} />}
      {tape ? (
        shown.length === 0 ? (
          <PanelNote>
            {least === "0" ? "No trade has been recorded in this market." : "No recorded trade is as large."}{" "}
            {tape.completeFrom
              ? `None is missing since ${utc(tape.completeFrom)}; before that, they are not known.`
              : "Trades are not recorded yet by this server: there may have been some."}
          </PanelNote>
        ) : (
          <>
            <section
              className="tape-scroll"
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
              tabIndex={0}
              aria-label="Recorded trades, newest first"
            >
              <table className="tape">
                <caption className="sr">Trades, newest first{held !== null && ", paused"}</caption>
                <thead>
                  <tr>
                    <th
                      className="l"
                      scope="col"
                      title={`${zoneName()}; point at a time for UTC and New York`}
                    >
                      Time
                    </th>
                    <th className="l" scope="col" title="What the taker did">
                      Taker
                    </th>
                    <th scope="col">Price</th>
                    <th scope="col">Shares</th>
                    <th scope="col">USDC</th>
                    <th scope="col">Tx</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map((trade) => (
                    <Trade
                      key={trade.trade_id}
                      trade={trade}
                      label={market.outcomes[trade.outcome] ?? `outcome ${trade.outcome + 1}`}
                      tick={market.tick_size}
                      isSimulated={isSimulated}
                    />
                  ))}
                </tbody>
              </table>
            </section>
            {held === null && tape.nextCursor !== null && (
              <p className="more">
                <button
                  type="button"
                  className="link"
                  disabled={isLoadingOlder}
                  onClick={() => void loadOlder(tape)}
                >
                  {isLoadingOlder ? "Loading" : "Older trades"}
                </button>
              </p>
            )}
          </>
        )
      ) : error ? (
        <PanelProblem error={error} what="The trade tape" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={SKELETON_LINES} />
      )}
    </section>
  );
}

interface TradeProps {
  trade: TradeRow;
  /** Name of the outcome. */
  label: string;
  tick: number | null;
  isSimulated: boolean;
}

/** Enough of a hash to tell one transaction from the next in a narrow column. */
const hashText = (hash: string) => `${hash.slice(0, 6)}…`;

/** Drawn once: a trade does not change, however many follow it. */
const Trade = memo(({ trade, label, tick, isSimulated }: TradeProps) => {
  const who = trade.name ?? (trade.wallet && shortHash(trade.wallet));
  const known = who ? `Taker ${who}` : undefined;
  const what = `${trade.side} ${label}`;
  return (
    <tr title={trade.confirmed === false ? "Heard on the stream, not confirmed yet" : known}>
      <td className="l mut">
        <time dateTime={trade.traded_at} title={venueAndUtc(trade.traded_at)}>
          {isToday(trade.traded_at) ? timeOfDay(trade.traded_at) : dayAndTime(trade.traded_at)}
        </time>
      </td>
      <td className="l">
        {trade.wallet ? (
          <a href={`/wallets/${trade.wallet}`} data-beside={trade.wallet} aria-label={`${what}, by ${who}`}>
            {trade.side} <span className={outcomeColour(trade.outcome)}>{label}</span>
          </a>
        ) : (
          <>
            {trade.side} <span className={outcomeColour(trade.outcome)}>{label}</span>
          </>
        )}
      </td>
      <td>{cents(trade.price, tick)}</td>
      <td>{shares(trade.shares)}</td>
      <td className="f2" title={moneyExact(trade.usdc)}>
        {money(trade.usdc)}
      </td>
      <td className="mono">
        {trade.transaction_hash === null ? (
          <span className="mut">—</span>
        ) : isSimulated ? (
          <button
            type="button"
            className="hash"
            title={`Copy ${trade.transaction_hash}`}
            onClick={() => void copy(trade.transaction_hash ?? "", "Transaction hash")}
          >
            {hashText(trade.transaction_hash)}
          </button>
        ) : (
          <a
            className="hash"
            href={`${EXPLORER}${trade.transaction_hash}`}
            rel="noopener noreferrer"
            target="_blank"
            title={trade.transaction_hash}
          >
            {hashText(trade.transaction_hash)}
          </a>
        )}
      </td>
    </tr>
  );
});
