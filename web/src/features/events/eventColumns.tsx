import { Money } from "../../components/Figures.tsx";
import { CategoryMark } from "../../components/Icon.tsx";
import type { Column } from "../../components/marketColumns.tsx";
import type { EventRow } from "../../lib/apiTypes.ts";
import { cents, count, until, utc } from "../../lib/format.ts";

function moneyColumn(
  key: "volume_24h" | "volume_total" | "liquidity",
  header: string,
  description: string,
): Column<EventRow> {
  return {
    id: key,
    header,
    description,
    isSortable: true,
    isQuiet: key !== "volume_24h",
    cell: (event) => <Money value={event[key]} subject={event.event_id} />,
  };
}

/** What is left of a title once its event's words are known: the group's own name where there is one. */
function shortName(market: EventRow["top_markets"][number]): string {
  return market.group_title || market.title;
}

export const EVENT_COLUMNS: readonly Column<EventRow>[] = [
  {
    id: "title",
    header: "Event",
    description: "The event's title",
    isText: true,
    isSortable: true,
    cell: (event) => (
      <a className="mk" href={`/events/${event.slug}`} tabIndex={-1}>
        <CategoryMark category={event.category} />
        <span className="t">{event.title}</span>
      </a>
    ),
  },
  {
    id: "top",
    header: "Leading",
    description: "Up to three markets of the event with the highest price of their first outcome",
    isText: true,
    cell: (event) => (
      <span className="tops">
        {event.top_markets.map((market) => (
          <span key={market.market_id} title={market.title}>
            <b>{cents(market.price)}</b> {event.market_count > 1 ? shortName(market) : ""}
          </span>
        ))}
      </span>
    ),
  },
  {
    id: "market_count",
    header: "Markets",
    description: "Open markets of all markets",
    isSortable: true,
    isQuiet: true,
    cell: (event) => (
      <>
        {event.open_market_count !== event.market_count && `${count(event.open_market_count)} / `}
        <span className={event.market_count === 1 ? "one" : undefined}>{count(event.market_count)}</span>
      </>
    ),
  },
  moneyColumn("volume_24h", "Volume 24h", "Traded in the last 24 hours in all its markets, USDC"),
  moneyColumn("volume_total", "Volume", "Traded since the event opened, USDC"),
  moneyColumn("liquidity", "Liquidity", "Resting in the order books as upstream reports it, USDC"),
  {
    id: "end_date",
    header: "Closes",
    description: "Time to the scheduled end",
    isSortable: true,
    isQuiet: true,
    cell: (event, now) =>
      event.status === "closed" ? (
        <span className="mut">closed</span>
      ) : event.end_date ? (
        <time dateTime={event.end_date} title={`scheduled ${utc(event.end_date)}`}>
          {until(event.end_date, now)}
        </time>
      ) : (
        <span className="mut">—</span>
      ),
  },
];
