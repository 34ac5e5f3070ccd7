import { CopyableId, Fact, Instant } from "../../components/PageParts.tsx";
import type { MarketDetail } from "../../lib/apiTypes.ts";
import { decimal, words } from "../../lib/format.ts";
import { feeText } from "./MarketFigures.tsx";

/** Identifiers, dates and trading rules of a market, each as recorded. */
export function MarketFacts({ market }: { market: MarketDetail }) {
  return (
    <dl className="kv">
      <Fact label="Market id">
        <CopyableId value={market.market_id} name="Market id" />
      </Fact>
      <Fact label="Condition id">
        <CopyableId value={market.condition_id} name="Condition id" />
      </Fact>
      <Fact label="Question id">
        <CopyableId value={market.question_id} name="Question id" />
      </Fact>
      {market.neg_risk_market_id && (
        <Fact label="Neg-risk id">
          <CopyableId value={market.neg_risk_market_id} name="Neg-risk market id" />
        </Fact>
      )}
      {market.token_ids.map((token, index) => (
        <Fact key={token} label={`Token, ${market.outcomes[index] ?? index + 1}`}>
          <CopyableId value={token} name={`Token id of ${market.outcomes[index] ?? "the outcome"}`} />
        </Fact>
      ))}
      <Fact label="Tick">{market.tick_size === null ? "—" : `${decimal(market.tick_size * 100, 4)}¢`}</Fact>
      <Fact label="Minimum order">
        {market.min_order_size === null ? "—" : `${decimal(market.min_order_size, 6)} shares`}
      </Fact>
      <Fact label="Fee, taker">
        {feeText(market.fee_rate)}
        {market.fee_type && <small className="mut"> {words(market.fee_type)}</small>}
      </Fact>
      <Fact label="Created">
        <Instant value={market.created_at} />
      </Fact>
      <Fact label="Started">
        <Instant value={market.start_date} />
      </Fact>
      <Fact label="Ends, scheduled">
        <Instant value={market.end_date} />
      </Fact>
      {market.closed_at && (
        <Fact label="Closed">
          <Instant value={market.closed_at} />
        </Fact>
      )}
      <Fact label="Resolution source">
        {market.resolution_source ? (
          <ResolutionSource text={market.resolution_source} />
        ) : (
          <span className="mut">as the rules say</span>
        )}
      </Fact>
      <Fact label="Upstream changed">
        <Instant value={market.upstream_updated_at} />
      </Fact>
      <Fact label="Observed">
        <Instant value={market.observed_at} />
      </Fact>
      {market.tags.length > 0 && (
        <Fact label="Tags">
          <span className="tags">
            {market.tags.map((tag) => (
              <a key={tag} className="tag" href={`/markets?status=all&tag=${encodeURIComponent(tag)}`}>
                {words(tag)}
              </a>
            ))}
          </span>
        </Fact>
      )}
    </dl>
  );
}

function ResolutionSource({ text }: { text: string }) {
  if (!/^https?:\/\//.test(text)) return <span>{text}</span>;
  return (
    <a className="link" href={text} rel="noopener noreferrer nofollow" target="_blank">
      {text.replace(/^https?:\/\/(www\.)?/, "")}
    </a>
  );
}
