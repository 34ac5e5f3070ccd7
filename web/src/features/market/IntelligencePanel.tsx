import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Fact } from "../../components/PageParts.tsx";
import { PanelNote, PanelProblem, PanelSkeleton, StaleNote } from "../../components/PanelParts.tsx";
import { Toward } from "../../components/traders/Toward.tsx";
import type { MarketDetail } from "../../lib/apiTypes.ts";
import { ago, cents, count, fixed, flow, moneyExact, percent, signed, utc, words } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import { ask } from "../../lib/traders/boardQueries.ts";
import type { MarketIntelligence } from "../../lib/traders/contract.ts";
import { basisText, CLASSES, centsSpan, classText, signalText } from "../../lib/traders/words.ts";

const REFRESH_MS = 60_000;

/** Who is on which side of the market, and what speaks for it: consensus, flow, wash, informed evidence, signals. */
export function IntelligencePanel({ market }: { market: MarketDetail }) {
  const { market_id: id, slug } = market;
  const { data, error, refetch } = useQuery({
    queryKey: ["market-intelligence", id],
    refetchInterval: REFRESH_MS,
    queryFn: async ({ signal }) =>
      (await ask<MarketIntelligence>("/api/polymarket/markets/{id}/intelligence", {}, signal, { id })).data,
  });
  return (
    <section className="card intel" aria-label="Smart money and whales">
      <h2>
        Smart money and whales
        <span className="sub links">
          <a className="link" href={`/whales?market=${slug}`}>
            trades
          </a>{" "}
          <a className="link" href={`/whales?tab=flows&market=${slug}`}>
            flows
          </a>{" "}
          <a className="link" href={`/whales?tab=positions&market=${slug}`}>
            positions
          </a>
        </span>
      </h2>
      {data && <StaleNote error={error} />}
      {data ? (
        <>
          <Consensus data={data} first={market.outcomes[0] ?? "the first outcome"} />
          <Flow24h
            flows={data.flows.h24}
            first={market.outcomes[0] ?? "the first outcome"}
            notable={data.notable}
            slug={slug}
          />
          <dl className="kv">
            <Fact label="Largest holder">
              <Largest rows={data.concentration} slug={slug} />
            </Fact>
            <Fact label="Wash">
              <Wash wash={data.wash} />
            </Fact>
            <Fact label="Informed flow">
              <Informed informed={data.informed} slug={slug} />
            </Fact>
          </dl>
          <Signals data={data} />
        </>
      ) : error ? (
        <PanelProblem error={error} what="What is known of its traders" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={8} />
      )}
    </section>
  );
}

function Consensus({ data, first }: { data: MarketIntelligence; first: string }) {
  const now = useNow();
  const { consensus, why_none } = data;
  if (consensus === null) {
    return (
      <PanelNote>
        No consensus: {why_none ?? "too few wallets whose record speaks for them hold this market."}
      </PanelNote>
    );
  }
  const { imbalance, low, high, voices, paid, price, divergence, as_of, n, basis, version } = consensus;
  const ends = low === null || high === null ? "" : ` [${signed(low, 0)}, ${signed(high, 0)}]`;
  return (
    <>
      <dl className="facts">
        <Told label="Imbalance" title={`−100 all against ${first}, 100 all for it; one vote an owner`}>
          <span className={imbalance > 0 ? "yes" : imbalance < 0 ? "no" : undefined}>
            {signed(imbalance, 0)}
          </span>
          <small className="mut">{ends}</small>
        </Told>
        <Told label="Voices" title="So many equal and independent voices">
          {fixed(voices, 1)}
          {n !== null && <small className="mut"> of {count(n)} owners</small>}
        </Told>
        <Told label={`Paid for ${first}`}>{cents(paid)}</Told>
        <Told label="Price">{cents(price)}</Told>
        <Told label="Divergence" title="What they take its chance to be, less the price">
          {divergence === null ? <span className="mut">—</span> : `${signed(divergence * 100, 1)} pp`}
        </Told>
      </dl>
      <Diverging value={imbalance} low={low} high={high} />
      <p className="sub">
        <span title={utc(as_of)}>As of {ago(as_of, now)}</span>, version {version}, from {basisText(basis)}.
        Makers and bots have no vote.
      </p>
    </>
  );
}

function Told({ label, title, children }: { label: string; title?: string; children: ReactNode }) {
  return (
    <div title={title}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A bar from the middle of −100 to 100, with the reach of its interval; decoration beside the figures. */
function Diverging({ value, low, high }: { value: number; low: number | null; high: number | null }) {
  const place = (figure: number) => 50 + figure / 2;
  return (
    <svg className="diverging" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="whole" width="100" height="8" />
      {low !== null && high !== null && (
        <rect className="ci" x={place(low)} width={Math.max(0.4, place(high) - place(low))} height="8" />
      )}
      <rect
        className={value >= 0 ? "y" : "n"}
        x={Math.min(50, place(value))}
        y="2"
        width={Math.abs(value) / 2}
        height="4"
      />
      <rect className="axis" x="49.8" width="0.4" height="8" />
    </svg>
  );
}

interface Flow24hProps {
  flows: MarketIntelligence["flows"]["h24"];
  first: string;
  notable: number;
  slug: string;
}

type ClassNet = MarketIntelligence["flows"]["h24"][number];

/** The order in which classes are named everywhere. */
const byClass = (left: ClassNet, right: ClassNet) => placeOf(left) - placeOf(right);
const placeOf = ({ class: name }: ClassNet) => CLASSES.indexOf(name);

function Flow24h({ flows, first, notable, slug }: Flow24hProps) {
  return (
    <>
      <h3>Net flow of takers toward {first}, 24 h</h3>
      {flows.length === 0 ? (
        <p className="mut">No trade of the last 24 hours is on the tape.</p>
      ) : (
        <ul className="class-legend">
          {flows.toSorted(byClass).map(({ class: name, net_usdc }) => (
            <li key={name}>
              <span className={`swatch-box cl-${name}`} />
              {classText(name)}{" "}
              <span
                className={net_usdc > 0 ? "yes" : net_usdc < 0 ? "no" : "mut"}
                title={moneyExact(net_usdc)}
              >
                {flow(net_usdc)}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="sub">
        <a className="link" href={`/whales?market=${slug}`}>
          {count(notable)} notable {notable === 1 ? "trade" : "trades"} in 24 h
        </a>
      </p>
    </>
  );
}

function Largest({ rows, slug }: { rows: MarketIntelligence["concentration"]; slug: string }) {
  if (rows.length === 0) return <span className="mut">nobody has looked yet</span>;
  return (
    <a className="link" href={`/whales?tab=concentration&market=${slug}`}>
      {rows
        .map(({ market, top_share, is_top_only }) => {
          const of = is_top_only ? " of those named" : "";
          return `${percent(top_share)} of ${market.outcome ?? "an outcome"}${of}`;
        })
        .join(", ")}
    </a>
  );
}

function Wash({ wash }: { wash: MarketIntelligence["wash"] }) {
  if (wash === null) return <span className="mut">nobody has looked yet</span>;
  return (
    <>
      {wash.low === null || wash.high === null ? (
        <span className="mut">cannot be computed</span>
      ) : (
        `${percent(wash.low)} to ${percent(wash.high)} of shares, by measure; pattern consistent with trading with oneself`
      )}
      <details>
        <summary className="sub">{count(wash.measures.length)} measures</summary>
        <ul className="sub">
          {wash.measures.map(({ name, label, low, high }) => (
            <li key={name}>
              {label}: {low === null && high === null ? "unknown" : `${percent(low)} to ${percent(high)}`}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Informed({ informed, slug }: { informed: MarketIntelligence["informed"]; slug: string }) {
  const { pairs, gate, gate_reason, leakage } = informed;
  return (
    <>
      {pairs === 0 ? (
        "no wallet with evidence"
      ) : (
        <a
          className="link"
          href={`/insiders?tab=wallets&market=${slug}${gate === "open" ? "" : "&gated=show"}`}
        >
          {count(pairs)} {pairs === 1 ? "wallet" : "wallets"} with a pattern consistent with trading ahead of
          news
        </a>
      )}
      {gate !== "open" && <span className="mut">; {gate_reason ?? "gated"}</span>}
      <span className="mut">
        ; leakage{" "}
        {leakage.ils === null
          ? leakage.out_of_scope === null
            ? "unknown"
            : `out of scope, ${words(leakage.out_of_scope)}`
          : fixed(leakage.ils, 2)}
      </span>
    </>
  );
}

function Signals({ data }: { data: MarketIntelligence }) {
  const now = useNow();
  if (data.signals.length === 0) return <p className="sub">No signal was published about this market.</p>;
  return (
    <>
      <h3>Signals</h3>
      <table className="mini">
        <caption className="sr">Last signals of this market</caption>
        <tbody>
          {data.signals.map(({ id, kind, side, market, strength, published_at, result }) => (
            <tr key={id}>
              <th className="l" scope="row">
                <a className="link" href={`/signals/${id}`}>
                  {signalText(kind)}
                </a>
              </th>
              <td className="l">
                {side === null ? (
                  <span className="mut">nowhere</span>
                ) : (
                  <Toward side={side} market={market} />
                )}
              </td>
              <td title="Strength, 0 to 100">{fixed(strength, 0)}</td>
              <td title={utc(published_at)}>{ago(published_at, now)}</td>
              <td>
                {result === null
                  ? "open"
                  : result.status === "settled"
                    ? centsSpan(result.net ?? result.gain)
                    : result.status}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
