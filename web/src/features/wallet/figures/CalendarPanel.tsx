import { useMemo } from "react";
import { PanelNote } from "../../../components/PanelParts.tsx";
import { Profit } from "../../../components/traders/Profit.tsx";
import type { SettledEvent, WalletMetrics } from "../../../lib/apiTypes.ts";
import { count, utc } from "../../../lib/format.ts";
import { useNow } from "../../../lib/time.ts";
import { CalendarChart } from "../charts/CalendarChart.tsx";
import { calendarOf } from "../charts/calendar.ts";
import { EventName } from "./EventName.tsx";
import { WithheldNote } from "./Told.tsx";

const WEEKS = 53;
const LISTED = 20;

/** What settled events came to, by the day on which they ended. */
export function CalendarPanel({ settled }: { settled: WalletMetrics["settled"] }) {
  return (
    <section className="card" aria-label="Settled profit by day">
      <h2>
        Settled profit by day
        <span className="sub">days of UTC, by when events really ended, after fees</span>
      </h2>
      <WithheldNote figures={[settled]} />
      {settled.value && <Calendar settled={settled.value} />}
    </section>
  );
}

function Calendar({ settled }: { settled: readonly SettledEvent[] }) {
  const today = Math.floor(useNow() / 86_400_000);
  const days = useMemo(() => calendarOf(settled, today * 86_400_000, WEEKS), [settled, today]);
  const shown = days.reduce((sum, { events }) => sum + events, 0);
  const earlier = settled.length - shown;
  if (settled.length === 0) return <PanelNote>No event has settled yet.</PanelNote>;
  return (
    <>
      <CalendarChart days={days} />
      <p className="sub">
        {count(shown)} events ended within this year
        {earlier > 0 && `, ${count(earlier)} before it or at an unknown time`}. Shades compare days of the
        same sign: <Shades />
      </p>
      <details className="bars">
        <summary>The last {count(Math.min(LISTED, settled.length))} settled events</summary>
        <div className="bars-scroll">
          <table className="mini">
            <thead>
              <tr>
                <th className="l" scope="col">
                  Event
                </th>
                <th scope="col">Ended</th>
                <th scope="col">Profit</th>
              </tr>
            </thead>
            <tbody>
              {settled
                .slice(-LISTED)
                .toReversed()
                .map((event) => (
                  <tr key={event.market.condition_id}>
                    <td className="l">
                      <EventName market={event.market} />
                    </td>
                    <td className="f2">{utc(event.closed_at)}</td>
                    <td>
                      <Profit value={event.profit_usdc} />
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

/** From the largest losses to the largest gains. */
function Shades() {
  return (
    <span className="shades">
      loss
      <svg className="wchart" viewBox="0 0 108 12" width="108" height="12" aria-hidden="true">
        {[-4, -3, -2, -1, 1, 2, 3, 4].map((level, place) => (
          <rect
            key={level}
            className={`day ${level < 0 ? "loss" : "gain"} l${Math.abs(level)}`}
            x={place * 13 + 2}
            width="11"
            height="12"
            rx="2"
          />
        ))}
      </svg>
      profit
    </span>
  );
}
