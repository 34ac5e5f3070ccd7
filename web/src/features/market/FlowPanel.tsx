import { Change } from "../../components/Figures.tsx";
import { PanelNote } from "../../components/PanelParts.tsx";
import type { AnalyticsWindow, MarketAnalytics, MarketDetail } from "../../lib/apiTypes.ts";
import { ago, count, decimal, money, moneyExact, percent, signed, yearlyReturn } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";

/** Who pushed the price: bought against sold dollars of outcome 0 by window, and what the series says. */
export function FlowPanel({ market }: { market: MarketDetail }) {
  const now = useNow();
  const { analytics } = market;
  return (
    <section className="card flow" aria-label="Bias by window">
      <h2>
        Bias by window
        <span className="sub">
          takers, in terms of {market.outcomes[0] ?? "the first outcome"}
          {analytics?.as_of && ` · ${ago(analytics.as_of, now)}`}
        </span>
      </h2>
      {analytics ? (
        <>
          {analytics.windows.length === 0 ? (
            <PanelNote>No trades have been recorded in any window.</PanelNote>
          ) : (
            <>
              <WindowTable windows={analytics.windows} marketId={market.market_id} />
              {analytics.windows.some(({ trades }) => trades === null) && (
                <p className="sub">— where the tape of trades does not reach back that far.</p>
              )}
            </>
          )}
          <SeriesFacts analytics={analytics} />
        </>
      ) : (
        <PanelNote>
          The records of this market cannot be read now: the database does not answer. What was traded in each
          window is unknown until then.
        </PanelNote>
      )}
    </section>
  );
}

function WindowTable({ windows, marketId }: { windows: readonly AnalyticsWindow[]; marketId: string }) {
  return (
    <table className="mini">
      <caption className="sr">Bought and sold dollars by window</caption>
      <thead>
        <tr>
          <th className="l" scope="col">
            Last
          </th>
          <th scope="col">Trades</th>
          <th className="f2" scope="col" title="Distinct wallets that bought and that sold, where known">
            Buyers / sellers
          </th>
          <th scope="col">Bought</th>
          <th className="c" scope="col" title="Sold to the left, bought to the right">
            Balance
          </th>
          <th scope="col">Sold</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        {windows.map((window) => (
          <tr key={window.window}>
            <th className="l" scope="row">
              {window.window}
            </th>
            <td>{count(window.trades)}</td>
            <td className="f2">
              {count(window.buyers)} / {count(window.sellers)}
            </td>
            <td title={moneyExact(window.buy_usdc)}>{money(window.buy_usdc)}</td>
            <td
              className="c"
              title={window.buy_share === null ? undefined : `${percent(window.buy_share)} bought`}
            >
              <Lean share={window.buy_share} />
            </td>
            <td title={moneyExact(window.sell_usdc)}>{money(window.sell_usdc)}</td>
            <td>
              <Change value={window.change} subject={`${marketId} ${window.window}`} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A bar from the middle: to the right in the first outcome's colour when more was bought, else to the left. */
function Lean({ share }: { share: number | null }) {
  if (share === null) return <span className="mut">—</span>;
  const half = (share - 0.5) * 100;
  return (
    <svg className="lean" viewBox="0 0 100 6" preserveAspectRatio="none" role="img">
      <title>{percent(share)} bought</title>
      <rect
        className={half >= 0 ? "y" : "n"}
        x={half >= 0 ? 50 : 50 + half}
        width={Math.abs(half)}
        height="6"
      />
      <rect className="axis" x="49.5" width="1" height="6" />
    </svg>
  );
}

function SeriesFacts({ analytics }: { analytics: MarketAnalytics }) {
  const { momentum } = analytics;
  return (
    <dl className="mini-facts wide">
      <div>
        <dt title="Slope of the log-odds over the last day, per day, with its standard error; less than two of them is no trend">
          Momentum
        </dt>
        <dd>
          {momentum === null ? (
            <span className="mut">too few bars</span>
          ) : (
            <>
              {signed(momentum.slope_per_day, 2)}
              {momentum.standard_error !== null && ` ± ${decimal(momentum.standard_error, 2)}`}{" "}
              <small className="mut">log-odds a day, n {count(momentum.n)}</small>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt title="Realised, of log-odds, per square root of a day">Volatility</dt>
        <dd>
          {analytics.volatility === null ? <span className="mut">—</span> : decimal(analytics.volatility, 2)}
        </dd>
      </div>
      <div>
        <dt title="Crossings of 50¢ in 24 hours that stayed beyond it by more than two cents">
          Opinion changes, 24 h
        </dt>
        <dd>{count(analytics.opinion_changes_24h)}</dd>
      </div>
      <div>
        <dt title="Of the favourite, bought at the ask and held to the end, if it wins">Return a year</dt>
        <dd>{yearlyReturn(analytics.annualised_return)}</dd>
      </div>
    </dl>
  );
}
