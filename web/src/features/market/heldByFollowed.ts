import type { HolderSide } from "../../lib/apiTypes.ts";
import { type Followed, isFollowed } from "../../lib/traders/follow.ts";

/** What a followed wallet holds of an outcome. */
export interface FollowedPart {
  wallet: string;
  name: string | null;
  shares: number | null;
  outcome: number;
  label: string;
}

/** Holders that are followed, the largest first. */
export function heldByFollowed(sides: readonly HolderSide[], list: readonly Followed[]): FollowedPart[] {
  return sides
    .flatMap(({ outcome, outcome_label: label, holders }) =>
      holders
        .filter(({ wallet }) => isFollowed(list, wallet))
        .map(({ wallet, name, shares }) => ({
          wallet,
          name: name ?? list.find(({ address }) => address === wallet.toLowerCase())?.name ?? null,
          shares,
          outcome,
          label,
        })),
    )
    .toSorted((left, right) => (right.shares ?? 0) - (left.shares ?? 0));
}
