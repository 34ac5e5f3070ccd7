import type { MarketRow } from "./apiTypes.ts";

/** The windows that the tape is counted by, shortest first. */
export const TAPE_WINDOWS = ["10m", "1h", "6h", "12h", "24h"] as const;
export type TapeWindow = (typeof TAPE_WINDOWS)[number];

/** What is counted of a window, besides the change of the price; in the API's names. */
export const TAPE_COUNTS = [
  "trades",
  "buyers",
  "sellers",
  "taker_volume",
  "taker_flow",
  "whale_flow",
  "smart_flow",
  "buy_share",
] as const;
export type TapeCount = (typeof TAPE_COUNTS)[number];

/** The changes that the tape tells; upstream tells those of an hour and a day of every market. */
export const TAPE_CHANGES = ["10m", "6h", "12h"] as const;
export type TapeChange = (typeof TAPE_CHANGES)[number];

export type TapeColumnId = `${TapeCount}_${TapeWindow}` | `change_${TapeChange}`;

/** Every column of the tape under the name that the API sorts by. */
export const TAPE_COLUMN_IDS: readonly TapeColumnId[] = [
  ...TAPE_CHANGES.map((window) => `change_${window}` as const),
  ...TAPE_WINDOWS.flatMap((window) => TAPE_COUNTS.map((figure) => `${figure}_${window}` as const)),
];

/**
 * A figure of a window: null where it is unknown. A window that the row leaves out is one in which nothing traded,
 * so counts are 0 there; a share and a change of nothing are unknown.
 */
export function tapeValue(
  { windows }: Pick<MarketRow, "windows">,
  window: TapeWindow,
  figure: TapeCount | "change",
): number | null {
  const figures = windows[window];
  if (figures === null) return null;
  if (figures !== undefined) return figures[figure] ?? null;
  return figure === "buy_share" || figure === "change" ? null : 0;
}
