import { useRef } from "react";
import { MoneyChart } from "../../components/traders/MoneyChart.tsx";
import { momentLabel } from "../../lib/chartTime.ts";
import { flow } from "../../lib/format.ts";
import type { FlowHour } from "../../lib/traders/contract.ts";
import { classText } from "../../lib/traders/words.ts";
import { useWidth } from "../../lib/useWidth.ts";
import { type Bucket, barAt, bucketFor, type FlowBar, flowBars, flowSpan } from "./flowBars.ts";

const HEIGHT = 240;

interface FlowChartProps {
  hours: readonly FlowHour[];
  /** Which outcome is up: "the first outcome", or its name. */
  toward: string;
  /** Since when no trade is missing, in milliseconds; null where that is not known. */
  completeSince: number | null;
}

/**
 * What takers of each class did on balance: up toward the first outcome, down away from it; by the hour, or by as many
 * hours as leave bars that can be told apart.
 */
export function FlowChart({ hours, toward, completeSince }: FlowChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const bucket = bucketFor(hours, useWidth(place) ?? 0);
  const bars = flowBars(hours, bucket);
  const span = flowSpan(bars, bucket);
  return (
    <div ref={place}>
      <MoneyChart
        span={span}
        values={bars.flatMap(({ parts }) => parts.map((part) => part.to))}
        height={HEIGHT}
        className="flows"
        label={`Net dollars of takers toward ${toward} ${bucket.per}, by class, ${bars.length} bars. Arrow keys read one.`}
        title={`Net USDC ${bucket.per}, toward ${toward}`}
        invitation="Point at the chart, or use the arrow keys, to read a bar."
        keyStepMs={bucket.ms}
        incompleteUntil={
          completeSince === null ? null : { at: completeSince, why: "Trades of this time may be missing" }
        }
        readout={(at) => readout(bars, bucket, Math.min(at, (span?.[1] ?? at) - 1))}
      >
        {({ x, y }, spanPx) => {
          const width = span === null ? 0 : Math.max(1, (spanPx * bucket.ms) / (span[1] - span[0]) - 1);
          return bars.map((bar) =>
            bar.parts.map((part) => (
              <rect
                key={`${bar.at} ${part.class}`}
                className={`part cl-${part.class}`}
                x={x(bar.at)}
                width={width}
                y={Math.min(y(part.from), y(part.to))}
                height={Math.max(0.5, Math.abs(y(part.to) - y(part.from)))}
              />
            )),
          );
        }}
      </MoneyChart>
    </div>
  );
}

function readout(bars: readonly FlowBar[], bucket: Bucket, at: number): string {
  const bar = barAt(bars, bucket, at);
  if (bar === undefined) return `${momentLabel(at / 1_000)}: nothing heard of`;
  const parts = bar.parts.map((part) => `${classText(part.class)} ${flow(part.to - part.from)}`);
  const when = momentLabel(bar.at / 1_000);
  return `${when}, ${bucket.length}: ${flow(bar.net)} in all; ${parts.join(", ") || "balanced"}`;
}
