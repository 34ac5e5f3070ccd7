import { MoneyChart, type Scales } from "../../../components/traders/MoneyChart.tsx";
import { momentLabel } from "../../../lib/chartTime.ts";
import { flow } from "../../../lib/format.ts";
import { type PnlLine, spanOf, valueAt } from "./pnlLines.ts";

const HEIGHT = 260;
const KEY_STEPS = 60;
const DAY_MS = 86_400_000;

interface PnlChartProps {
  lines: readonly PnlLine[];
  /** What the chart is of, for those who do not see it. */
  title: string;
}

/**
 * Profit over time on a true axis of time: points of different sources stand at their own instants, and each line goes on at
 * its last known value until the next, because nothing is known in between.
 */
export function PnlChart({ lines, title }: PnlChartProps) {
  const span = widened(spanOf(lines));
  if (span === null) return null;
  return (
    <MoneyChart
      span={span}
      values={lines.flatMap(({ runs }) => runs.flat().map(({ usdc }) => usdc))}
      height={HEIGHT}
      label={`${title}. ${readout(lines, span[1])}. Arrow keys read an instant.`}
      invitation="Point at the chart, or use the arrow keys, to read it."
      keyStepMs={(span[1] - span[0]) / KEY_STEPS}
      readout={(at) => readout(lines, at)}
    >
      {(scales) => lines.map((line) => <Line key={line.label} line={line} scales={scales} />).reverse()}
    </MoneyChart>
  );
}

/** A single instant has half a day on either side. */
function widened(span: readonly [number, number] | null): readonly [number, number] | null {
  if (span === null || span[0] !== span[1]) return span;
  return [span[0] - DAY_MS / 2, span[1] + DAY_MS / 2];
}

function Line({ line: { kind, runs }, scales: { x, y } }: { line: PnlLine; scales: Scales }) {
  return (
    <g className={`pnl ${kind}`}>
      {runs.map((run) => (
        <path key={run[0]?.at} d={stepPath(run, { x, y })} />
      ))}
      {runs.flatMap((run) =>
        run.length === 1 && run[0] ? (
          <circle key={run[0].at} cx={x(run[0].at)} cy={y(run[0].usdc)} r="2.5" />
        ) : (
          []
        ),
      )}
    </g>
  );
}

/** A path that stays at each value until the next. */
function stepPath(run: readonly { at: number; usdc: number }[], { x, y }: Scales): string {
  return run
    .map(({ at, usdc }, index) =>
      index === 0
        ? `M${x(at).toFixed(1)} ${y(usdc).toFixed(1)}`
        : `H${x(at).toFixed(1)}V${y(usdc).toFixed(1)}`,
    )
    .join("");
}

function readout(lines: readonly PnlLine[], at: number): string {
  const parts = lines.map((line) => `${line.label} ${flow(valueAt(line, at))}`);
  return `${momentLabel(at / 1_000)}: ${parts.join(", ")}`;
}
