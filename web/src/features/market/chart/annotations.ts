import type {
  IChartApiBase,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";
import type { Band } from "./chartData.ts";

/** A moment to mark on the chart, in seconds. */
export interface Mark {
  time: number;
  label: string;
  isWarning: boolean;
}

export interface Annotated {
  bands: readonly Band[];
  marks: readonly Mark[];
  /** Time of the first slot and length of each, in seconds: where a time lies on the even scale. */
  origin: number;
  step: number;
  colours: { hatch: string; mark: string; warning: string; text: string; ground: string };
  font: string;
}

type DrawTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

const HATCH_PX = 6;
const LABEL_GAP_PX = 8;
const LEAST_BAND_PX = 3;

/** Hatched bands where nothing was recorded, and dotted lines where something happened to the market. */
export class Annotations implements ISeriesPrimitive<Time> {
  #chart: IChartApiBase<Time> | null = null;
  #requestUpdate: () => void = () => undefined;
  #annotated: Annotated | null = null;
  readonly #hasLabels: boolean;
  readonly #views: readonly IPrimitivePaneView[];

  constructor(hasLabels: boolean) {
    this.#hasLabels = hasLabels;
    const bands = { draw: (target: DrawTarget) => this.#draw(target, "bands") };
    const marks = { draw: (target: DrawTarget) => this.#draw(target, "marks") };
    this.#views = [
      { zOrder: () => "bottom", renderer: () => bands },
      { zOrder: () => "normal", renderer: () => marks },
    ];
  }

  attached({ chart, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.#chart = chart;
    this.#requestUpdate = requestUpdate;
  }

  detached(): void {
    this.#chart = null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  show(annotated: Annotated): void {
    this.#annotated = annotated;
    this.#requestUpdate();
  }

  /** Where a time lies; slots are drawn around their middle and begin half a slot before it. */
  #x(seconds: number, { origin, step }: Annotated): number | null {
    const scale = this.#chart?.timeScale();
    const place = (seconds - origin) / step - 0.5;
    const whole = Math.floor(place);
    // The library knows where whole slots are; between them a time lies in proportion.
    const left = scale?.logicalToCoordinate(whole as Logical) ?? null;
    const right = scale?.logicalToCoordinate((whole + 1) as Logical) ?? null;
    return left === null || right === null ? null : left + (right - left) * (place - whole);
  }

  #draw(target: DrawTarget, what: "bands" | "marks"): void {
    const annotated = this.#annotated;
    if (annotated === null) return;
    // biome-ignore lint/correctness/useHookAtTopLevel: the library names its drawing callback so; it is no hook
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.save();
      context.lineWidth = 1;
      if (what === "marks") this.#drawMarks(context, mediaSize, annotated);
      else for (const band of annotated.bands) this.#drawBand(context, mediaSize, band, annotated);
      context.restore();
    });
  }

  #drawBand(
    context: CanvasRenderingContext2D,
    { width, height }: { width: number; height: number },
    band: Band,
    annotated: Annotated,
  ): void {
    const start = this.#x(band.from, annotated);
    const end = this.#x(band.to, annotated);
    if (start === null || end === null) return;
    const left = Math.max(0, start);
    const right = Math.min(width, Math.max(end, start + LEAST_BAND_PX));
    if (right <= left) return;
    context.save();
    context.beginPath();
    context.rect(left, 0, right - left, height);
    context.clip();
    context.strokeStyle = annotated.colours.hatch;
    context.beginPath();
    // The hatching is anchored to the pane, so that it stands still while the chart is moved over it.
    const begin = Math.floor((left - height) / HATCH_PX) * HATCH_PX;
    for (let x = begin; x < right; x += HATCH_PX) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
    context.restore();
  }

  #drawMarks(
    context: CanvasRenderingContext2D,
    { width, height }: { width: number; height: number },
    annotated: Annotated,
  ): void {
    let labelledTo = Number.NEGATIVE_INFINITY;
    context.font = annotated.font;
    context.textBaseline = "top";
    for (const mark of annotated.marks) {
      const x = this.#x(mark.time, annotated);
      if (x === null || x < 0 || x > width) continue;
      const place = Math.round(x) + 0.5;
      context.strokeStyle = mark.isWarning ? annotated.colours.warning : annotated.colours.mark;
      context.setLineDash([2, 3]);
      context.beginPath();
      context.moveTo(place, 0);
      context.lineTo(place, height);
      context.stroke();
      if (!this.#hasLabels) continue;
      const size = context.measureText(mark.label).width;
      const isLeft = place + 5 + size > width;
      const start = isLeft ? place - 5 - size : place + 5;
      if (start < labelledTo + LABEL_GAP_PX) continue;
      context.fillStyle = annotated.colours.ground;
      context.fillRect(start - 2, 1, size + 4, 16);
      context.fillStyle = mark.isWarning ? annotated.colours.warning : annotated.colours.text;
      context.fillText(mark.label, start, 4);
      labelledTo = start + size;
    }
  }
}
