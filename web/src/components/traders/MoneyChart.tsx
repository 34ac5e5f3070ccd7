import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useRef, useState } from "react";
import { timeTicks } from "../../lib/chartTime.ts";
import { money } from "../../lib/format.ts";
import { domainWithZero, linear, roundTicks } from "../../lib/traders/scale.ts";
import { useWidth } from "../../lib/useWidth.ts";

const TOP = 22;
const BOTTOM = 24;
const LEFT = 56;
const RIGHT = 10;
/** Room for a label of the time axis. */
const TICK_PX = 80;

/** Where instants, in milliseconds, and dollars stand in the drawing, in pixels. */
export interface Scales {
  x(at: number): number;
  y(usdc: number): number;
}

interface MoneyChartProps {
  /** First and last instant, in milliseconds; null draws nothing. */
  span: readonly [number, number] | null;
  /** What the axis of dollars must hold, besides zero. */
  values: Iterable<number>;
  /** In pixels. */
  height: number;
  className?: string;
  /** What the chart is of, for those who do not see it. */
  label: string;
  /** What the axis of dollars counts, over it. */
  title?: string;
  /** What stands where the readout will. */
  invitation: string;
  /** How far an arrow key goes, in milliseconds. */
  keyStepMs: number;
  /** Until when records may be missing: hatched. */
  incompleteUntil?: { at: number; why: string } | null;
  /** What an instant is worth, in words. */
  readout(at: number): string;
  children(scales: Scales, spanPx: number): ReactNode;
}

/**
 * Dollars over time: axes, a line that follows the pointer or the arrow keys, and what it reads. The children draw
 * what it is of.
 */
export function MoneyChart(props: MoneyChartProps) {
  const { span, values, height, className = "", label, title, invitation, readout, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const pointer = usePointed(span ?? [0, 0], (width ?? 0) - RIGHT, props.keyStepMs);
  if (span === null) return null;
  const { pointed, ...handlers } = pointer;
  const right = (width ?? 0) - RIGHT;
  const [low, high] = domainWithZero(values);
  const x = linear(span, [LEFT, right]);
  const y = linear([low, high], [height - BOTTOM, TOP]);
  const said = pointed && readout(pointed.at);
  return (
    <div ref={box} className={`echart ${className}`.trimEnd()}>
      <p className="readout" aria-hidden="true">
        {said ?? invitation}
      </p>
      {width !== null && width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={label}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows read the chart
          tabIndex={0}
          {...handlers}
        >
          <MissingRecords x={x} from={span[0]} until={props.incompleteUntil} height={height} />
          <g className="axis">
            {roundTicks(low, high, 4).map((usdc) => (
              <g key={usdc} className={usdc === 0 ? "zero" : undefined}>
                <line x1={LEFT} x2={right} y1={y(usdc)} y2={y(usdc)} />
                <text className="price" x={LEFT - 6} y={y(usdc) + 4}>
                  {roundMoney(usdc)}
                </text>
              </g>
            ))}
            {timeTicks(span[0], span[1], Math.max(2, Math.floor((right - LEFT) / TICK_PX)))
              .filter(({ at }) => x(at) > LEFT + 16 && x(at) < right - 16)
              .map(({ at, text }) => (
                <text key={at} className="tick" x={x(at)} y={height - 6}>
                  {text}
                </text>
              ))}
            {title && (
              <text className="title" x={0} y={11}>
                {title}
              </text>
            )}
          </g>
          {children({ x, y }, right - LEFT)}
          {pointed && (
            <line className="cross" x1={x(pointed.at)} x2={x(pointed.at)} y1={TOP} y2={height - BOTTOM} />
          )}
        </svg>
      )}
      <span className="sr" role="status">
        {pointed?.byKey && said}
      </span>
    </div>
  );
}

/** The instant that the reader points at, by pointer or arrow keys, and what the drawing listens with. */
function usePointed([from, to]: readonly [number, number], right: number, keyStepMs: number) {
  const [pointed, setPointed] = useState<{ at: number; byKey: boolean } | null>(null);
  const within = (at: number) => Math.min(to, Math.max(from, at));
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const instant = linear([LEFT, right], [from, to]);
    setPointed({ at: within(instant(event.clientX - left)), byKey: false });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    setPointed({ at: within((pointed?.at ?? to) + step * keyStepMs), byKey: true });
  };
  const leave = () => setPointed(null);
  return { pointed, onPointerMove, onKeyDown, onPointerLeave: leave, onBlur: leave };
}

interface MissingRecordsProps {
  x: Scales["x"];
  from: number;
  until: MoneyChartProps["incompleteUntil"];
  height: number;
}

function MissingRecords({ x, from, until, height }: MissingRecordsProps) {
  const hatch = useId();
  if (!until || until.at <= from) return null;
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" className="hatching" />
        </pattern>
      </defs>
      <rect
        className="missing"
        x={x(from)}
        width={Math.max(2, x(until.at) - x(from))}
        y={TOP}
        height={height - TOP - BOTTOM}
        fill={`url(#${hatch})`}
      >
        <title>{until.why}</title>
      </rect>
    </>
  );
}

/** A round number of dollars without the decimals that it does not need: `$20k`, `−$2.5k`. */
function roundMoney(usdc: number): string {
  return money(usdc)
    .replace(/(\.\d*?)0+(?=\D|$)/, "$1")
    .replace(/\.(?=\D|$)/, "");
}
