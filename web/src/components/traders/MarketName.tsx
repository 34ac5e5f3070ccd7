import type { MarketRef } from "../../lib/traders/contract.ts";
import { outcomeColour } from "../Figures.tsx";
import { CategoryMark } from "../Icon.tsx";

/** A market, and the outcome where the row is about one. */
export function MarketName({ market, isPlain = false }: { market: MarketRef; isPlain?: boolean }) {
  const { slug, question, event, outcome, outcome_index } = market;
  if (slug === "") {
    return (
      <span className="mk">
        <span className="t mono mut" title={`${market.id} is not in the catalogue`}>
          {market.id}
        </span>
      </span>
    );
  }
  return (
    <a className="mk" href={`/markets/${slug}`}>
      <CategoryMark category={market.category} />
      {!isPlain && outcome !== null && <b className={outcomeColour(outcome_index ?? -1)}>{outcome}</b>}
      <span className="t">{question}</span>
      {event && event.title !== question && <small>{event.title}</small>}
    </a>
  );
}
