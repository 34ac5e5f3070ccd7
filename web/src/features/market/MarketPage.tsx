import { useQuery } from "@tanstack/react-query";
import { CategoryMark } from "../../components/Icon.tsx";
import { Main } from "../../components/Main.tsx";
import { MarketList } from "../../components/MarketList.tsx";
import { PageSkeleton, Prose } from "../../components/PageParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { useActions } from "../../lib/actions.ts";
import type { MarketDetail, MarketRow } from "../../lib/apiTypes.ts";
import { ago, count, utc, words } from "../../lib/format.ts";
import type { PageProps } from "../../lib/navigation.ts";
import { useVisit } from "../../lib/recent.ts";
import { useNow } from "../../lib/time.ts";
import { copy } from "../../lib/toast.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { MarketFacts } from "./MarketFacts.tsx";
import { MarketFigures, StatusLine } from "./MarketFigures.tsx";
import { marketDetail, relatedMarkets, siblingMarkets } from "./marketQueries.ts";

/** One market: its prices and figures, its rules, its recorded facts, and the markets beside it. */
export function MarketPage({ id }: PageProps) {
  const { data: answer, error, refetch } = useQuery(marketDetail(id));
  useTitle(answer?.data.title);
  useVisit(answer ? `/markets/${answer.data.slug}` : "", answer?.data.title);
  useActions([
    {
      id: "copy-link",
      title: "Copy a link to this market",
      group: "Page",
      keys: "y",
      run: () => void copy(window.location.href, "Link"),
    },
  ]);
  if (answer) return <Market market={answer.data} isSimulated={answer.metadata.simulated} />;
  if (error) {
    return (
      <Main className="page market">
        <ErrorState isPage error={error} retry={() => void refetch()} />
      </Main>
    );
  }
  return <PageSkeleton className="market" />;
}

function Market({ market, isSimulated }: { market: MarketDetail; isSimulated: boolean }) {
  const now = useNow();
  return (
    <Main className="page market">
      <div className="hd">
        <Crumb market={market} />
        <div className="t">
          <CategoryMark category={market.category} isBig />
          <h1>{market.title}</h1>
          <span className="end">
            {market.event && !isSimulated && (
              <a
                className="chip"
                href={`https://polymarket.com/event/${market.event.slug}`}
                rel="noopener"
                target="_blank"
              >
                Polymarket ↗
              </a>
            )}
          </span>
        </div>
        <MarketFigures market={market} />
        <p className="sub">
          <StatusLine market={market} />
          <span title={utc(market.observed_at)}>Observed {ago(market.observed_at, now)}</span>
        </p>
      </div>
      <div className="body">
        <div className="left">
          <section className="card">
            <h2>Rules</h2>
            {market.description ? (
              <Prose text={market.description} />
            ) : (
              <p className="mut">Upstream gives no rules for this market.</p>
            )}
          </section>
          {market.event && <Siblings market={market} eventSlug={market.event.slug} />}
        </div>
        <aside className="right" aria-label="Facts and related markets">
          <section className="card">
            <h2>Facts</h2>
            <MarketFacts market={market} />
          </section>
          <Related marketId={market.market_id} />
        </aside>
      </div>
    </Main>
  );
}

function Crumb({ market }: { market: MarketDetail }) {
  const category = market.category ?? "unknown";
  return (
    <p className="crumb">
      <a href={`/markets?category=${category}`}>{market.category ? words(market.category) : "no category"}</a>
      {market.event && (
        <>
          {" · "}
          <a href={`/events/${market.event.slug}`}>{market.event.title}</a>
        </>
      )}
      {market.siblings_total > 1 && ` · ${count(market.siblings_total)} markets`}
    </p>
  );
}

const byPrice = (left: MarketRow, right: MarketRow) => (right.price ?? -1) - (left.price ?? -1);

/** Siblings shown before the link to the whole event. */
const SHOWN_SIBLINGS = 12;

function Siblings({ market, eventSlug }: { market: MarketDetail; eventSlug: string }) {
  const { data: answer, error } = useQuery({
    ...siblingMarkets(eventSlug),
    enabled: market.siblings_total > 1,
  });
  if (market.siblings_total <= 1) return null;
  const siblings = answer?.data.markets.toSorted(byPrice) ?? [];
  return (
    <section className="card">
      <h2>
        <a href={`/events/${eventSlug}`}>Markets of this event</a>
        <span className="sub">by price</span>
      </h2>
      {error && <p className="warn">The markets of this event could not be loaded: {error.message}</p>}
      <MarketList
        caption="Markets of this event by price"
        markets={siblings.slice(0, SHOWN_SIBLINGS)}
        columns={["price", "change_24h", "volume_24h", "end_date"]}
        current={market.market_id}
        isOneEvent
      />
      {siblings.length > SHOWN_SIBLINGS && (
        <p className="more">
          <a className="link" href={`/events/${eventSlug}`}>
            All {count(siblings.length)} markets
          </a>
        </p>
      )}
    </section>
  );
}

function Related({ marketId }: { marketId: string }) {
  const { data: answer, error, isPending } = useQuery(relatedMarkets(marketId));
  const related = answer?.data ?? [];
  return (
    <section className="card related">
      <h2>Related markets</h2>
      {isPending && <span className="skel wide" />}
      {error && <p className="warn">Related markets could not be loaded: {error.message}</p>}
      {answer && related.length === 0 && <p className="mut">None shares a tag or a word of weight.</p>}
      {related.length > 0 && <MarketList caption="Related markets" markets={related} columns={["price"]} />}
    </section>
  );
}
