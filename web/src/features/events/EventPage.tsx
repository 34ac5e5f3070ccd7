import { useQuery } from "@tanstack/react-query";
import { CategoryMark } from "../../components/Icon.tsx";
import { Main } from "../../components/Main.tsx";
import { MarketList } from "../../components/MarketList.tsx";
import { CopyableId, Fact, Figure, Instant, PageSkeleton, Prose } from "../../components/PageParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { useActions } from "../../lib/actions.ts";
import type { EventDetail, MarketRow } from "../../lib/apiTypes.ts";
import { cycle } from "../../lib/display.ts";
import { ago, categoryLabel, cents, count, local, moneyExact, until, utc, words } from "../../lib/format.ts";
import { go, type PageProps, place } from "../../lib/navigation.ts";
import { useVisit } from "../../lib/recent.ts";
import { useNow } from "../../lib/time.ts";
import { copy } from "../../lib/toast.ts";
import { parseSearch, stringifySearch, type UrlSearch } from "../../lib/urlSearch.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { AgendaPanel } from "./AgendaPanel.tsx";
import { DistributionPanel } from "./DistributionPanel.tsx";
import { eventDetail, primeEvent } from "./eventQueries.ts";
import { HistoryPanel } from "./HistoryPanel.tsx";
import { HISTORY_RANGES, type HistoryRange } from "./historyQuery.ts";
import { useEventFeed } from "./useEventFeed.ts";
import { yesSum } from "./yesSum.ts";

/** One event: its figures, its outcomes over time and now, its markets by price, when they close, its rules. */
export function EventPage({ id, search }: PageProps) {
  const { data: answer, error, refetch } = useQuery(eventDetail(id));
  useTitle(answer?.data.title);
  useVisit(answer ? `/events/${answer.data.slug}` : "", answer?.data.title);
  useActions([
    {
      id: "copy-link",
      title: "Copy a link to this event",
      group: "Page",
      keys: "y",
      run: () => void copy(window.location.href, "Link"),
    },
  ]);
  if (answer) {
    return <Event id={id} event={answer.data} isSimulated={answer.metadata.simulated} search={search} />;
  }
  if (error) {
    return (
      <Main className="page event">
        <ErrorState isPage error={error} retry={() => void refetch()} />
      </Main>
    );
  }
  return <PageSkeleton className="event" />;
}

/** What the server wrote into the page is put where its query looks for it. */
EventPage.prime = primeEvent;

const byPrice = (left: MarketRow, right: MarketRow) => (right.price ?? -1) - (left.price ?? -1);
const COLUMNS = ["price", "change_24h", "volume_24h", "volume_total", "liquidity", "spread", "end_date"];

const DEFAULT_RANGE: HistoryRange = "1w";

interface EventProps {
  /** As the address has it. */
  id: string;
  event: EventDetail;
  isSimulated: boolean;
  search: UrlSearch;
}

function Event({ id, event, isSimulated, search }: EventProps) {
  const now = useNow();
  const open = event.markets.filter(({ status }) => status === "open").toSorted(byPrice);
  useEventFeed(
    id,
    open.map(({ market_id }) => market_id),
  );
  const range = HISTORY_RANGES.find((known) => known === search.range) ?? DEFAULT_RANGE;
  const showRange = (next: HistoryRange) => {
    const { range: _range, ...others } = parseSearch(place.get().queryString);
    const changed = next === DEFAULT_RANGE ? others : { ...others, range: next };
    go(`${place.get().path}${stringifySearch(changed)}`, true);
  };
  useActions([
    {
      id: "event-range",
      title: "Next range of the chart",
      group: "Page",
      keys: "t",
      run: () => showRange(cycle(HISTORY_RANGES, range)),
    },
  ]);
  return (
    <Main className="page event">
      <div className="hd">
        <p className="crumb">
          <a href="/events">Events</a>
          {" · "}
          <a href={`/events?category=${event.category ?? "unknown"}`}>{categoryLabel(event.category)}</a>
        </p>
        <div className="t">
          <CategoryMark category={event.category} isBig />
          <h1>{event.title}</h1>
          <span className="end">
            {!isSimulated && (
              <a
                className="chip"
                href={`https://polymarket.com/event/${event.slug}`}
                rel="noopener"
                target="_blank"
              >
                Polymarket ↗
              </a>
            )}
          </span>
        </div>
        <EventFigures event={event} now={now} />
        <p className="sub">
          <span className="st">
            <span className={event.status === "open" ? "dot" : "dot off"} />
            {event.status}
            {event.neg_risk && " · neg-risk group"}
            {event.neg_risk_augmented && ", augmented"}
          </span>
          <span title={utc(event.observed_at)}>Observed {ago(event.observed_at, now)}</span>
        </p>
      </div>
      <div className="body">
        <div className="left">
          <HistoryPanel slug={event.slug} title={event.title} range={range} onRange={showRange} />
          <section className="card">
            <h2>
              Markets <span className="sub">by price</span>
            </h2>
            {!event.distribution && <YesSum event={event} />}
            <MarketList
              caption={`Markets of ${event.title} by price`}
              markets={event.markets.toSorted(byPrice)}
              columns={COLUMNS}
              isOneEvent
            />
          </section>
          <section className="card">
            <h2>Description</h2>
            {event.description ? (
              <Prose text={event.description} />
            ) : (
              <p className="mut">Upstream gives none.</p>
            )}
          </section>
        </div>
        <aside className="right" aria-label="Distribution, closes and facts">
          <DistributionPanel event={event} />
          <AgendaPanel markets={event.markets} />
          <section className="card">
            <h2>Facts</h2>
            <EventFacts event={event} />
          </section>
        </aside>
      </div>
    </Main>
  );
}

function EventFigures({ event, now }: { event: EventDetail; now: number }) {
  const closesTitle = event.end_date ? `${utc(event.end_date)} · ${local(event.end_date)}` : undefined;
  return (
    <dl className="facts">
      <Figure label="Markets, open of all" isBig>
        {count(event.open_market_count)} <small className="mut">/ {count(event.market_count)}</small>
      </Figure>
      <Figure label="Volume 24 h">{moneyExact(event.volume_24h)}</Figure>
      <Figure label="Volume, all time">{moneyExact(event.volume_total)}</Figure>
      <Figure label="Liquidity">{moneyExact(event.liquidity)}</Figure>
      <Figure label="Open interest">{moneyExact(event.open_interest)}</Figure>
      <Figure label={event.status === "open" ? "Closes, scheduled" : "Scheduled end"} title={closesTitle}>
        {until(event.end_date, now)}
      </Figure>
    </dl>
  );
}

/** In a neg-risk group one market at most can resolve Yes, so the Yes prices should add up to about a dollar. */
function YesSum({ event }: { event: EventDetail }) {
  if (!event.neg_risk) return null;
  const { sum, priced } = yesSum(event.markets);
  if (priced < 2) return null;
  return (
    <p className="sub">
      Σ Yes <b>{cents(sum)}</b> of {count(priced)} open markets
      {priced < event.open_market_count && `, ${count(event.open_market_count - priced)} without a price`},
      placeholders not excluded
    </p>
  );
}

function EventFacts({ event }: { event: EventDetail }) {
  return (
    <dl className="kv">
      <Fact label="Event id">
        <CopyableId value={event.event_id} name="Event id" />
      </Fact>
      <Fact label="Slug">
        <CopyableId value={event.slug} name="Slug" />
      </Fact>
      {event.series_slug && <Fact label="Series">{event.series_slug}</Fact>}
      <Fact label="Started">
        <Instant value={event.start_date} />
      </Fact>
      <Fact label="Ends, scheduled">
        <Instant value={event.end_date} />
      </Fact>
      {event.closed_at && (
        <Fact label="Closed">
          <Instant value={event.closed_at} />
        </Fact>
      )}
      <Fact label="Resolution source">
        {event.resolution_source ?? <span className="mut">as each market's rules say</span>}
      </Fact>
      <Fact label="Observed">
        <Instant value={event.observed_at} />
      </Fact>
      {event.tags.length > 0 && (
        <Fact label="Tags">
          <span className="tags">
            {event.tags.map((tag) => (
              <a key={tag} className="tag" href={`/events?status=all&tag=${encodeURIComponent(tag)}`}>
                {words(tag)}
              </a>
            ))}
          </span>
        </Fact>
      )}
    </dl>
  );
}
