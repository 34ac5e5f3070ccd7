import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import {
  PanelNote,
  PanelProblem,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../../components/PanelParts.tsx";
import { Profit } from "../../../components/traders/Profit.tsx";
import { WideTable } from "../../../components/traders/WideTable.tsx";
import type { WalletPosition } from "../../../lib/apiTypes.ts";
import { cents, count, money, moneyExact, shares, utc, words } from "../../../lib/format.ts";
import { type Subject, walletPositions } from "../walletQueries.ts";
import { Compared, MarketCell } from "./Compared.tsx";
import { type PositionOrder, sortedPositions } from "./order.ts";

const ORDERS: readonly { value: PositionOrder; label: string }[] = [
  { value: "value", label: "value" },
  { value: "total", label: "profit" },
  { value: "recent", label: "recent" },
];
const SHOWN = 20;

/** What the wallet holds: our figures, and the venue's where they differ. */
export function PositionsPanel({ subject }: { subject: Subject }) {
  const { data: positions, error, refetch } = useQuery(walletPositions(subject));
  const [order, setOrder] = useState<PositionOrder>("value");
  const [isWhole, setWhole] = useState(false);
  const sorted = useMemo(() => sortedPositions(positions ?? [], order), [positions, order]);
  const differing = sorted.filter(({ differs }) => differs.length > 0).length;
  return (
    <section className="card positions" aria-label="Open positions">
      <div className="ph">
        <h2>
          Open positions
          {positions && <span className="sub">{count(positions.length)}</span>}
        </h2>
        <Segmented legend="Order" value={order} options={ORDERS} onChange={(next) => setOrder(next)} />
        {differing > 0 && <span className="plegend warn">≠ Polymarket's differs, in {count(differing)}</span>}
      </div>
      {positions && <StaleNote error={error} />}
      {positions ? (
        positions.length === 0 ? (
          <PanelNote>Nothing is held of a market that is not resolved.</PanelNote>
        ) : (
          <>
            <OpenTable positions={isWhole ? sorted : sorted.slice(0, SHOWN)} />
            {sorted.length > SHOWN && (
              <p className="more">
                <button
                  type="button"
                  className="link"
                  aria-expanded={isWhole}
                  onClick={() => setWhole(!isWhole)}
                >
                  {isWhole ? `The first ${SHOWN} only` : `All ${count(sorted.length)}`}
                </button>
              </p>
            )}
          </>
        )
      ) : error ? (
        <PanelProblem error={error} what="The positions" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={8} />
      )}
    </section>
  );
}

function OpenTable({ positions }: { positions: readonly WalletPosition[] }) {
  return (
    <WideTable label="Open positions by market">
      <table className="mini held">
        <caption className="sr">Open positions, ours beside Polymarket's</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Market
            </th>
            <th scope="col">Shares</th>
            <th scope="col" title="Average cost a share, before fees">
              Cost
            </th>
            <th scope="col" title="What somebody offers for a share">
              Bid
            </th>
            <th scope="col">Value</th>
            <th scope="col" title="Value above average cost">
              Unrealised
            </th>
            <th scope="col" title="By average cost, before fees">
              Realised
            </th>
            <th scope="col" title="Realised and unrealised by Polymarket, at its own time and price">
              Polymarket's total
            </th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <tr key={position.market.token_id ?? position.market.condition_id}>
              <td className="l">
                <MarketCell market={position.market} doubts={position.doubts} />
              </td>
              <td>
                <Compared position={position} figure="shares" show={shares} />
              </td>
              <td>
                <Compared position={position} figure="avg_price" show={(price) => cents(price)} />
              </td>
              <td title={markTitle(position)}>{cents(position.mark_price)}</td>
              <td title={moneyExact(position.value_usdc)}>{money(position.value_usdc)}</td>
              <td>
                <Profit value={position.unrealized_usdc} />
              </td>
              <td>
                <Compared
                  position={position}
                  figure="realized_usdc"
                  show={(usdc) => <Profit value={usdc} />}
                />
              </td>
              <td className="f2" title={venueTitle(position)}>
                {position.venue ? (
                  <Profit value={position.venue.total_usdc} />
                ) : (
                  <span className="mut">not listed</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function markTitle({ mark_source, mark_as_of }: WalletPosition): string {
  if (mark_source === null) return "Nobody is known to bid";
  return `${mark_source === "bid" ? "Best bid" : words(mark_source)}, ${utc(mark_as_of)}`;
}

function venueTitle({ venue }: WalletPosition): string {
  if (venue === null) return "Polymarket does not list this position";
  const status = venue.status ? `${words(venue.status.toLowerCase())}, ` : "";
  return `${moneyExact(venue.total_usdc)}, ${status}observed ${utc(venue.observed_at)}`;
}
