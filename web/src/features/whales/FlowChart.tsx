import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { momentLabel, timeTicks } from "../../lib/chartTime.ts";
import { flow, money } from "../../lib/format.ts";
import { domainWithZero, linear, roundTicks } from "../../lib/traders/scale.ts";
import { classText } from "../../lib/traders/words.ts";
import { useWidth } from "../../lib/useWidth.ts";
import { barAt, type FlowBar, flowSpan } from "./flowBars.ts";

const HEIGHT = 240;
const TOP = 22;
const BOTTOM = 24;
const LEFT = 62;
const RIGHT = 10;
const HOUR_MS = 3_600_000;

interface FlowChartProps {
  bars: readonly FlowBar[];
  /** Which outcome is up: "the first outcome", or its name. */
  toward: string;
}

/** What takers of each class did on balance, hour by hour: up toward the first outcome, down away from it. */
export function FlowChart({ bars, toward }: FlowChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [pointed, setPointed] = useState<{ at: number; byKey: boolean } | null>(null);
  const span = flowSpan(bars);
  if (span === null) return null;
  const [from, to] = span;
  const right = (width ?? 0) - RIGHT;
  const [low, high] = domainWithZero(bars.flatMap(({ parts }) => parts.map((part) => part.to)));
  const x = linear([from, to], [LEFT, right]);
  const y = linear([low, high], [HEIGHT - BOTTOM, TOP]);
  const barWidth = Math.max(1, ((right - LEFT) * HOUR_MS) / (to - from) - 2);
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const place = (event.clientX - left - LEFT) / (right - LEFT);
    setPointed({ at: from + Math.min(0.9999, Math.max(0, place)) * (to - from), byKey: false });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = (pointed?.at ?? to - HOUR_MS) + step * HOUR_MS;
    setPointed({ at: Math.min(to - HOUR_MS, Math.max(from, at)), byKey: true });
  };
  const ticks = timeTicks(from, to, Math.max(2, Math.floor((right - LEFT) / 80))).filter(
    ({ at }) => x(at) > LEFT + 16 && x(at) < right - 16,
  );
  const said = pointed && readout(bars, pointed.at);
  return (
    <div ref={box} className="echart flows">
      <p className="readout" aria-hidden="true">
        {said ?? "Point at the chart, or use the arrow keys, to read an hour."}
      </p>
      {width !== null && width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`Net dollars of takers toward ${toward} by hour and class, ${bars.length} hours. Arrow keys read an hour.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows read the hours
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
                  {usdc > 0 ? `+${money(usdc)}` : money(usdc)}
                </text>
              </g>
            ))}
            {ticks.map(({ at, text }) => (
              <text key={at} className="tick" x={x(at)} y={HEIGHT - 6}>
                {text}
              </text>
            ))}
            <text className="title" x={LEFT} y={12}>
              Net USDC an hour, toward {toward}
            </text>
          </g>
          {bars.map((bar) =>
            bar.parts.map((part) => (
              <rect
                key={`${bar.at} ${part.class}`}
                className={`part cl-${part.class}`}
                x={x(bar.at)}
                width={barWidth}
                y={Math.min(y(part.from), y(part.to))}
                height={Math.max(0.5, Math.abs(y(part.to) - y(part.from)))}
              />
            )),
          )}
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

function readout(bars: readonly FlowBar[], at: number): string {
  const bar = barAt(bars, at);
  const when = momentLabel((bar?.at ?? Math.floor(at / HOUR_MS) * HOUR_MS) / 1_000);
  if (bar === undefined) return `${when}: nothing heard of`;
  const parts = bar.parts.map((part) => `${classText(part.class)} ${flow(part.to - part.from)}`);
  return `${when}: ${flow(bar.net)} in all; ${parts.join(", ") || "balanced"}`;
}
