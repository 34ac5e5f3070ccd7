import { useState } from "react";
import { cents, count, money, moneyExact, utc, words } from "../../../lib/format.ts";
import type { Band, Slot } from "./chartData.ts";

/** Rows of the table; older ones are in the API. */
const MOST_ROWS = 300;

interface BarTableProps {
  slots: readonly Slot[];
  bands: readonly Band[];
  label: string;
  tick: number | null;
}

const instant = (seconds: number) => utc(new Date(seconds * 1_000).toISOString());

/** The chart's bars as a table, for those who cannot use the chart. Drawn only when it is opened. */
export function BarTable({ slots, bands, label, tick }: BarTableProps) {
  const [isOpen, setOpen] = useState(false);
  const bars = slots.flatMap(({ bar, time }) => (bar === null ? [] : [{ bar, time }])).reverse();
  return (
    <details className="bars" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Data table</summary>
      {isOpen && (
        <section
          className="bars-scroll"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={`Bars of ${label}`}
        >
          {bands.length > 0 && (
            <ul className="sub">
              {bands.map(({ from, to, cause }) => (
                <li key={`${from} ${to}`}>
                  Not recorded from {instant(from)} to {instant(to)}
                  {cause && `: ${words(cause)}`}
                </li>
              ))}
            </ul>
          )}
          <table className="mini">
            <caption className="sr">Bars of {label}, newest first</caption>
            <thead>
              <tr>
                {["From", "Open", "High", "Low", "Close", "Volume", "Trades", "Source"].map(
                  (header, index) => (
                    <th key={header} scope="col" className={index === 0 ? "l" : undefined}>
                      {header}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {bars.slice(0, MOST_ROWS).map(({ bar, time }) => (
                <tr key={time}>
                  <td className="l">{instant(time)}</td>
                  <td>{cents(bar.open, tick)}</td>
                  <td>{cents(bar.high, tick)}</td>
                  <td>{cents(bar.low, tick)}</td>
                  <td>{cents(bar.close, tick)}</td>
                  <td title={moneyExact(bar.volume_usdc)}>{money(bar.volume_usdc)}</td>
                  <td>{count(bar.trades)}</td>
                  <td>{bar.synthetic ? `${bar.source}, approximate` : bar.source}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {bars.length > MOST_ROWS && (
            <p className="sub">
              The newest {count(MOST_ROWS)} of {count(bars.length)}.
            </p>
          )}
        </section>
      )}
    </details>
  );
}
