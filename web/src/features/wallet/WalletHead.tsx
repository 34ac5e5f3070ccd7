import { useQuery } from "@tanstack/react-query";
import { CopyableId, Figure } from "../../components/PageParts.tsx";
import { AddressMark } from "../../components/traders/AddressMark.tsx";
import { Profit } from "../../components/traders/Profit.tsx";
import type { WalletPosition, WalletProfile, WalletValue } from "../../lib/apiTypes.ts";
import { ago, count, money, moneyExact, percent, utc } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import { rateText } from "./figures/interval.ts";
import { Told } from "./figures/Told.tsx";
import { whyWithheld } from "./told.ts";
import { type Subject, walletMetrics, walletPositions, walletValue } from "./walletQueries.ts";

/** The facts about a wallet in a few words each; none of them is a judgement. */
export function Badges({ profile }: { profile: WalletProfile }) {
  if (profile.badges.length === 0) return null;
  return (
    <ul className="tags badges" aria-label="Facts">
      {profile.badges.map(({ kind, text }) => (
        <li key={`${kind} ${text}`} className="tag">
          {text}
        </li>
      ))}
    </ul>
  );
}

/** The address in full, to be copied, with its mark. */
export function Address({ profile }: { profile: WalletProfile }) {
  return (
    <span className="addr">
      <AddressMark address={profile.address} />
      <CopyableId value={profile.address} name="Address" />
    </span>
  );
}

/** Value, profit and record of a wallet whose history is held. */
export function HeadFigures({ subject, isShort = false }: { subject: Subject; isShort?: boolean }) {
  const { data: value } = useQuery(walletValue(subject));
  const { data: positions } = useQuery(walletPositions(subject));
  const { data: metrics } = useQuery(walletMetrics(subject));
  const record = metrics?.all_time;
  return (
    <dl className="facts">
      <Figure label="Positions" isBig title={valueTitle(value)}>
        {value === undefined ? (
          <span className="skel" />
        ) : (
          <PositionsValue value={value} positions={positions} />
        )}
      </Figure>
      {value?.redeemable_usdc != null && value.redeemable_usdc > 0 && (
        <Figure label="Of it redeemable" title="Winning shares that nobody has redeemed">
          {money(value.redeemable_usdc)}
        </Figure>
      )}
      {!isShort && (
        <Figure label="Polymarket's value" title={`At its own marks, ${utc(value?.venue_as_of)}`}>
          {value ? money(value.venue_value_usdc) : <span className="skel" />}
        </Figure>
      )}
      {!isShort && (
        <Figure
          label="Cash"
          title="Dollars that are not in shares. Deposits and withdrawals are not all told."
        >
          {value?.cash_usdc == null ? <span className="mut">unknown</span> : money(value.cash_usdc)}
        </Figure>
      )}
      <Figure label="Total profit" title="Realised and unrealised, after fees, with rewards; by our books">
        {metrics === undefined ? (
          <span className="skel" />
        ) : (
          <Told figure={metrics?.totals.total}>{(usdc) => <Profit value={usdc} />}</Told>
        )}
      </Figure>
      <Figure label="Win rate" title="Settled events with a profit, 95% interval">
        <Told figure={record}>
          {({ win_rate, wins, losses }) => (
            <>
              {rateText(win_rate)} <small className="mut">of {count(wins + losses)}</small>
            </>
          )}
        </Told>
      </Figure>
      {!isShort && (
        <Figure label="Return" title="Total on what was put into positions">
          <Told figure={metrics?.totals.roi}>{(roi) => percent(roi)}</Told>
        </Figure>
      )}
    </dl>
  );
}

function PositionsValue({
  value,
  positions,
}: {
  value: WalletValue;
  positions: readonly WalletPosition[] | undefined;
}) {
  if (value.value_usdc !== null) return <span>{money(value.value_usdc)}</span>;
  if (value.withheld === "no_mark" && positions) {
    return (
      <span>
        ≥ {money(leastWorth(value, positions))}{" "}
        <small className="mut">
          {count(value.unmarked_positions)} of {count(value.open_positions)} have no bid
        </small>
      </span>
    );
  }
  return <span className="mut">{value.withheld ? "withheld" : "unknown"}</span>;
}

/** What is certain of the value where nobody bids for some of it: no share is worth less than nothing. */
function leastWorth(value: WalletValue, positions: readonly WalletPosition[]): number {
  const marked = positions.reduce((sum, { value_usdc }) => sum + (value_usdc ?? 0), 0);
  return marked + (value.redeemable_usdc ?? 0);
}

function valueTitle(value: WalletValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value.withheld) return `Withheld: ${whyWithheld(value.withheld)}`;
  return `${moneyExact(value.value_usdc)} at best bids, the oldest of ${utc(value.value_as_of)}; ${count(value.open_positions)} open positions`;
}

/** How old what is held is, and how complete. */
export function HistoryLine({ profile }: { profile: WalletProfile }) {
  const now = useNow();
  const { history } = profile;
  if (history === null) return null;
  const { completeness, imported_at, activity_count } = history;
  return (
    <>
      <span className="st">
        <span className={completeness === "full" ? "dot" : "dot warn"} />
        {COMPLETENESS[completeness] ?? completeness} history
      </span>
      {activity_count !== null && <span>{count(activity_count)} rows of activity</span>}
      <span title={utc(imported_at)}>imported {ago(imported_at, now)}</span>
    </>
  );
}

const COMPLETENESS: Readonly<Record<string, string>> = { full: "full", capped: "capped", gap: "incomplete" };
