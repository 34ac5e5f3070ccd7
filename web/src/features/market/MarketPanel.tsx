import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { CategoryMark, Icon } from "../../components/Icon.tsx";
import { Prose } from "../../components/PageParts.tsx";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { ago } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import { MarketFacts } from "./MarketFacts.tsx";
import { MarketFigures, StatusLine } from "./MarketFigures.tsx";
import { marketDetail } from "./marketQueries.ts";

/** A market beside the table: the row's own figures at once, rules and facts when they arrive. */
export function MarketPanel({ market, onClose }: { market: MarketRow; onClose(): void }) {
  const now = useNow();
  const settled = useDeferredValue(market.market_id);
  const { data: answer, error } = useQuery(marketDetail(settled));
  return (
    <aside className="panel" aria-label="Details of the selected market">
      <div className="t">
        <CategoryMark category={market.category} />
        <h2>
          <a href={`/markets/${market.slug}`}>{market.title}</a>
        </h2>
        <button type="button" className="icon" aria-label="Close the side panel" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {market.event && market.event.title !== market.title && (
        <p className="crumb">
          <a href={`/events/${market.event.slug}`}>{market.event.title}</a>
        </p>
      )}
      <MarketFigures market={market} isShort />
      <p className="sub">
        <StatusLine market={market} />
        <span>Observed {ago(market.observed_at, now)}</span>
      </p>
      {error && <p className="warn">Details could not be loaded: {error.message}</p>}
      {answer?.data.description && (
        <section>
          <h3>Rules</h3>
          <Prose text={answer.data.description} />
        </section>
      )}
      {answer && (
        <section>
          <h3>Facts</h3>
          <MarketFacts market={answer.data} />
        </section>
      )}
    </aside>
  );
}
