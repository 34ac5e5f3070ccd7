import type { ReactNode } from "react";
import { PanelNote } from "../../../components/PanelParts.tsx";
import { Profit } from "../../../components/traders/Profit.tsx";
import { WideTable } from "../../../components/traders/WideTable.tsx";
import type { RecordFigures, SettledEvent, WalletMetrics } from "../../../lib/apiTypes.ts";
import { count, duration, fixed, money, moneyExact, percent, signed, utc } from "../../../lib/format.ts";
import { GUIDE } from "../address.ts";
import type { Told as ToldValue } from "../told.ts";
import { EventName } from "./EventName.tsx";
import { edgeText, rateText, signOf } from "./interval.ts";
import { Told, WithheldNote } from "./Told.tsx";

/** How the wallet did in events that are over, at all times and lately, and how it trades. */
export function FactsPanel({ metrics }: { metrics: WalletMetrics }) {
  const columns = [
    { label: "All time", record: metrics.all_time },
    ...metrics.windows
      .toSorted((left, right) => right.days - left.days)
      .map(({ days, record }) => ({ label: `${days} d`, record })),
  ];
  return (
    <section className="card" aria-label="Performance">
      <h2>
        Performance
        <span className="sub">
          by event, all its markets netted, after fees · 95% intervals · as of {utc(metrics.as_of)} ·{" "}
          <a className="link" href={GUIDE}>
            what these mean
          </a>
        </span>
      </h2>
      <WithheldNote figures={[...columns.map(({ record }) => record), metrics.settled]} />
      <WideTable label="Settled events by period">
        <table className="mini records">
          <caption className="sr">Settled events by period</caption>
          <thead>
            <tr>
              <th className="l" scope="col">
                Figure
              </th>
              {columns.map(({ label }) => (
                <th
                  key={label}
                  scope="col"
                  title={label === "All time" ? undefined : "By when events really ended"}
                >
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {RECORD_ROWS.map(({ label, title, cell }) => (
              <tr key={label}>
                <th className="l" scope="row" title={title}>
                  {label}
                </th>
                {columns.map(({ label: column, record }) => (
                  <td key={column}>
                    <Told figure={record}>{cell}</Told>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
      {metrics.left_out > 0 && (
        <PanelNote>
          {count(metrics.left_out)} settled {metrics.left_out === 1 ? "event is" : "events are"} left out:
          what the shares cost is not known.
        </PanelNote>
      )}
      <Habits metrics={metrics} />
    </section>
  );
}

const RECORD_ROWS: readonly { label: string; title: string; cell(record: RecordFigures): ReactNode }[] = [
  {
    label: "Settled events",
    title: "Events of which nothing is held but shares of resolved markets",
    cell: ({ events, pushes }) => (
      <span title={pushes > 0 ? `${count(pushes)} with neither profit nor loss` : undefined}>
        {count(events)}
      </span>
    ),
  },
  {
    label: "Win rate",
    title: "Events with a profit of those with a profit or a loss; Wilson's interval",
    cell: ({ win_rate, wins, losses }) => (
      <>
        {rateText(win_rate)} <span className="mut">of {count(wins + losses)}</span>
      </>
    ),
  },
  {
    label: "Edge per $1",
    title: "What a dollar staked came to more than the price paid; a fair price has none. Clustered by event",
    cell: ({ edge }) => (
      <>
        <span className={signOf(edge)}>{edgeText(edge)}</span>
        {edge && <span className="mut"> of {count(edge.n)}</span>}
      </>
    ),
  },
  { label: "Profit", title: "After fees", cell: ({ profit_usdc }) => <Profit value={profit_usdc} /> },
  {
    label: "Put in",
    title: "Fees included",
    cell: ({ invested_usdc }) => <span title={moneyExact(invested_usdc)}>{money(invested_usdc)}</span>,
  },
  { label: "Return", title: "Profit on what was put in", cell: ({ roi }) => percent(roi) },
  {
    label: "Profit factor",
    title: "Gains over losses; none without a loss",
    cell: ({ profit_factor }) => fixed(profit_factor, 2),
  },
];

function Habits({ metrics }: { metrics: WalletMetrics }) {
  const { course, hold_time, concentration, frequency, maker_share } = metrics;
  return (
    <dl className="mini-facts wide habits">
      <Habit label="Largest drawdown" title="Largest fall of the summed profit, over all settled events">
        <Told figure={course}>
          {({ drawdown_usdc, events }) => (
            <>
              {money(drawdown_usdc)} <span className="mut">of {count(events)} events</span>
            </>
          )}
        </Told>
      </Habit>
      {metrics.courses.value?.map(({ last_events, course: one }) => (
        <Habit
          key={last_events}
          label={`Drawdown, last ${last_events}`}
          title="Drawdowns grow with the number of events: only those of equal length compare"
        >
          {one === null ? <span className="mut">fewer events</span> : money(one.drawdown_usdc)}
        </Habit>
      ))}
      <Habit label="Longest streaks" title="Profits and losses in a row, in the order in which events ended">
        <Told figure={course}>
          {({ longest_wins, longest_losses, current }) =>
            `${count(longest_wins)} won, ${count(longest_losses)} lost, now ${signed(current, 0)}`
          }
        </Told>
      </Habit>
      <Habit label="Held" title="From first in to first out: median of positions, mean by share">
        <Told figure={hold_time}>
          {({ median_s, mean_s, positions }) => (
            <>
              median {duration(median_s * 1_000)}, mean {duration(mean_s * 1_000)}{" "}
              <span className="mut">of {count(positions)}</span>
            </>
          )}
        </Told>
      </Habit>
      <Habit
        label="Spread"
        title="1 / HHI of the money put in: so many equal events would be as concentrated"
      >
        <Told figure={concentration}>
          {({ effective_events, events, top_share }) => (
            <>
              {fixed(effective_events, 1)} effective of {count(events)} events,{" "}
              <span className="mut">largest {percent(top_share)}</span>
            </>
          )}
        </Told>
      </Habit>
      <Habit label="Trades" title="Fills a day from the first to the last">
        <Told figure={frequency}>
          {({ fills, per_day, active_days, first_at, last_at }) => (
            <span title={`${utc(first_at)} to ${utc(last_at)}`}>
              {count(fills)}, {fixed(per_day, 1)} a day{" "}
              <span className="mut">on {count(active_days)} days</span>
            </span>
          )}
        </Told>
      </Habit>
      <Habit label="Maker share" title="Dollars filled as maker of all; unknown where one fill does not say">
        <Told figure={maker_share}>{(share) => percent(share)}</Told>
      </Habit>
      <Habit label="Best event" title="After fees">
        <EventResult figure={metrics.best_event} />
      </Habit>
      <Habit label="Worst event" title="After fees">
        <EventResult figure={metrics.worst_event} />
      </Habit>
    </dl>
  );
}

function Habit({ label, title, children }: { label: string; title: string; children: ReactNode }) {
  return (
    <div>
      <dt title={title}>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function EventResult({ figure }: { figure: ToldValue<SettledEvent> }) {
  return (
    <Told figure={figure}>
      {({ market, profit_usdc }) => (
        <span className="ev">
          <EventName market={market} />
          <Profit value={profit_usdc} />
        </span>
      )}
    </Told>
  );
}
