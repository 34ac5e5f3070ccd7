import { cents, count, money } from "../../../lib/format.ts";
import { Frame, frameScales } from "./CalibrationChart.tsx";
import type { EntryExit } from "./entryExit.ts";

const { x, y, side } = frameScales;

/** Area by dollars, so that a large position looks large. */
const radius = (cost: number, largest: number) => 2 + 7 * Math.sqrt(largest > 0 ? cost / largest : 0);

/** Each closed position by what a share cost and what came back; above the diagonal it made money. */
export function ScatterChart({ points }: { points: readonly EntryExit[] }) {
  const largest = Math.max(0, ...points.map(({ cost }) => cost));
  const gains = points.filter(({ entry, exit }) => exit > entry).length;
  return (
    <svg
      className="wchart square"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={`Cost against what came back, a share, of ${count(points.length)} closed positions: ${count(gains)} above the diagonal made money before fees.`}
    >
      <Frame xLabel="average cost a share" yLabel="came back a share" />
      <line className="even" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
      {points.map(({ key, title, entry, exit, cost }) => (
        <circle
          key={key}
          className={exit > entry ? "gain" : exit < entry ? "loss" : "none"}
          cx={x(entry)}
          cy={y(exit)}
          r={radius(cost, largest)}
        >
          <title>{`${title}: ${cents(entry)} → ${cents(exit)}, ${money(cost)}`}</title>
        </circle>
      ))}
    </svg>
  );
}
