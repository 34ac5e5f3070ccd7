import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  LineStyle,
  TickMarkType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { axisLabel, momentLabel } from "../../../lib/chartTime.ts";
import { cents, money } from "../../../lib/format.ts";
import { faded, type Palette, usePalette } from "../../../lib/palette.ts";
import { Annotations, type Mark } from "./annotations.ts";
import { type Band, neighbour, type Slot } from "./chartData.ts";
import type { ChartKind } from "./chartSettings.ts";
import { GappedLine } from "./gappedLine.ts";

interface PriceChartProps {
  slots: readonly Slot[];
  /** Length of a slot in seconds. */
  step: number;
  bands: readonly Band[];
  marks: readonly Mark[];
  kind: ChartKind;
  /** Outcome of the slots, for the colour of its line. */
  outcome: 0 | 1;
  /** The other outcome is drawn as well. */
  hasBoth: boolean;
  /** The price now; null when unknown. */
  price: number | null;
  /** That price is the last good one and no longer followed. */
  isStale: boolean;
  tick: number | null;
  /** What identifies the view: another one is shown whole, the same one stays as the reader has moved it. */
  view: string;
  /** The sentence that says what the chart shows. */
  summary: string;
  /** The slot that is pointed at, and whether it was reached by key. */
  onPoint(index: number | null, byKey: boolean): void;
}

const FONT = '11px "Inter Variable", Inter, sans-serif';
const VOLUME_PX = 62;
const DAY_S = 86_400;

/** Part of the view that one press of plus or minus takes away or adds. */
const ZOOM = 0.25;

interface Drawn {
  chart: IChartApi;
  volume: ISeriesApi<"Histogram">;
  notes: readonly Annotations[];
}

type MainSeries = ISeriesApi<"Candlestick"> | ISeriesApi<"Custom">;

const STEPS: Readonly<Record<TickMarkType, Parameters<typeof axisLabel>[1]>> = {
  [TickMarkType.Year]: "year",
  [TickMarkType.Month]: "month",
  [TickMarkType.DayOfMonth]: "day",
  [TickMarkType.Time]: "clock",
  [TickMarkType.TimeWithSeconds]: "clock",
};

function chartColours(palette: Palette) {
  return {
    layout: {
      background: { type: ColorType.Solid, color: palette.panel },
      textColor: palette["fg-3"],
      panes: {
        separatorColor: palette.line,
        separatorHoverColor: palette.hover,
        enableResize: false,
      },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: palette.line } },
    crosshair: {
      vertLine: { color: palette["fg-4"], labelBackgroundColor: palette["fg-4"] },
      horzLine: { color: palette["fg-4"], labelBackgroundColor: palette["fg-4"] },
    },
  } as const;
}

/** The chart itself: this module and the library come in a chunk of their own. */
export function PriceChart(props: PriceChartProps) {
  const { slots, step, bands, marks, kind, outcome, hasBoth, price, isStale, tick, view, summary, onPoint } =
    props;
  const palette = usePalette();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const main = useRef<MainSeries | null>(null);
  const line = useRef<IPriceLine | null>(null);
  const pointed = useRef<number | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (box.current === null) return;
    const chart = createChart(box.current, {
      autoSize: true,
      // The logo needs a style element, which the page's policy refuses; the panel names and links the maker instead.
      layout: { attributionLogo: false, fontSize: 11, fontFamily: FONT.slice(5) },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.06 } },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        secondsVisible: false,
        allowBoldLabels: false,
        fixLeftEdge: true,
        fixRightEdge: true,
        lockVisibleTimeRangeOnResize: true,
        tickMarkFormatter: (time: Time, type: TickMarkType) => axisLabel(Number(time), STEPS[type], "UTC"),
      },
      crosshair: { mode: CrosshairMode.Normal },
      localization: {
        timeFormatter: (time: Time) =>
          momentLabel(Number(time) - zoneShift(latest.current.slots, latest.current.step)),
      },
      // The page scrolls as one; the wheel is its own.
      handleScroll: { mouseWheel: false, pressedMouseMove: true, horzTouchDrag: true, vertTouchDrag: false },
      handleScale: { mouseWheel: false, pinch: true, axisPressedMouseMove: true },
    });
    const volume = chart.addSeries(
      HistogramSeries,
      {
        priceFormat: { type: "custom", minMove: 0.01, formatter: (value: number) => money(value) },
        lastValueVisible: false,
        priceLineVisible: false,
      },
      1,
    );
    const notes = [new Annotations(true), new Annotations(false)];
    if (notes[1]) volume.attachPrimitive(notes[1]);
    // The price pane stays while its series are exchanged.
    chart.panes()[0]?.setPreserveEmptyPane(true);
    chart.panes()[1]?.setHeight(VOLUME_PX);
    chart.subscribeCrosshairMove(({ logical, point, sourceEvent }) => {
      // Without an event of the pointer it was this module that moved the cross, by key.
      if (sourceEvent === undefined || point === undefined || logical === undefined) return;
      const index = Math.round(logical);
      if (index === pointed.current) return;
      pointed.current = index;
      latest.current.onPoint(index, false);
    });
    drawn.current = { chart, volume, notes };
    return () => {
      chart.remove();
      drawn.current = null;
      main.current = null;
      line.current = null;
    };
  }, []);

  useEffect(() => {
    drawn.current?.chart.applyOptions(chartColours(palette));
  }, [palette]);

  // The series: anew for another kind, filled anew for other data.
  useEffect(() => {
    const present = drawn.current;
    if (present === null) return;
    const { chart, notes } = present;
    const priceFormat = {
      type: "custom" as const,
      minMove: tick ?? 0.001,
      formatter: (value: number) => cents(value, tick),
    };
    const quiet = { lastValueVisible: false, priceLineVisible: false, priceFormat };
    const own = outcome === 0 ? palette.yes : palette.no;
    const others = outcome === 0 ? palette.no : palette.yes;
    const added: MainSeries[] = [];
    if (kind === "candles") {
      added.push(chart.addSeries(CandlestickSeries, { ...quiet, borderVisible: true }, 0));
    } else {
      if (hasBoth) added.push(chart.addCustomSeries(new GappedLine(), { ...quiet, color: others }, 0));
      added.push(chart.addCustomSeries(new GappedLine(), { ...quiet, color: own }, 0));
    }
    const leading = added.at(-1) ?? null;
    main.current = leading;
    if (leading && notes[0]) leading.attachPrimitive(notes[0]);
    return () => {
      line.current = null;
      main.current = null;
      if (drawn.current === null) return;
      for (const series of added) chart.removeSeries(series);
    };
  }, [kind, outcome, hasBoth, tick, palette]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other series stand there when one of these has changed
  useEffect(() => {
    const present = drawn.current;
    const leading = main.current;
    if (present === null || leading === null) return;
    const { chart, volume, notes } = present;
    const placed = inZone(slots, step);
    if (kind === "candles") (leading as ISeriesApi<"Candlestick">).setData(candles(placed, palette));
    else {
      const [first] = chart.panes()[0]?.getSeries() ?? [];
      if (hasBoth) (first as ISeriesApi<"Custom"> | undefined)?.setData(points(placed, true));
      (leading as ISeriesApi<"Custom">).setData(points(placed, false));
    }
    volume.setData(volumes(placed, palette));
    for (const note of notes) {
      note.show({
        bands,
        marks,
        origin: slots[0]?.time ?? 0,
        step,
        colours: {
          hatch: faded(palette["fg-4"], 0.55),
          mark: palette["fg-4"],
          warning: palette.warn,
          text: palette["fg-3"],
          ground: palette.panel,
        },
        font: FONT,
      });
    }
  }, [slots, step, bands, marks, kind, outcome, hasBoth, tick, palette]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another view is fitted, not every refresh
  useEffect(() => {
    drawn.current?.chart.timeScale().fitContent();
  }, [view]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other series stand there when one of these has changed
  useEffect(() => {
    const leading = main.current;
    if (leading === null) return;
    if (line.current) leading.removePriceLine(line.current);
    line.current =
      price === null
        ? null
        : leading.createPriceLine({
            price,
            color: isStale ? palette["fg-3"] : outcome === 0 ? palette.yes : palette.no,
            lineStyle: LineStyle.SparseDotted,
            lineWidth: 1,
            axisLabelVisible: true,
            axisLabelTextColor: palette.panel,
            title: "",
          });
  }, [price, isStale, kind, outcome, hasBoth, tick, palette]);

  const point = (index: number) => {
    const chart = drawn.current?.chart;
    const slot = slots[index];
    if (!chart || !slot?.bar || main.current === null) return;
    pointed.current = index;
    keepInView(chart, index);
    const time = (slot.time + zoneShift(slots, step)) as UTCTimestamp;
    chart.setCrosshairPosition(slot.bar.close, time, main.current);
    onPoint(index, true);
  };
  /** Changes what is in view and puts the cross back on the bar that it stood on. */
  const changeView = (change: () => void) => {
    change();
    const { current: index } = pointed;
    // The library takes the new view over with its next frame; only then is the bar where it will be.
    if (index !== null) requestAnimationFrame(() => point(index));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chart = drawn.current?.chart;
    if (!chart || event.ctrlKey || event.metaKey || event.altKey) return;
    const present = pointed.current ?? slots.length;
    const scale = chart.timeScale();
    switch (event.key) {
      case "ArrowLeft":
        point(neighbour(slots, present, -1));
        break;
      case "ArrowRight":
        point(neighbour(slots, present, 1));
        break;
      case "Home":
        point(neighbour(slots, -1, 1));
        break;
      case "End":
        point(neighbour(slots, slots.length, -1));
        break;
      case "+":
      case "=":
        changeView(() => zoom(chart, 1 - ZOOM));
        break;
      case "-":
        changeView(() => zoom(chart, 1 + ZOOM));
        break;
      case "0":
        changeView(() => scale.fitContent());
        break;
      default:
        return;
    }
    event.preventDefault();
  };
  const leave = () => {
    drawn.current?.chart.clearCrosshairPosition();
    pointed.current = null;
    onPoint(null, true);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a form's; this is a picture that keys move in
    <div
      className="pchart"
      role="group"
      aria-roledescription="chart"
      aria-label={`${summary} Left and right arrows read the bars, plus and minus zoom.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows read the bars
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={leave}
      onPointerLeave={() => {
        pointed.current = null;
        onPoint(null, false);
      }}
    >
      <div className="canvas" ref={box} aria-hidden="true" />
    </div>
  );
}

function keepInView(chart: IChartApi, index: number): void {
  const scale = chart.timeScale();
  const shown = scale.getVisibleLogicalRange();
  if (shown === null) return;
  const shift = index < shown.from ? index - shown.from - 1 : index > shown.to ? index - shown.to + 1 : 0;
  if (shift !== 0) scale.setVisibleLogicalRange({ from: shown.from + shift, to: shown.to + shift });
}

function zoom(chart: IChartApi, factor: number): void {
  const scale = chart.timeScale();
  const shown = scale.getVisibleLogicalRange();
  if (shown === null) return;
  const middle = (shown.from + shown.to) / 2;
  const half = ((shown.to - shown.from) / 2) * factor;
  scale.setVisibleLogicalRange({ from: middle - half, to: middle + half });
}

/**
 * Seconds that the axis is moved by, so that its days begin at the reader's midnight: the library knows UTC alone. One
 * shift for the whole chart keeps the scale even where the clocks change. Bars of a day are UTC's days and stay.
 */
function zoneShift(slots: readonly Slot[], step: number): number {
  const last = slots.at(-1);
  if (last === undefined || step >= DAY_S) return 0;
  return -new Date(last.time * 1_000).getTimezoneOffset() * 60;
}

function inZone(slots: readonly Slot[], step: number): readonly Slot[] {
  const shift = zoneShift(slots, step);
  return shift === 0 ? slots : slots.map((slot) => ({ ...slot, time: slot.time + shift }));
}

const time = (slot: Slot) => slot.time as UTCTimestamp;

function points(slots: readonly Slot[], isMirrored: boolean) {
  return slots.map((slot) =>
    slot.bar === null
      ? { time: time(slot) }
      : {
          time: time(slot),
          value: isMirrored ? 1 - slot.bar.close : slot.bar.close,
          isJoined: slot.isJoined,
          isApproximate: slot.bar.synthetic,
        },
  );
}

function candles(slots: readonly Slot[], palette: Palette) {
  return slots.map((slot) => {
    const { bar } = slot;
    if (bar === null) return { time: time(slot) };
    const colour = bar.close >= bar.open ? palette.up : palette.down;
    const { open, high, low, close } = bar;
    // What is not true open, high, low and close is hollow and grey.
    return bar.synthetic
      ? {
          time: time(slot),
          open,
          high,
          low,
          close,
          color: palette.panel,
          borderColor: palette["fg-4"],
          wickColor: palette["fg-4"],
        }
      : { time: time(slot), open, high, low, close, color: colour, borderColor: colour, wickColor: colour };
  });
}

function volumes(slots: readonly Slot[], palette: Palette) {
  const color = faded(palette["fg-4"], 0.75);
  return slots.map((slot) =>
    slot.bar?.volume_usdc == null
      ? { time: time(slot) }
      : { time: time(slot), value: slot.bar.volume_usdc, color },
  );
}
