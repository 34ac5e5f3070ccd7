import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { PanelNote, PanelProblem, PanelSkeleton, StaleNote } from "../../../components/PanelParts.tsx";
import { Profit } from "../../../components/traders/Profit.tsx";
import { WideTable } from "../../../components/traders/WideTable.tsx";
import type { ClosedPosition } from "../../../lib/apiTypes.ts";
import { cents, count, duration, moneyExact, shares, utc } from "../../../lib/format.ts";
import { entryExitOf } from "../charts/entryExit.ts";
import { ScatterChart } from "../charts/ScatterChart.tsx";
import { closedPositions, type Subject } from "../walletQueries.ts";
import { Compared, MarketCell } from "./Compared.tsx";

function useClosed(subject: Subject) {
  const answer = useInfiniteQuery(closedPositions(subject));
  const rows = useMemo(() => answer.data?.pages.flatMap(({ data }) => data), [answer.data]);
  const total = answer.data?.pages[0]?.metadata.total ?? null;
  return { ...answer, rows, total };
}

/** Positions that are over: sold, redeemed, or settled by a resolution whether redeemed or not. */
export function ClosedPanel({ subject }: { subject: Subject }) {
  const { rows, total, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useClosed(subject);
  return (
    <section className="card closed" aria-label="Closed positions">
      <h2>
        Closed positions
        <span className="sub">
          {total !== null && `${count(total)}, `}losers that nobody redeemed included
        </span>
      </h2>
      {rows && <StaleNote error={error} />}
      {rows ? (
        rows.length === 0 ? (
          <PanelNote>No position has been closed or settled yet.</PanelNote>
        ) : (
          <>
            <ClosedTable rows={rows} />
            {hasNextPage && (
              <p className="more">
                <button
                  type="button"
                  className="link"
                  disabled={isFetchingNextPage}
                  onClick={() => void fetchNextPage()}
                >
                  {isFetchingNextPage ? "Loading" : "Earlier ones"}
                </button>
              </p>
            )}
          </>
        )
      ) : error ? (
        <PanelProblem error={error} what="The closed positions" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={8} />
      )}
    </section>
  );
}

function ClosedTable({ rows }: { rows: readonly ClosedPosition[] }) {
  return (
    <WideTable label="Closed positions, the last first" isTall>
      <table className="mini held">
        <caption className="sr">Closed positions, ours beside Polymarket's</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Market
            </th>
            <th scope="col" title="Shares ever bought">
              Bought
            </th>
            <th scope="col" title="Average cost a share when last held, before fees">
              Cost
            </th>
            <th scope="col" title="What the resolution pays a share; none where it was left before one">
              Paid
            </th>
            <th scope="col" title="From the first touch to the end">
              Held
            </th>
            <th scope="col">Ended</th>
            <th scope="col" title="By average cost, before fees">
              Profit
            </th>
            <th scope="col" title="Realised by Polymarket">
              Polymarket's
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.market.token_id ?? row.market.condition_id} ${row.closed_at}`}>
              <td className="l">
                <MarketCell market={row.market} doubts={row.doubts} />
              </td>
              <td>{shares(row.bought_shares)}</td>
              <td>
                <Compared position={row} figure="avg_price" show={(price) => cents(price)} />
              </td>
              <td title={unredeemed(row)}>
                {row.payout === null ? <span className="mut">left</span> : cents(row.payout)}
                {(row.unredeemed_shares ?? 0) > 0 && <span className="theirs mut">not redeemed</span>}
              </td>
              <td className="f2">{row.hold_s === null ? "—" : duration(row.hold_s * 1_000)}</td>
              <td className="f2" title={utc(row.closed_at)}>
                {row.closed_at === null ? "—" : row.closed_at.slice(0, 10)}
              </td>
              <td>
                <Profit value={row.total_usdc} />
              </td>
              <td className="f2" title={row.venue ? moneyExact(row.venue.realized_usdc) : undefined}>
                {row.venue ? (
                  <Profit value={row.venue.realized_usdc} />
                ) : (
                  <span className="mut">not listed</span>
                )}
                {row.differs.includes("realized_usdc") && (
                  <span className="theirs warn">≠ ours {moneyExact(row.realized_usdc)}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function unredeemed({ unredeemed_shares, settled_usdc }: ClosedPosition): string | undefined {
  if (unredeemed_shares === null || unredeemed_shares <= 0) return undefined;
  return `${shares(unredeemed_shares)} shares are not redeemed; they came to ${moneyExact(settled_usdc)}`;
}

/** What a share cost against what came back, of the closed positions that are loaded. */
export function ScatterPanel({ subject }: { subject: Subject }) {
  const { rows, total } = useClosed(subject);
  const points = useMemo(() => (rows ?? []).flatMap((row) => entryExitOf(row) ?? []), [rows]);
  const left = (rows?.length ?? 0) - points.length;
  return (
    <section className="card" aria-label="Cost against what came back">
      <h2>
        Entry against exit
        <span className="sub">a share, before fees; area by dollars</span>
      </h2>
      {rows === undefined ? (
        <PanelSkeleton lines={6} />
      ) : points.length === 0 ? (
        <PanelNote>No closed position has both figures.</PanelNote>
      ) : (
        <>
          <ScatterChart points={points} />
          <p className="sub">
            {count(points.length)} of {total === null ? "the loaded" : count(total)} closed positions
            {total !== null && rows.length < total && ", the last ones"}
            {left > 0 && `; ${count(left)} left out, where a figure is unknown or doubted`}. Above the
            diagonal it made money.
          </p>
        </>
      )}
    </section>
  );
}
