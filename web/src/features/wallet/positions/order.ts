import type { WalletPosition } from "../../../lib/apiTypes.ts";

export type PositionOrder = "value" | "total" | "recent";

const FIGURES: Readonly<Record<PositionOrder, (position: WalletPosition) => number | null>> = {
  value: ({ value_usdc }) => value_usdc,
  total: ({ total_usdc }) => total_usdc,
  recent: ({ last_at }) => (last_at === null ? null : Date.parse(last_at)),
};

/** Positions by a figure, the largest first and the unknown last. */
export function sortedPositions(
  positions: readonly WalletPosition[],
  order: PositionOrder,
): readonly WalletPosition[] {
  const of = FIGURES[order];
  return positions.toSorted(
    (left, right) => (of(right) ?? Number.NEGATIVE_INFINITY) - (of(left) ?? Number.NEGATIVE_INFINITY) || 0,
  );
}
