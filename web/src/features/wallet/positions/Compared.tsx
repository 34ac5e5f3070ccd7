import type { ReactNode } from "react";
import { outcomeColour } from "../../../components/Figures.tsx";
import type { WalletMarket, WalletPosition } from "../../../lib/apiTypes.ts";
import { utc } from "../../../lib/format.ts";
import { doubtText } from "../told.ts";

interface ComparedProps {
  position: WalletPosition;
  /** The figure by its name in `differs`. */
  figure: "shares" | "avg_price" | "cost_usdc" | "realized_usdc" | "total_usdc";
  show(value: number | null): ReactNode;
}

/** Our figure; where the venue's differs, that stands under it, marked. */
export function Compared({ position, figure, show }: ComparedProps) {
  const { venue, differs } = position;
  const isDifferent = differs.includes(figure);
  return (
    <>
      {show(position[figure])}
      {isDifferent && venue && (
        <span className="theirs warn" title={`Polymarket's, ${utc(venue.observed_at)}`}>
          ≠ {show(venue[figure])}
        </span>
      )}
    </>
  );
}

/** The market and outcome of a row, linked where the catalogue knows it. */
export function MarketCell({
  market,
  doubts = [],
}: {
  market: WalletMarket | null;
  doubts?: readonly string[];
}) {
  if (market === null) return <span className="mut">—</span>;
  const { slug, title, outcome, outcome_index, condition_id, token_id } = market;
  const label = outcome ?? (outcome_index === null ? null : `outcome ${outcome_index + 1}`);
  const id = condition_id ?? token_id ?? "";
  return (
    <>
      <span className="mk">
        {label && <span className={outcomeColour(outcome_index ?? -1)}>{label}</span>}
        {slug ? (
          <a href={`/markets/${slug}`} className="t" title={title ?? undefined}>
            {title ?? slug}
          </a>
        ) : (
          <span className="t mono mut" title={`${id} is not in the catalogue`}>
            {title ?? id}
          </span>
        )}
      </span>
      {doubts.length > 0 && <span className="theirs warn">{doubts.map(doubtText).join("; ")}</span>}
    </>
  );
}
