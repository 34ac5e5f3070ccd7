import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { momentLabel, timeTicks } from "../../../lib/chartTime.ts";
import { flow, money } from "../../../lib/format.ts";
import { domainWithZero, linear, roundTicks } from "../../../lib/traders/scale.ts";
import { useWidth } from "../../../lib/useWidth.ts";
import { type PnlLine, spanOf, valueAt } from "./pnlLines.ts";

const HEIGHT = 260;
const TOP = 14;
const BOTTOM = 22;
const LEFT = 56;
const RIGHT = 10;
const KEY_STEPS = 60;

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
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [pointed, setPointed] = useState<{ at: number; byKey: boolean } | null>(null);
  const span = spanOf(lines);
  if (span === null) return null;
  const [from, to] = span[0] === span[1] ? [span[0] - 43_200_000, span[1] + 43_200_000] : span;
  const right = (width ?? 0) - RIGHT;
  const [low, high] = domainWithZero(lines.flatMap(({ runs }) => runs.flat().map(({ usdc }) => usdc)));
  const x = linear([from, to], [LEFT, right]);
  const y = linear([low, high], [HEIGHT - BOTTOM, TOP]);
  const instant = (place: number) => from + Math.min(1, Math.max(0, place)) * (to - from);
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    setPointed({ at: instant((event.clientX - left - LEFT) / (right - LEFT)), byKey: false });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const place = ((pointed?.at ?? to) - from) / (to - from);
    setPointed({ at: instant(place + step / KEY_STEPS), byKey: true });
  };
  const ticks = timeTicks(from, to, Math.max(2, Math.floor((right - LEFT) / 80))).filter(
    ({ at }) => x(at) > LEFT + 16 && x(at) < right - 16,
  );
  const said = pointed && readout(lines, pointed.at);
  return (
    <div ref={box} className="echart">
      <p className="readout" aria-hidden="true">
        {said ?? "Point at the chart, or use the arrow keys, to read it."}
      </p>
      {width !== null && width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`${title}. ${readout(lines, to)}. Arrow keys read an instant.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows read the lines
          tabIndex={0}
          onPointerMove={follow}
          onPointerLeave={() => setPointed(null)}
          onKeyDown={onKeyDown}
          onBlur={() => setPointed(null)}
        >
          <g className="axis">
            {roundTicks(low, high, 4).map((usdc) => (
              <g key={usdc} className={usdc === 0 ? "zero" : undefined}>
                <line x1={LEFT} x2={right} y1={y(usdc)} y2={y(usdc)} />
                <text className="price" x={LEFT - 6} y={y(usdc) + 4}>
                  {money(usdc)}
                </text>
              </g>
            ))}
            {ticks.map(({ at, text }) => (
              <text key={at} className="tick" x={x(at)} y={HEIGHT - 6}>
                {text}
              </text>
            ))}
          </g>
          {lines
            .map((line) => (
              <g key={line.label} className={`pnl ${line.kind}`}>
                {line.runs.map((run) => (
                  <path key={run[0]?.at} d={stepPath(run, x, y)} />
                ))}
                {line.runs.flatMap((run) =>
                  run.length === 1 && run[0] ? (
                    <circle key={run[0].at} cx={x(run[0].at)} cy={y(run[0].usdc)} r="2.5" />
                  ) : (
                    []
                  ),
                )}
              </g>
            ))
            .reverse()}
          {pointed && (
            <line className="cross" x1={x(pointed.at)} x2={x(pointed.at)} y1={TOP} y2={HEIGHT - BOTTOM} />
          )}
        </svg>
      )}
      <span className="sr" role="status">
        {pointed?.byKey && said}
      </span>
    </div>
  );
}

/** A path that stays at each value until the next. */
export function stepPath(
  run: readonly { at: number; usdc: number }[],
  x: (at: number) => number,
  y: (usdc: number) => number,
): string {
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
