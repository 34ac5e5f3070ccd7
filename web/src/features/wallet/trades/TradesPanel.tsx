import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import {
  PanelNote,
  PanelProblem,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../../components/PanelParts.tsx";
import { WideTable } from "../../../components/traders/WideTable.tsx";
import type { WalletActivity } from "../../../lib/apiTypes.ts";
import {
  cents,
  count,
  dayAndTime,
  money,
  moneyExact,
  shares,
  venueAndUtc,
  zoneName,
} from "../../../lib/format.ts";
import { stringifySearch, type UrlSearch } from "../../../lib/urlSearch.ts";
import { changeSearch } from "../address.ts";
import { MarketCell } from "../positions/Compared.tsx";
import { type Subject, walletActivity } from "../walletQueries.ts";
import { TransactionLink } from "./TransactionLink.tsx";
import { filterOf, LEAST, SIDES } from "./tradeFilter.ts";

const ROW_PX = 28;
const OVERSCAN_ROWS = 10;
const ROOM_PX = 480;

interface TradesPanelProps {
  subject: Subject;
  isSimulated: boolean;
  /** The page's address: `side` and `min` narrow the list. */
  search: UrlSearch;
}

/** Every trade of the wallet, as taker and as maker, the newest first. */
export function TradesPanel({ subject, isSimulated, search }: TradesPanelProps) {
  const filter = filterOf(search);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    walletActivity(subject, "trades", filter),
  );
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data), [data]);
  return (
    <section className="card trades" aria-label="Trades">
      <div className="ph">
        <h2>
          Trades
          {rows && (
            <span className="sub">
              {hasNextPage ? "more than " : ""}
              {count(rows.length)}
            </span>
          )}
        </h2>
        <Segmented
          legend="Side"
          value={filter.side ?? ""}
          options={SIDES}
          onChange={(side) => changeSearch({ side })}
        />
        <Segmented
          legend="Least size of a trade"
          value={filter.min_usdc ?? ""}
          options={LEAST}
          onChange={(min) => changeSearch({ min })}
        />
        <span className="plegend">
          <a
            className="chip"
            href={`/api/polymarket/wallet/${subject.address}/trades.csv${stringifySearch({ ...filter })}`}
            download
            rel="nofollow"
            title="Every recorded trade with these filters, for spreadsheets"
          >
            CSV
          </a>
        </span>
      </div>
      {rows && <StaleNote error={error} />}
      {rows ? (
        rows.length === 0 ? (
          <PanelNote>
            {Object.keys(filter).length > 0
              ? "No recorded trade is of this side and size."
              : "No trade of this wallet is recorded."}
          </PanelNote>
        ) : (
          <TradeRows
            rows={rows}
            isSimulated={isSimulated}
            onEnd={() => {
              if (hasNextPage && !isFetchingNextPage && !error) void fetchNextPage();
            }}
          />
        )
      ) : error ? (
        <PanelProblem error={error} what="The trades" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={12} />
      )}
    </section>
  );
}

interface TradeRowsProps {
  rows: readonly WalletActivity[];
  isSimulated: boolean;
  /** Called when the last rows come into view. */
  onEnd(): void;
}

/** Only the rows in view exist, between two spacers; the next page is asked for before the last is reached. */
function TradeRows({ rows, isSimulated, onEnd }: TradeRowsProps) {
  const box = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN_ROWS,
    initialRect: { width: 800, height: ROOM_PX },
  });
  const items = virtualizer.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  const lastShown = items.at(-1)?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again only when another row is the last in view
  useEffect(() => {
    if (lastShown >= rows.length - 1) onEnd();
  }, [lastShown, rows.length]);
  return (
    <WideTable label="Trades, the newest first" isTall ref={box}>
      <table className="mini acts" aria-rowcount={rows.length + 1}>
        <caption className="sr">Trades, the newest first</caption>
        <thead>
          <tr>
            <th className="l" scope="col" title={`${zoneName()}; point at a time for UTC and New York`}>
              Time
            </th>
            <th className="l" scope="col">
              Side
            </th>
            <th
              className="l"
              scope="col"
              title="Whether its order rested or took; a dash where the source does not say"
            >
              Role
            </th>
            <th className="l" scope="col">
              Market
            </th>
            <th scope="col">Price</th>
            <th scope="col">Shares</th>
            <th scope="col">USDC</th>
            <th scope="col">Tx</th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} />}
          {items.map(({ index }) => {
            const row = rows[index];
            return row && <Trade key={row.id} row={row} index={index} isSimulated={isSimulated} />;
          })}
          {after > 0 && <Spacer height={after} />}
        </tbody>
      </table>
    </WideTable>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr className="gap">
      <td colSpan={8} style={{ height }} />
    </tr>
  );
}

function Trade({ row, index, isSimulated }: { row: WalletActivity; index: number; isSimulated: boolean }) {
  return (
    <tr aria-rowindex={index + 2}>
      <td className="l mut">
        <time dateTime={row.happened_at} title={venueAndUtc(row.happened_at)}>
          {dayAndTime(row.happened_at)}
        </time>
      </td>
      <td className="l">{row.side ?? "—"}</td>
      <td className="l mut">{row.role ?? "—"}</td>
      <td className="l">
        <MarketCell market={row.market} />
      </td>
      <td>{cents(row.price)}</td>
      <td>{shares(row.shares)}</td>
      <td title={moneyExact(row.usdc)}>{money(row.usdc)}</td>
      <td className="mono">
        <TransactionLink hash={row.transaction_hash} isSimulated={isSimulated} />
      </td>
    </tr>
  );
}
