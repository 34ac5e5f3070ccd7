import type {
  CustomData,
  CustomSeriesOptions,
  CustomSeriesPricePlotValues,
  CustomSeriesWhitespaceData,
  ICustomSeriesPaneRenderer,
  ICustomSeriesPaneView,
  PaneRendererCustomData,
  PriceToCoordinateConverter,
  UTCTimestamp,
} from "lightweight-charts";
import { customSeriesDefaultOptions } from "lightweight-charts";

/** A point of a line that may be broken. */
export interface LinePoint extends CustomData<UTCTimestamp> {
  value: number;
  /** A stroke leads here from the point before. */
  isJoined: boolean;
  /** Not traded or quoted here, but sampled by upstream: dashed. */
  isApproximate: boolean;
}

type DrawTarget = Parameters<ICustomSeriesPaneRenderer["draw"]>[0];

const WIDTH = 1.6;
const DASH = [3, 3];
const LONE_RADIUS = 1.8;

/**
 * A line with breaks. The library's own line runs on over whatever is missing; this one stops where a recording stops,
 * dashes what is approximate, and shows a lone point as a dot.
 */
export class GappedLine implements ICustomSeriesPaneView<UTCTimestamp, LinePoint, CustomSeriesOptions> {
  #data: PaneRendererCustomData<UTCTimestamp, LinePoint> | null = null;
  #colour = "";

  renderer(): ICustomSeriesPaneRenderer {
    return { draw: (target, toY) => this.#draw(target, toY) };
  }

  update(data: PaneRendererCustomData<UTCTimestamp, LinePoint>, options: CustomSeriesOptions): void {
    this.#data = data;
    this.#colour = options.color;
  }

  priceValueBuilder({ value }: LinePoint): CustomSeriesPricePlotValues {
    return [value, value, value];
  }

  isWhitespace(
    data: LinePoint | CustomSeriesWhitespaceData<UTCTimestamp>,
  ): data is CustomSeriesWhitespaceData<UTCTimestamp> {
    return (data as Partial<LinePoint>).value === undefined;
  }

  defaultOptions(): CustomSeriesOptions {
    return { ...customSeriesDefaultOptions };
  }

  #draw(target: DrawTarget, toY: PriceToCoordinateConverter): void {
    const data = this.#data;
    if (data?.visibleRange == null) return;
    // Only what is in view has present coordinates.
    const first = Math.max(0, data.visibleRange.from);
    const last = Math.min(data.bars.length, data.visibleRange.to) - 1;
    // biome-ignore lint/correctness/useHookAtTopLevel: the library names its drawing callback so; it is no hook
    target.useMediaCoordinateSpace(({ context }) => {
      context.strokeStyle = this.#colour;
      context.fillStyle = this.#colour;
      context.lineWidth = WIDTH;
      context.lineJoin = "round";
      let from: { x: number; y: number } | null = null;
      for (let index = first; index <= last; index++) {
        const bar = data.bars[index];
        if (bar === undefined) continue;
        const y = toY(bar.originalData.value);
        if (y === null) continue;
        const to = { x: bar.x, y: y as number };
        const { isJoined, isApproximate } = bar.originalData;
        if (isJoined && from !== null) {
          context.setLineDash(isApproximate ? DASH : []);
          context.beginPath();
          context.moveTo(from.x, from.y);
          context.lineTo(to.x, to.y);
          context.stroke();
        } else if (data.bars[index + 1]?.originalData.isJoined !== true) {
          context.beginPath();
          context.arc(to.x, to.y, LONE_RADIUS, 0, 2 * Math.PI);
          context.fill();
        }
        from = to;
      }
      context.setLineDash([]);
    });
  }
}
