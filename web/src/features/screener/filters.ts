import { TAPE_CHANGES, TAPE_WINDOWS, type TapeWindow } from "../../lib/tape.ts";

/** The range filters of the screener, their units and the ready-made choices of their editors. */
export type Unit = "cents" | "usd" | "points" | "count" | "percent";

export interface RangeFilter {
  /** Name in the API without `_min` and `_max`. */
  name: string;
  label: string;
  unit: Unit;
  /** Bounds in the API's unit; null when there is none. */
  lowest: number | null;
  highest: number | null;
  presets: readonly { label: string; min?: number; max?: number }[];
  /** The window it is of; such a filter is offered while columns of that window are shown. */
  window?: TapeWindow;
}

const volumePresets = [
  { label: "≥ $1k", min: 1_000 },
  { label: "≥ $10k", min: 10_000 },
  { label: "≥ $100k", min: 100_000 },
  { label: "≥ $1M", min: 1_000_000 },
] as const;

const changePresets = [
  { label: "up ≥ 5 pp", min: 0.05 },
  { label: "up ≥ 1 pp", min: 0.01 },
  { label: "down ≥ 1 pp", max: -0.01 },
  { label: "down ≥ 5 pp", max: -0.05 },
] as const;

const countPresets = [
  { label: "≥ 1", min: 1 },
  { label: "≥ 10", min: 10 },
  { label: "≥ 100", min: 100 },
] as const;

const flowPresets = [
  { label: "buying ≥ $1k", min: 1_000 },
  { label: "selling ≥ $1k", max: -1_000 },
] as const;

const sharePresets = [
  { label: "≥ 75%", min: 0.75 },
  { label: "≤ 25%", max: 0.25 },
] as const;

/** What can be bounded of a window of the tape. */
const WHOSE = { taker: "Taker", whale: "Whale", smart: "Smart" } as const;

function tapeFilters(window: TapeWindow): RangeFilter[] {
  const count = { unit: "count", lowest: 0, highest: null, presets: countPresets, window } as const;
  const usd = { unit: "usd", highest: null, window } as const;
  return [
    { name: `trades_${window}`, label: `Trades ${window}`, ...count },
    { name: `buyers_${window}`, label: `Buyers ${window}`, ...count },
    { name: `sellers_${window}`, label: `Sellers ${window}`, ...count },
    {
      name: `taker_volume_${window}`,
      label: `Taker volume ${window}`,
      ...usd,
      lowest: 0,
      presets: volumePresets,
    },
    ...(Object.keys(WHOSE) as (keyof typeof WHOSE)[]).map((who) => ({
      name: `${who}_flow_${window}` as const,
      label: `${WHOSE[who]} flow ${window}`,
      ...usd,
      lowest: null,
      presets: flowPresets,
    })),
    {
      name: `buy_share_${window}`,
      label: `Buy share ${window}`,
      unit: "percent",
      lowest: 0,
      highest: 1,
      presets: sharePresets,
      window,
    },
  ];
}

export const RANGE_FILTERS: readonly RangeFilter[] = [
  {
    name: "price",
    label: "Price",
    unit: "cents",
    lowest: 0,
    highest: 1,
    presets: [
      { label: "2–98¢", min: 0.02, max: 0.98 },
      { label: "10–90¢", min: 0.1, max: 0.9 },
      { label: "40–60¢", min: 0.4, max: 0.6 },
      { label: "≥ 90¢", min: 0.9 },
    ],
  },
  { name: "volume_24h", label: "Volume 24h", unit: "usd", lowest: 0, highest: null, presets: volumePresets },
  {
    name: "volume_total",
    label: "Volume, all time",
    unit: "usd",
    lowest: 0,
    highest: null,
    presets: volumePresets,
  },
  { name: "liquidity", label: "Liquidity", unit: "usd", lowest: 0, highest: null, presets: volumePresets },
  {
    name: "spread",
    label: "Spread",
    unit: "cents",
    lowest: 0,
    highest: 1,
    presets: [
      { label: "≤ 0.5¢", max: 0.005 },
      { label: "≤ 1¢", max: 0.01 },
      { label: "≤ 3¢", max: 0.03 },
    ],
  },
  { name: "change_1h", label: "Change 1h", unit: "points", lowest: -1, highest: 1, presets: changePresets },
  { name: "change_24h", label: "Change 24h", unit: "points", lowest: -1, highest: 1, presets: changePresets },
  { name: "change_7d", label: "Change 7d", unit: "points", lowest: -1, highest: 1, presets: changePresets },
  {
    name: "smart_imbalance",
    label: "Smart imbalance",
    unit: "count",
    lowest: -100,
    highest: 100,
    presets: [{ label: "≥ 50", min: 50 }],
  },
  ...TAPE_CHANGES.map(
    (window): RangeFilter => ({
      name: `change_${window}`,
      label: `Change ${window}`,
      unit: "points",
      lowest: -1,
      highest: 1,
      presets: changePresets,
      window,
    }),
  ),
  ...TAPE_WINDOWS.flatMap(tapeFilters),
];

const UNIT_FACTOR: Record<Unit, number> = { cents: 100, usd: 1, points: 100, count: 1, percent: 100 };

export const UNIT_NAME: Record<Unit, string> = {
  cents: "¢",
  usd: "USDC",
  points: "pp",
  count: "",
  percent: "%",
};

/** The API's value as the reader writes it, without rounding noise: 0.07 → 7. */
export function toReader(value: number, unit: Unit): number {
  return Number((value * UNIT_FACTOR[unit]).toPrecision(12));
}

/** What the reader wrote as the API's value: 7¢ → 0.07. */
export function fromReader(value: number, unit: Unit): number {
  return Number((value / UNIT_FACTOR[unit]).toPrecision(12));
}

function side(value: number, unit: Unit): string {
  const shown = toReader(value, unit);
  if (unit !== "usd") return `${shown}`.replace("-", "\u2212");
  const sign = shown < 0 ? "\u2212" : "";
  const size = Math.abs(shown);
  if (size >= 1_000_000) return `${sign}$${Number((size / 1_000_000).toPrecision(4))}M`;
  if (size >= 1_000) return `${sign}$${Number((size / 1_000).toPrecision(4))}k`;
  return `${sign}$${size}`;
}

/** A range in the words of a chip: `2–98¢`, `≥ $5k`, `≤ 3¢`. Null when neither bound is set. */
export function rangeText(min: number | undefined, max: number | undefined, unit: Unit): string | null {
  const suffix = { cents: "¢", usd: "", points: " pp", count: "", percent: "%" }[unit];
  if (min !== undefined && max !== undefined) {
    return `${side(min, unit)}${unit === "points" ? " to " : "–"}${side(max, unit)}${suffix}`;
  }
  if (min !== undefined) return `≥ ${side(min, unit)}${suffix}`;
  if (max !== undefined) return `≤ ${side(max, unit)}${suffix}`;
  return null;
}
