import type { CalibrationBin } from "../../../lib/apiTypes.ts";
import { cents, count, percent } from "../../../lib/format.ts";
import { linear } from "../../../lib/traders/scale.ts";

const SIDE = 300;
const LEFT = 40;
const BOTTOM = 34;
const TOP = 8;
const RIGHT = 8;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const x = linear([0, 1], [LEFT, SIDE - RIGHT]);
const y = linear([0, 1], [SIDE - BOTTOM, TOP]);

/** Radius by the number of events, so that a bin of few does not look like one of many. */
const radius = (events: number) => Math.min(8, 2.5 + Math.sqrt(events) / 2);

/** Prices paid against how often they came true; on the diagonal the price was right. */
export function CalibrationChart({ bins }: { bins: readonly CalibrationBin[] }) {
  return (
    <svg className="wchart square" viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label={summary(bins)}>
      <Frame xLabel="price paid" yLabel="came true" />
      <line className="even" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
      {bins.map(({ tenth, price, frequency: { value, low, high, n } }) => (
        <g key={tenth} className="bin">
          <title>{binText(price, value, n)}</title>
          {low != null && high != null && (
            <line x1={x(price)} x2={x(price)} y1={y(Math.max(0, low))} y2={y(Math.min(1, high))} />
          )}
          <circle cx={x(price)} cy={y(value)} r={radius(n)} />
        </g>
      ))}
    </svg>
  );
}

/** Axes from 0 to 100 ¢ on both sides, shared by the charts whose sides are prices. */
export function Frame({ xLabel, yLabel }: { xLabel: string; yLabel: string }) {
  return (
    <g className="axis">
      {TICKS.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={SIDE - RIGHT} y1={y(tick)} y2={y(tick)} />
          <text className="at-left" x={LEFT - 6} y={y(tick) + 4}>
            {tick * 100}
          </text>
          <text className="middle" x={x(tick)} y={SIDE - BOTTOM + 14}>
            {tick * 100}
          </text>
        </g>
      ))}
      <text className="middle" x={(LEFT + SIDE - RIGHT) / 2} y={SIDE - 4}>
        {xLabel}, ¢
      </text>
      <text className="middle" transform={`translate(10 ${(TOP + SIDE - BOTTOM) / 2}) rotate(-90)`}>
        {yLabel}, ¢
      </text>
    </g>
  );
}

/** The scales of {@link Frame}. */
export const frameScales = { x, y, side: SIDE };

const binText = (price: number, value: number, events: number) =>
  `Bought at ${cents(price)} on average: ${percent(value)} came true, of ${count(events)} ${events === 1 ? "event" : "events"}`;

function summary(bins: readonly CalibrationBin[]): string {
  return `Calibration, every event weighing the same. ${bins.map(({ price, frequency }) => binText(price, frequency.value, frequency.n)).join(". ")}.`;
}
