import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import {
  PanelNote,
  PanelProblem,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../../components/PanelParts.tsx";
import { Profit } from "../../../components/traders/Profit.tsx";
import type { PnlTotals } from "../../../lib/apiTypes.ts";
import { count, flow, moneyExact, percent, utc } from "../../../lib/format.ts";
import { GUIDE } from "../address.ts";
import { Told, WithheldNote } from "../figures/Told.tsx";
import { PNL_RANGES, type PnlRange, type Subject, walletPnl } from "../walletQueries.ts";
import { PnlChart } from "./PnlChart.tsx";
import { type PnlLine, pnlLines } from "./pnlLines.ts";

interface PnlPanelProps {
  subject: Subject;
  name: string;
  range: PnlRange;
  onRange(range: PnlRange): void;
}

/** Profit and loss over time: our books, and both numbers of the venue, as separate lines. */
export function PnlPanel({ subject, name, range, onRange }: PnlPanelProps) {
  const { data: pnl, error, refetch, isPlaceholderData } = useQuery(walletPnl(subject, range));
  const lines = useMemo(() => (pnl ? pnlLines(pnl) : []), [pnl]);
  return (
    <section className="card pnl-card" aria-label="Profit and loss">
      <div className="ph">
        <h2>Profit and loss</h2>
        <Segmented
          legend="Range"
          value={range}
          options={PNL_RANGES.map((value) => ({ value, label: value }))}
          onChange={onRange}
        />
        <span className="plegend">
          {lines.map(({ kind, label, meaning }) => (
            <span key={label} title={meaning}>
              <span className={`swatch ${kind}`} />
              {label}
            </span>
          ))}
        </span>
      </div>
      {pnl && <StaleNote error={error} />}
      <div className="ebox" aria-busy={isPlaceholderData}>
        {pnl ? (
          lines.length === 0 ? (
            <PanelNote>No profit is known in this range. Try a longer one.</PanelNote>
          ) : (
            <PnlChart lines={lines} title={`Profit and loss of ${name}`} />
          )
        ) : error ? (
          <PanelProblem error={error} what="The profit of this wallet" retry={() => void refetch()} />
        ) : (
          <PanelSkeleton lines={7} />
        )}
      </div>
      {pnl && (
        <>
          <WithheldNote figures={[pnl.totals?.total, pnl.totals?.realized]} />
          {pnl.totals && <Totals totals={pnl.totals} method={pnl.method} asOf={pnl.as_of} />}
          {lines.length > 0 && <EndsTable lines={lines} />}
        </>
      )}
    </section>
  );
}

/** What it all came to by our books, both methods side by side. */
function Totals({ totals, method, asOf }: { totals: PnlTotals; method: string; asOf: string | null }) {
  const rows = [
    { label: "Realised", title: "By average cost, before fees", figure: totals.realized },
    { label: "Realised, FIFO", title: "First in, first out, before fees", figure: totals.realized_fifo },
    { label: "Unrealised", title: "At best bids", figure: totals.unrealized },
    { label: "Fees", title: "Paid, as the data says", figure: totals.fees },
    { label: "Rewards, rebates", title: "And the like", figure: totals.income },
    { label: "Total", title: "Realised and unrealised after fees, with rewards", figure: totals.total },
  ];
  return (
    <>
      <dl className="mini-facts wide">
        {rows.map(({ label, title, figure }) => (
          <div key={label}>
            <dt title={title}>{label}</dt>
            <dd>
              <Told figure={figure}>
                {(usdc) =>
                  label === "Fees" ? (
                    <span title={moneyExact(usdc)}>{moneyExact(usdc)}</span>
                  ) : (
                    <Profit value={usdc} />
                  )
                }
              </Told>
            </dd>
          </div>
        ))}
        <div>
          <dt title="Total on what was put into positions">Return</dt>
          <dd>
            <Told figure={totals.roi}>{(roi) => percent(roi)}</Told>
          </dd>
        </div>
        {totals.unexplained !== null && totals.unexplained !== 0 && (
          <div>
            <dt title="Money that moved without our knowing for what">Unexplained</dt>
            <dd className="warn">{flow(totals.unexplained)}</dd>
          </div>
        )}
      </dl>
      <p className="sub">
        Our books by {method.replaceAll("_", " ")}, as of {utc(asOf)}.{" "}
        <a className="link" href={GUIDE}>
          What these mean
        </a>
      </p>
    </>
  );
}

/** First and last values as a table, for those who cannot use the chart. */
function EndsTable({ lines }: { lines: readonly PnlLine[] }) {
  return (
    <details className="bars">
      <summary>Data table</summary>
      <table className="mini">
        <caption className="sr">Profit at the beginning and end of the range, by source</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Source
            </th>
            <th scope="col">From</th>
            <th scope="col">First</th>
            <th scope="col">To</th>
            <th scope="col">Last</th>
            <th scope="col">Points</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ label, meaning, runs }) => {
            const points = runs.flat();
            const [first, last] = [points[0], points.at(-1)];
            return (
              <tr key={label}>
                <th className="l" scope="row" title={meaning}>
                  {label}
                </th>
                <td className="f2">{utc(first && new Date(first.at).toISOString())}</td>
                <td>{moneyExact(first?.usdc)}</td>
                <td className="f2">{utc(last && new Date(last.at).toISOString())}</td>
                <td>{moneyExact(last?.usdc)}</td>
                <td className="f2">{count(points.length)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {lines.map(({ label, meaning }) => (
        <p key={label} className="sub">
          {label}: {meaning}
        </p>
      ))}
    </details>
  );
}
