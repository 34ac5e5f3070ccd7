import { useQuery } from "@tanstack/react-query";
import { CategoryMark } from "../../components/Icon.tsx";
import { Main } from "../../components/Main.tsx";
import { MarketList } from "../../components/MarketList.tsx";
import { PageSkeleton, Prose } from "../../components/PageParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { useActions } from "../../lib/actions.ts";
import type { MarketDetail, MarketRow } from "../../lib/apiTypes.ts";
import { cycle } from "../../lib/display.ts";
import { feedStatus } from "../../lib/feed.ts";
import { ago, categoryLabel, cents, count, utc } from "../../lib/format.ts";
import { go, type PageProps, place } from "../../lib/navigation.ts";
import { useVisit } from "../../lib/recent.ts";
import { useStore } from "../../lib/store.ts";
import { useNow } from "../../lib/time.ts";
import { copy } from "../../lib/toast.ts";
import { parseSearch, stringifySearch, type UrlSearch } from "../../lib/urlSearch.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { BookPanel } from "./book/BookPanel.tsx";
import {
  CHART_KINDS,
  type ChartSettings,
  chartSearch,
  parseChartSettings,
  RANGES,
} from "./chart/chartSettings.ts";
import { PricePanel } from "./chart/PricePanel.tsx";
import { FlowPanel } from "./FlowPanel.tsx";
import { HoldersPanel } from "./HoldersPanel.tsx";
import { IntelligencePanel } from "./IntelligencePanel.tsx";
import { useMarketFeed } from "./live/useMarketFeed.ts";
import { useShownPrices } from "./live/useShownPrices.ts";
import { MarketFacts } from "./MarketFacts.tsx";
import { MarketFigures, StatusLine } from "./MarketFigures.tsx";
import { marketDetail, primeMarket, relatedMarkets, siblingMarkets } from "./marketQueries.ts";
import { PriceVoice } from "./PriceVoice.tsx";
import { SlippagePanel } from "./SlippagePanel.tsx";
import { StatusTimeline } from "./StatusTimeline.tsx";
import { TapePanel } from "./tape/TapePanel.tsx";

/**
 * One market in one scroll: its prices and figures, chart, book, trades, holders and flow, its rules and recorded facts,
 * and the markets beside it.
 */
export function MarketPage({ id, search }: PageProps) {
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
  if (answer) {
    return <Market market={answer.data} isSimulated={answer.metadata.simulated} search={search} />;
  }
  if (error) {
    return (
      <Main className="page market">
        <ErrorState isPage error={error} retry={() => void refetch()} />
      </Main>
    );
  }
  return <PageSkeleton className="market" />;
}

/** What the server wrote into the page is put where its query looks for it. */
MarketPage.prime = primeMarket;

interface MarketProps {
  market: MarketDetail;
  isSimulated: boolean;
  search: UrlSearch;
}

function Market({ market, isSimulated, search }: MarketProps) {
  const now = useNow();
  const settings = parseChartSettings(search);
  // Changes build on the address and not on what is drawn, which follows it a moment later.
  const apply = (change: (present: ChartSettings) => Partial<ChartSettings>) => {
    const present = parseSearch(place.get().queryString);
    const before = parseChartSettings(present);
    const next = chartSearch(present, { ...before, ...change(before) });
    go(`${place.get().path}${stringifySearch(next)}`, true);
  };
  const outcome = settings.outcome === "1" ? 1 : 0;
  const showOutcome = (index: number) => apply(() => ({ outcome: index === 1 ? "1" : "0" }));
  useMarketFeed(market.market_id);
  useActions([
    {
      id: "chart-range",
      title: "Next range of the chart",
      group: "Page",
      keys: "t",
      run: () => apply(({ range }) => ({ range: cycle(RANGES, range) })),
    },
    {
      id: "chart-kind",
      title: "Line or candles",
      group: "Page",
      keys: "c",
      run: () =>
        apply(({ kind, outcome: shown }) => ({
          kind: cycle(CHART_KINDS, kind),
          outcome: shown === "both" ? "0" : shown,
        })),
    },
  ]);
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
        <LiveFigures market={market} />
        <p className="sub">
          <StatusLine market={market} />
          <FeedLine />
          <span title={utc(market.observed_at)}>Catalogue observed {ago(market.observed_at, now)}</span>
        </p>
      </div>
      <FeedNotice />
      <div className="body">
        <div className="left">
          <PricePanel market={market} settings={settings} onSettings={(change) => apply(() => change)} />
          <div className="pair">
            <FlowPanel market={market} />
            <StatusTimeline market={market} />
          </div>
          <IntelligencePanel market={market} />
          <HoldersPanel marketId={market.market_id} />
          <div className="pair">
            <section className="card rules">
              <h2>Rules</h2>
              {market.description ? (
                <Prose text={market.description} />
              ) : (
                <p className="mut">Upstream gives no rules for this market.</p>
              )}
            </section>
            <section className="card identity">
              <h2>Facts</h2>
              <MarketFacts market={market} />
            </section>
          </div>
          {market.event && <Siblings market={market} eventSlug={market.event.slug} />}
        </div>
        <aside className="right" aria-label="Book, trades and related markets">
          <BookPanel market={market} outcome={outcome} onOutcome={showOutcome} />
          <SlippagePanel market={market} outcome={outcome} onOutcome={showOutcome} search={search} />
          <TapePanel market={market} isSimulated={isSimulated} search={search} />
          <Related marketId={market.market_id} />
        </aside>
      </div>
    </Main>
  );
}

function LiveFigures({ market }: { market: MarketDetail }) {
  const shown = useShownPrices(market);
  return (
    <>
      <MarketFigures market={market} shown={shown} />
      <PriceVoice text={`${market.outcomes[0]} ${cents(shown.prices[0], market.tick_size)}`} />
    </>
  );
}

/** Whether this page hears from the server at once. */
function FeedLine() {
  const { state } = useStore(feedStatus);
  if (state === "lost") return null;
  return (
    <span className="st">
      <span className={state === "live" ? "dot" : "dot off"} />
      {state === "live" ? "streaming" : "connecting to the stream"}
    </span>
  );
}

/** Names what no longer moves while the stream is lost. */
function FeedNotice() {
  const { state, since } = useStore(feedStatus);
  const now = useNow();
  if (state !== "lost") return null;
  return (
    <p className="notice" data-kind="stale" role="status">
      The live stream was lost {ago(new Date(since).toISOString(), now)}: price, order book and trades are the
      last good ones. Trying again.
    </p>
  );
}

function Crumb({ market }: { market: MarketDetail }) {
  const category = market.category ?? "unknown";
  return (
    <p className="crumb">
      <a href={`/markets?category=${category}`}>{categoryLabel(market.category)}</a>
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
