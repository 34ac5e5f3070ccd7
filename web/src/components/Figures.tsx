import { useState } from "react";
import type { MarketRow } from "../lib/apiTypes.ts";
import { cents, change, count, flow, money, moneyExact, percent, until, utc } from "../lib/format.ts";

/** Text that underlines itself for a moment when the value it shows for the same subject has changed. */
export function Ticking({ subject, text }: { subject: string; text: string }) {
  const [shown, setShown] = useState({ subject, text, ticks: 0 });
  if (shown.subject !== subject) setShown({ subject, text, ticks: 0 });
  else if (shown.text !== text) setShown({ subject, text, ticks: shown.ticks + 1 });
  const { ticks } = shown;
  // Two names for one animation, in turn, so that each change starts it anew.
  const className = ticks === 0 ? undefined : ticks % 2 === 0 ? "tick-a" : "tick-b";
  return <span className={className}>{text}</span>;
}

export function Change({ value, subject }: { value: number | null; subject: string }) {
  const { text, direction } = change(value);
  const className = direction === "up" || direction === "down" ? direction : "mut";
  return (
    <span className={className}>
      <Ticking subject={subject} text={text} />
    </span>
  );
}

/** Dollars in short with the exact amount on hover. */
export function Money({ value, subject }: { value: number | null; subject: string }) {
  return (
    <span
      title={value === null ? undefined : moneyExact(value)}
      className={value === null ? "mut" : undefined}
    >
      <Ticking subject={subject} text={money(value)} />
    </span>
  );
}

/** What takers did on balance, in dollars with the exact amount on hover. */
export function Flow({ value, subject }: { value: number | null; subject: string }) {
  const className = value === null || value === 0 ? "mut" : value > 0 ? "yes" : "no";
  return (
    <span title={value === null ? undefined : moneyExact(value)} className={className}>
      <Ticking subject={subject} text={flow(value)} />
    </span>
  );
}

/** A whole number, or a share in percent. */
export function Figure(props: { value: number | null; subject: string; isShare?: boolean }) {
  const { value, subject, isShare } = props;
  return (
    <span className={value === null ? "mut" : undefined}>
      <Ticking subject={subject} text={isShare ? percent(value) : count(value)} />
    </span>
  );
}

/** The resolved outcome by name, coloured by identity. */
export function ResolvedOutcome({ market }: { market: Pick<MarketRow, "resolution"> }) {
  const { resolution } = market;
  if (!resolution) return <span className="mut">—</span>;
  if (resolution.outcome_index === null) return <b title="split payout">split</b>;
  return (
    <b className={outcomeColour(resolution.outcome_index)}>
      {resolution.outcome ?? `outcome ${resolution.outcome_index + 1}`}
    </b>
  );
}

export function outcomeColour(index: number): string {
  return index === 0 ? "yes" : index === 1 ? "no" : "";
}

type Priced = Pick<MarketRow, "market_id" | "outcomes" | "price" | "tick_size" | "resolution">;

/** The price of outcome 0 with its bar, or the outcome when the market is resolved. */
export function Price({ market }: { market: Priced }) {
  const [label] = market.outcomes;
  const named = label !== undefined && label !== "Yes" ? <small title={label}>{label}</small> : null;
  if (market.resolution) {
    return (
      <span className="pr">
        <ResolvedOutcome market={market} />
      </span>
    );
  }
  return (
    <span className="pr">
      {named}
      {market.price !== null && <Bar share={market.price} />}
      <b className={market.price === null ? "mut" : undefined}>
        <Ticking subject={market.market_id} text={cents(market.price, market.tick_size)} />
      </b>
    </span>
  );
}

/** A horizontal bar of a share between 0 and 1; decoration beside a number. */
export function Bar({ share }: { share: number }) {
  return (
    <svg className="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect width={Math.max(0, Math.min(1, share)) * 100} height="4" />
    </svg>
  );
}

/** Ask less bid in cents. A resolved market has no spread: what upstream says of it is from an empty book. */
export function spreadText(market: Pick<MarketRow, "status" | "spread" | "tick_size">): string {
  return cents(market.status === "resolved" ? null : market.spread, market.tick_size);
}

type Closing = Pick<MarketRow, "status" | "awaiting_resolution" | "end_date" | "closed_at">;

/** When trading ends, or what has come of it. The scheduled end is upstream's and may move. */
export function Closes({ market, now }: { market: Closing; now: number }) {
  const title = market.end_date ? `scheduled ${utc(market.end_date)}` : undefined;
  if (market.status === "resolved")
    return (
      <span className="mut" title={title}>
        resolved
      </span>
    );
  if (market.awaiting_resolution)
    return (
      <span className="warn" title={title}>
        awaiting
      </span>
    );
  if (market.status === "closed")
    return (
      <span className="mut" title={title}>
        closed
      </span>
    );
  if (!market.end_date) return <span className="mut">—</span>;
  return (
    <time dateTime={market.end_date} title={title}>
      {until(market.end_date, now)}
    </time>
  );
}
