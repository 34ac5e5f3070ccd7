import type { WalletMarket } from "../../../lib/apiTypes.ts";

/** The event of a market, linked; the market itself where it has none, and its id where the catalogue does not know it. */
export function EventName({ market }: { market: WalletMarket }) {
  const { event, title, slug, condition_id } = market;
  if (event) return <a href={`/events/${event.slug}`}>{event.title}</a>;
  if (slug) return <a href={`/markets/${slug}`}>{title ?? slug}</a>;
  return (
    <span className="mono mut" title={`${condition_id ?? "This market"} is not in the catalogue`}>
      {title ?? condition_id ?? "unknown"}
    </span>
  );
}
