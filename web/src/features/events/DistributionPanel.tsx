import { Bar } from "../../components/Figures.tsx";
import { PanelNote } from "../../components/PanelParts.tsx";
import type { Distribution, EventDetail } from "../../lib/apiTypes.ts";
import { cents, count, fixed, percent, words } from "../../lib/format.ts";

/** Outcomes shown before the reader asks for all. */
const SHOWN = 16;

/** What the market's prices say about the event: as they are, and scaled so that they add up to certainty. */
export function DistributionPanel({ event }: { event: EventDetail }) {
  const { distribution } = event;
  return (
    <section className="card distribution" aria-label="Distribution of outcomes">
      <h2>
        Distribution
        {distribution && (
          <span className="sub">
            {distribution.exclusive ? "at most one can come true" : "outcomes may come true together"}
          </span>
        )}
      </h2>
      {distribution ? (
        distribution.outcomes.length === 0 ? (
          <PanelNote>No outcome has a price.</PanelNote>
        ) : (
          <Outcomes distribution={distribution} />
        )
      ) : (
        <PanelNote>Not measured for this event: none of its open markets has a price.</PanelNote>
      )}
      {distribution && distribution.excluded.length > 0 && (
        <details className="bars">
          <summary>{count(distribution.excluded.length)} left out</summary>
          <ul className="excluded">
            {distribution.excluded.map((market) => (
              <li key={market.market_id}>
                <a href={`/markets/${market.slug}`}>{market.title}</a>{" "}
                <span className="mut">{words(market.reason)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Outcomes({ distribution }: { distribution: Distribution }) {
  const { outcomes, exclusive, raw_sum, buy_all_cost, sell_all_value } = distribution;
  const rest = outcomes.length - SHOWN;
  return (
    <>
      <dl className="mini-facts wide sums">
        <div>
          <dt title="Raw sum: the prices of the first outcome of every market below, as they are">
            Prices add up to
          </dt>
          <dd>
            <b>{cents(raw_sum)}</b>
            {exclusive && raw_sum !== null && <span className="mut"> {overround(raw_sum)}</span>}
          </dd>
        </div>
        {exclusive && (
          <>
            <div>
              <dt title="One share of every outcome at the best asks, fees included. One of them pays a dollar: what it costs less is a gain, what it costs more a loss.">
                Buy one of each
              </dt>
              <dd>
                <Dealt
                  amount={buy_all_cost}
                  gain={buy_all_cost === null ? null : 1 - buy_all_cost}
                  why="It is not certain that one of these comes true, nobody asks for one of them, or a fee is unknown"
                  verbs={["gains", "loses"]}
                />
              </dd>
            </div>
            <div>
              <dt title="One share of every outcome that is bid for, at the best bids, fees taken off. At most one of them has to be paid a dollar: what it brings more is a gain.">
                Sell one of each
              </dt>
              <dd>
                <Dealt
                  amount={sell_all_value}
                  gain={sell_all_value === null ? null : sell_all_value - 1}
                  why="Nobody bids for any of these, or a fee is unknown"
                  verbs={["gains at least", "loses at most"]}
                />
              </dd>
            </div>
          </>
        )}
      </dl>
      <p className="sub">
        {exclusive
          ? "At most one of these pays a dollar, so coherent prices add up to no more than 100¢. Coherent: each price over their sum, as if one of these had to come true."
          : "Several of these may pay, so their prices need not add up to a dollar."}
      </p>
      <table className="mini dist">
        <caption className="sr">Outcomes with their price and their coherent probability</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Outcome
            </th>
            <td className="wide" />
            <th scope="col">Price</th>
            {exclusive && (
              <th scope="col" title="The price over the sum of prices, so that all add up to 100%">
                Coherent
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {outcomes.slice(0, SHOWN).map((outcome) => (
            <tr key={outcome.market_id}>
              <td className="l">
                <a className="mk" href={`/markets/${outcome.slug}`}>
                  <span className="t">{outcome.title}</span>
                </a>
              </td>
              <td className="wide" aria-hidden="true">
                {outcome.price !== null && <Bar share={outcome.price} />}
              </td>
              <td>{cents(outcome.price)}</td>
              {exclusive && (
                <td>
                  <b>{percent(outcome.coherent)}</b>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p className="sub">And {count(rest)} more, in the table of markets.</p>}
    </>
  );
}

interface DealtProps {
  amount: number | null;
  /** What is left of a dollar, or beyond it. */
  gain: number | null;
  /** Why it may be unknown. */
  why: string;
  /** What more and what less than a dollar is. */
  verbs: readonly [string, string];
}

/** What a trade in every outcome costs or brings, and what is left of it. */
function Dealt({ amount, gain, why, verbs: [more, less] }: DealtProps) {
  return (
    <>
      {cents(amount)}{" "}
      {gain === null ? (
        <span className="mut" title={why}>
          unknown
        </span>
      ) : (
        <span className={gain > 0 ? "up" : "mut"}>
          {gain > 0 ? more : less} {fixed(Math.abs(gain) * 100, 1)}¢
        </span>
      )}
    </>
  );
}

/** How far a sum is from a dollar. */
function overround(sum: number): string {
  const points = (sum - 1) * 100;
  if (Math.abs(points) < 0.05) return "exactly a dollar";
  return `${fixed(Math.abs(points), 1)}¢ ${points > 0 ? "above" : "below"} a dollar`;
}
