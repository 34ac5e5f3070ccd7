import { Closes } from "../../components/Figures.tsx";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { cents, count, local, utc } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import { agenda } from "./agenda.ts";

const SHOWN_DATES = 12;
const SHOWN_MARKETS = 4;

/** When the markets of an event are scheduled to close. */
export function AgendaPanel({ markets }: { markets: readonly MarketRow[] }) {
  const now = useNow();
  const entries = agenda(markets);
  return (
    <section className="card agenda" aria-label="Agenda of closes">
      <h2>
        Closes <span className="sub">as scheduled</span>
      </h2>
      {entries.length === 0 ? (
        <p className="mut">No market of this event is open.</p>
      ) : (
        <ol className="timeline">
          {entries.slice(0, SHOWN_DATES).map(({ at, markets: own }) => (
            <li
              key={at ?? "none"}
              data-tone={own.some((market) => market.awaiting_resolution) ? "warn" : "ahead"}
            >
              {at ? (
                <>
                  <b>
                    <time dateTime={at} title={local(at)}>
                      {utc(at)}
                    </time>
                  </b>
                  <span className="mut"> {own[0] && <Closes market={own[0]} now={now} />}</span>
                </>
              ) : (
                <b>No date given</b>
              )}
              <ul>
                {own.slice(0, SHOWN_MARKETS).map((market) => (
                  <li key={market.market_id}>
                    <a href={`/markets/${market.slug}`}>{market.group_title || market.title}</a>
                    <span>{cents(market.price, market.tick_size)}</span>
                  </li>
                ))}
              </ul>
              {own.length > SHOWN_MARKETS && (
                <p className="mut">and {count(own.length - SHOWN_MARKETS)} more</p>
              )}
            </li>
          ))}
        </ol>
      )}
      {entries.length > SHOWN_DATES && (
        <p className="sub">And {count(entries.length - SHOWN_DATES)} later dates.</p>
      )}
    </section>
  );
}
