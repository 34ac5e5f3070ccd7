import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { cents, shares } from "../../../lib/format.ts";
import { type DepthCurve, type DepthPoint, depthCurve, type ShownBook, sharesTo } from "./ladder.ts";

const WIDTH = 320;
const HEIGHT = 84;

/** Part of the width that one press of an arrow moves. */
const KEY_STEP = 1 / 40;

/** The corners of one side as a closed area, from the middle outwards. */
function area(points: readonly DepthPoint[], middle: number, edge: number, curve: DepthCurve): string {
  const x = (price: number) => ((price - curve.from) / (curve.to - curve.from)) * WIDTH;
  const y = (value: number) => HEIGHT - (value / curve.top) * (HEIGHT - 6);
  let path = `M${x(points[0]?.price ?? middle).toFixed(1)} ${HEIGHT}`;
  let height = HEIGHT;
  for (const { price, shares: total } of points) {
    path += `L${x(price).toFixed(1)} ${height.toFixed(1)}`;
    height = y(total);
    path += `L${x(price).toFixed(1)} ${height.toFixed(1)}`;
  }
  return `${path}L${x(edge).toFixed(1)} ${height.toFixed(1)}L${x(edge).toFixed(1)} ${HEIGHT}Z`;
}

/** How many shares rest up to each price: bids to the left, asks to the right. */
export function DepthChart({ book, tick }: { book: ShownBook; tick: number | null }) {
  const [at, setAt] = useState<number | null>(null);
  const curve = depthCurve(book);
  if (curve === null || book.mid === null || curve.top === 0) {
    return <p className="pnote">Depth is drawn once both sides have orders.</p>;
  }
  const { mid } = book;
  const price = at === null ? null : curve.from + at * (curve.to - curve.from);
  const readout =
    price === null
      ? `${shares(curve.bids.at(-1)?.shares ?? 0)} bid · ${shares(curve.asks.at(-1)?.shares ?? 0)} offered, shares`
      : `${shares(sharesTo(curve, price, mid))} shares ${price < mid ? "bid down" : "offered up"} to ${cents(price, tick)}`;

  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  const step = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    setAt((place) => Math.min(1, Math.max(0, (place ?? 0.5) + direction * KEY_STEP)));
  };
  return (
    <figure className="depth" data-outcome={book.outcome}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Depth of the book from ${cents(curve.from, tick)} to ${cents(curve.to, tick)}: ${readout}. Arrow keys move along the prices.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows read the curve point by point
        tabIndex={0}
        onPointerMove={follow}
        onPointerLeave={() => setAt(null)}
        onKeyDown={step}
        onBlur={() => setAt(null)}
      >
        <path className="bids" d={area(curve.bids, mid, curve.from, curve)} />
        <path className="asks" d={area(curve.asks, mid, curve.to, curve)} />
        {at !== null && <line className="cross" x1={at * WIDTH} x2={at * WIDTH} y1="0" y2={HEIGHT} />}
      </svg>
      <figcaption>
        <span>{cents(curve.from, tick)}</span>
        <span className="read">{readout}</span>
        <span>{cents(curve.to, tick)}</span>
      </figcaption>
    </figure>
  );
}
