import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from "react";
import {
  PanelNote,
  PanelProblem,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../components/PanelParts.tsx";
import type { EventHistory } from "../../lib/apiTypes.ts";
import { momentLabel, otherZones, timeTicks } from "../../lib/chartTime.ts";
import { cents, count, duration, words } from "../../lib/format.ts";
import { useWidth } from "../../lib/useWidth.ts";
import { ceilingOf, type OutcomeLine, outcomeLines, priceAt, spreadLabels } from "./distributionLines.ts";
import { eventHistory, HISTORY_RANGES, type HistoryRange } from "./historyQuery.ts";

const HEIGHT = 280;
const TOP = 10;
const BOTTOM = 22;
const LABEL_PX = 15;
const AXIS_STEPS = 4;
const KEY_STEPS = 60;
/** Room for the prices at the left. */
const LEFT = 42;

/** Room for the labels at the right. */
const labelWidth = (width: number) => (width < 560 ? 116 : 190);

interface HistoryPanelProps {
  slug: string;
  title: string;
  range: HistoryRange;
  onRange(range: HistoryRange): void;
}

/** The outcomes' prices over time, each line with its name at its end. */
export function HistoryPanel({ slug, title, range, onRange }: HistoryPanelProps) {
  const {
    data: history,
    error,
    refetch,
    isPlaceholderData,
  } = useQuery({ ...eventHistory(slug, range), placeholderData: keepPreviousData });
  const lines = useMemo(() => (history ? outcomeLines(history) : []), [history]);
  return (
    <section className="card history" aria-label="Outcomes over time">
      <div className="ph">
        <h2>Outcomes over time</h2>
        <Segmented
          legend="Range"
          value={range}
          options={HISTORY_RANGES.map((value) => ({ value, label: value }))}
          onChange={onRange}
        />
        {history && history.gaps.length > 0 && (
          <span className="plegend">
            <span>
              <span className="hatch" />
              not recorded{history.gaps.length > 1 && `, ${count(history.gaps.length)} times`}
            </span>
          </span>
        )}
      </div>
      {history && <StaleNote error={error} />}
      <div className="ebox" aria-busy={isPlaceholderData}>
        {history ? (
          lines.length === 0 ? (
            <PanelNote>No price of any outcome is known in this range. Try a longer one.</PanelNote>
          ) : (
            <LineChart history={history} lines={lines} title={title} />
          )
        ) : error ? (
          <PanelProblem error={error} what="The history of this event" retry={() => void refetch()} />
        ) : (
          <PanelSkeleton lines={7} />
        )}
      </div>
      {history && lines.length > 0 && <LastPrices history={history} lines={lines} />}
    </section>
  );
}

interface LineChartProps {
  history: EventHistory;
  lines: readonly OutcomeLine[];
  title: string;
}

function summaryOf(title: string, lines: readonly OutcomeLine[]): string {
  const parts = lines.map((line) => {
    const first = line.runs[0]?.[0];
    return `${line.title} from ${cents(first?.price)} to ${cents(line.last.price)}`;
  });
  return `${title}: ${parts.join("; ")}.`;
}

function LineChart({ history, lines, title }: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  /** Where the reader points, in milliseconds. */
  const [pointed, setPointed] = useState<{ at: number; byKey: boolean } | null>(null);
  const hatch = useId();
  const from = Date.parse(history.from);
  const to = Date.parse(history.to);
  const ceiling = ceilingOf(lines);
  const right = (width ?? 0) - labelWidth(width ?? 0);
  const x = (at: number) => LEFT + ((at - from) / (to - from)) * (right - LEFT);
  const y = (price: number) => TOP + (1 - price / ceiling) * (HEIGHT - TOP - BOTTOM);
  const instant = (place: number) => from + Math.min(1, Math.max(0, place)) * (to - from);

  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const place = (event.clientX - left - LEFT) / (right - LEFT);
    setPointed({ at: instant(place), byKey: false });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const place = ((pointed?.at ?? to) - from) / (to - from);
    setPointed({ at: instant(place + step / KEY_STEPS), byKey: true });
  };
  const shown = pointed === null ? null : lines.map((line) => priceAt(line, pointed.at));
  const labels = spreadLabels(
    lines.map((line, index) => y(shown?.[index] ?? line.last.price)),
    LABEL_PX,
    TOP,
    HEIGHT - BOTTOM,
  );
  // A label at the very edge would be cut.
  const ticks = timeTicks(from, to, Math.max(2, Math.floor((right - LEFT) / 80))).filter(
    ({ at }) => x(at) > LEFT + 16 && x(at) < right - 12,
  );
  const prices = Array.from({ length: AXIS_STEPS + 1 }, (_, step) => (ceiling * step) / AXIS_STEPS);
  const said =
    pointed &&
    `${momentLabel(pointed.at / 1_000)}: ${lines.map((line, index) => `${line.title} ${cents(shown?.[index])}`).join(", ")}`;
  return (
    <div ref={box} className="echart">
      {width !== null && width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`${summaryOf(title, lines)} Arrow keys read the prices at an instant.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows read the lines
          tabIndex={0}
          onPointerMove={follow}
          onPointerLeave={() => setPointed(null)}
          onKeyDown={onKeyDown}
          onBlur={() => setPointed(null)}
        >
          <defs>
            <pattern
              id={hatch}
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <line x1="0" y1="0" x2="0" y2="6" className="hatching" />
            </pattern>
          </defs>
          {prices.map((price) => (
            <g key={price} className="axis">
              <line x1={LEFT} x2={right} y1={y(price)} y2={y(price)} />
            </g>
          ))}
          {history.gaps.map(({ from: begin, to: end, cause }) => (
            <rect
              key={`${begin} ${end}`}
              x={Math.max(LEFT, x(Date.parse(begin)))}
              width={Math.max(2, x(Math.min(to, Date.parse(end))) - Math.max(LEFT, x(Date.parse(begin))))}
              y={TOP}
              height={HEIGHT - TOP - BOTTOM}
              fill={`url(#${hatch})`}
            >
              <title>{`Not recorded for ${duration(Date.parse(end) - Date.parse(begin))}${cause ? `: ${words(cause)}` : ""}`}</title>
            </rect>
          ))}
          {ticks.map(({ at, text }) => (
            <text key={at} className="tick" x={x(at)} y={HEIGHT - 5}>
              {text}
            </text>
          ))}
          {lines
            .map((line, index) => (
              <g key={line.marketId} className={`outcome o${index + 1}`}>
                {line.runs.map((run) => (
                  <path
                    key={run[0]?.at}
                    d={run
                      .map(
                        ({ at, price }, place) =>
                          `${place ? "L" : "M"}${x(at).toFixed(1)} ${y(price).toFixed(1)}`,
                      )
                      .join("")
                      .concat(run.length === 1 ? "h1" : "")}
                  />
                ))}
                <line
                  className="leader"
                  x1={right + 2}
                  x2={right + 10}
                  y1={y(shown?.[index] ?? line.last.price)}
                  y2={labels[index]}
                />
                <text x={right + 14} y={(labels[index] ?? 0) + 4}>
                  <tspan className="p">{shown === null ? cents(line.last.price) : cents(shown[index])}</tspan>{" "}
                  {cut(line.title, width < 560 ? 10 : 20)}
                </text>
                {shown?.[index] != null && pointed && (
                  <circle cx={x(pointed.at)} cy={y(shown[index] ?? 0)} r="3" />
                )}
              </g>
            ))
            .reverse()}
          {prices.map((price) => (
            <text key={price} className="price" x={LEFT - 6} y={y(price) + 4}>
              {cents(price)}
            </text>
          ))}
          {pointed && (
            <>
              <line className="cross" x1={x(pointed.at)} x2={x(pointed.at)} y1={TOP} y2={HEIGHT - BOTTOM} />
              <text
                className="when"
                x={Math.min(right - 110, Math.max(LEFT + 110, x(pointed.at)))}
                y={TOP - 1}
              >
                {[momentLabel(pointed.at / 1_000), ...otherZones(pointed.at / 1_000)].join(" · ")}
              </text>
            </>
          )}
        </svg>
      )}
      <span className="sr" role="status">
        {pointed?.byKey && said}
      </span>
    </div>
  );
}

const cut = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

/** First and last prices as a table, for those who cannot use the chart. */
function LastPrices({ history, lines }: { history: EventHistory; lines: readonly OutcomeLine[] }) {
  return (
    <details className="bars">
      <summary>Data table</summary>
      <table className="mini">
        <caption className="sr">Prices at the beginning and end of the range</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Outcome
            </th>
            <th scope="col">First</th>
            <th scope="col">Lowest</th>
            <th scope="col">Highest</th>
            <th scope="col">Last</th>
            <th scope="col">Points</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const prices = line.runs.flat().map(({ price }) => price);
            return (
              <tr key={line.marketId}>
                <td className="l">{line.title}</td>
                <td>{cents(prices[0])}</td>
                <td>{cents(Math.min(...prices))}</td>
                <td>{cents(Math.max(...prices))}</td>
                <td>{cents(line.last.price)}</td>
                <td className="f2">{count(prices.length)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {history.gaps.map(({ from, to, cause }) => (
        <p key={`${from} ${to}`} className="sub">
          Not recorded from {momentLabel(Date.parse(from) / 1_000)} to {momentLabel(Date.parse(to) / 1_000)}
          {cause && `: ${words(cause)}`}
        </p>
      ))}
    </details>
  );
}
