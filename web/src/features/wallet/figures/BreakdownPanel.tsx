import { PanelNote } from "../../../components/PanelParts.tsx";
import { Profit } from "../../../components/traders/Profit.tsx";
import { WideTable } from "../../../components/traders/WideTable.tsx";
import type { RecordFigures, WalletMetrics } from "../../../lib/apiTypes.ts";
import { categoryLabel, count, percent } from "../../../lib/format.ts";
import type { Told as ToldValue } from "../told.ts";
import { edgeText, rateText, signOf } from "./interval.ts";
import { WithheldNote } from "./Told.tsx";

interface Part {
  key: string;
  label: string;
  record: RecordFigures;
}

/** Cents at which the next band of prices begins. */
const nextBand = (from: number, all: readonly number[]) => all.find((other) => other > from) ?? 100;
const BANDS = [0, 10, 30, 50, 70, 90];

/** Settled events by category and by the price at which positions were bought. */
export function BreakdownPanel({ metrics }: { metrics: WalletMetrics }) {
  const byPrice = metrics.by_price.value?.map(({ from_cents, record }) => ({
    key: String(from_cents),
    label: `${from_cents}–${nextBand(from_cents, BANDS)}¢`,
    record,
  }));
  const byCategory = metrics.by_category.value
    ?.map(({ category, record }) => ({
      key: category || "unknown",
      label: categoryLabel(category || null),
      record,
    }))
    .toSorted((left, right) => right.record.invested_usdc - left.record.invested_usdc);
  return (
    <section className="card" aria-label="By category and price">
      <Parts title="By category" sub="most money first" told={metrics.by_category} parts={byCategory} />
      <Parts
        title="By price paid"
        sub="an event counts in every band in which it was bought"
        told={metrics.by_price}
        parts={byPrice}
      />
    </section>
  );
}

interface PartsProps {
  title: string;
  sub: string;
  told: ToldValue<unknown>;
  parts: readonly Part[] | undefined;
}

function Parts({ title, sub, told, parts }: PartsProps) {
  const largest = Math.max(0, ...(parts ?? []).map(({ record }) => Math.abs(record.profit_usdc)));
  return (
    <div className="parts">
      <h2>
        {title}
        <span className="sub">{sub}</span>
      </h2>
      <WithheldNote figures={[told]} />
      {parts?.length === 0 && <PanelNote>No event has settled yet.</PanelNote>}
      {parts && parts.length > 0 && (
        <WideTable label={title}>
          <table className="mini breakdown">
            <caption className="sr">{title}</caption>
            <thead>
              <tr>
                <th className="l" scope="col">
                  {title.replace("By ", "").replace(/^./, (first) => first.toUpperCase())}
                </th>
                <th scope="col">Events</th>
                <th scope="col">Win rate</th>
                <th scope="col" title="What a dollar staked came to more than the price paid">
                  Edge per $1
                </th>
                <th scope="col">Return</th>
                <th scope="col">Profit</th>
                <td aria-hidden="true" />
              </tr>
            </thead>
            <tbody>
              {parts.map(({ key, label, record }) => (
                <tr key={key}>
                  <th className="l" scope="row">
                    {label}
                  </th>
                  <td>{count(record.events)}</td>
                  <td>{rateText(record.win_rate)}</td>
                  <td>
                    <span className={signOf(record.edge)}>{edgeText(record.edge)}</span>
                  </td>
                  <td>{percent(record.roi)}</td>
                  <td>
                    <Profit value={record.profit_usdc} />
                  </td>
                  <td className="c">
                    <ProfitBar value={record.profit_usdc} largest={largest} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </div>
  );
}

/** A bar to the right of the middle for a profit, to the left for a loss. */
function ProfitBar({ value, largest }: { value: number; largest: number }) {
  const width = largest > 0 ? (Math.abs(value) / largest) * 50 : 0;
  return (
    <svg className="pnlbar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect
        className={value < 0 ? "loss" : "gain"}
        x={value < 0 ? 50 - width : 50}
        width={width}
        height="6"
      />
      <rect className="axis" x="49.5" width="1" height="6" />
    </svg>
  );
}
