import { Change, Closes, outcomeColour, Ticking } from "../../components/Figures.tsx";
import { Figure } from "../../components/PageParts.tsx";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { cents, decimal, local, money, moneyExact, utc } from "../../lib/format.ts";
import type { ShownPrices } from "../../lib/livePrice.ts";
import { useNow } from "../../lib/time.ts";

/** A taker fee rate in words: unknown, free, or the rate that multiplies p(1−p). */
export function feeText(rate: number | null): string {
  if (rate === null) return "—";
  return rate === 0 ? "free" : `${decimal(rate * 100, 2)}% · p(1−p)`;
}

interface MarketFiguresProps {
  market: MarketRow;
  isShort?: boolean;
  /** The prices of the live stream, where the page has one. */
  shown?: ShownPrices;
}

/** Ask less bid, rounded to what prices can be, as both come as binary fractions. */
function spreadOf({ bestBid, bestAsk }: ShownPrices): number | null {
  return bestBid === null || bestAsk === null ? null : Math.round((bestAsk - bestBid) * 10_000) / 10_000;
}

/** The market's numbers in one line: outcomes, changes, volumes, book, end, fee. */
export function MarketFigures({ market, isShort = false, shown }: MarketFiguresProps) {
  const now = useNow();
  const id = market.market_id;
  const amount = isShort ? money : moneyExact;
  const closesTitle = market.end_date ? `${utc(market.end_date)} · ${local(market.end_date)}` : undefined;
  return (
    <dl className="facts">
      {market.outcomes.map((outcome, index) => (
        <Figure
          key={outcome}
          label={shown?.source === "stale" ? `${outcome}, stale` : outcome}
          title={shown?.at ? `${shown.source}, ${utc(shown.at)}` : undefined}
          isBig
          className={`${outcomeColour(index)}${shown?.source === "stale" ? " dim" : ""}`}
        >
          <Ticking
            subject={`${id}-${outcome}`}
            text={cents((shown?.prices ?? market.outcome_prices)[index], market.tick_size)}
          />
        </Figure>
      ))}
      {market.resolution && (
        <Figure label={market.resolution.basis === "uma" ? "Resolved by UMA" : "Resolved by payout"}>
          {market.resolution.outcome ?? "split"}
        </Figure>
      )}
      <Figure label="1 h">
        <Change value={market.change_1h} subject={id} />
      </Figure>
      <Figure label="24 h">
        <Change value={market.change_24h} subject={id} />
      </Figure>
      <Figure label="7 d">
        <Change value={market.change_7d} subject={id} />
      </Figure>
      <Figure label="Volume 24 h" title={moneyExact(market.volume_24h)}>
        {amount(market.volume_24h)}
      </Figure>
      <Figure label="Volume, all time" title={moneyExact(market.volume_total)}>
        {amount(market.volume_total)}
      </Figure>
      <Figure label="Liquidity" title={moneyExact(market.liquidity)}>
        {amount(market.liquidity)}
      </Figure>
      <Figure label="Spread">
        <Ticking
          subject={id}
          text={cents(
            market.status === "resolved"
              ? null
              : shown && shown.source !== "catalogue"
                ? spreadOf(shown)
                : market.spread,
            market.tick_size,
          )}
        />
      </Figure>
      <Figure
        label={market.status === "open" && !market.awaiting_resolution ? "Closes, scheduled" : "State"}
        title={closesTitle}
      >
        <Closes market={market} now={now} />
      </Figure>
      <Figure label="Fee, taker">{feeText(market.fee_rate)}</Figure>
    </dl>
  );
}

/** What the market is doing now, in words that upstream's flags support. */
export function StatusLine({ market }: { market: MarketRow }) {
  const parts: string[] = [];
  if (market.status === "resolved") parts.push("Outcome final");
  else if (market.awaiting_resolution) parts.push("Trading period over, awaiting resolution");
  else if (market.status === "closed") parts.push("Trading ended, outcome not yet final");
  else parts.push(market.active ? "Open" : "Open, not yet active");
  if (market.status !== "resolved") {
    parts.push(market.accepting_orders ? "accepting orders" : "not accepting orders");
  }
  if (market.uma_status) parts.push(`UMA: ${market.uma_status}`);
  if (market.neg_risk) parts.push("neg-risk group");
  if (market.rewards) parts.push("liquidity rewards");
  return (
    <span className="st">
      <span
        className={market.awaiting_resolution ? "dot warn" : market.accepting_orders ? "dot" : "dot off"}
      />
      {parts.join(" · ")}
    </span>
  );
}
