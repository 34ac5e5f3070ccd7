import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { outcomeColour } from "../../components/Figures.tsx";
import { PanelNote, PanelProblem, PanelSkeleton, StaleNote } from "../../components/PanelParts.tsx";
import { FollowStar } from "../../components/traders/FollowStar.tsx";
import type { HolderSide, Holders } from "../../lib/apiTypes.ts";
import { ago, count, fixed, money, moneyExact, percent, shares, shortHash, utc } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";
import { useNow } from "../../lib/time.ts";
import { followed } from "../../lib/traders/follow.ts";
import { heldByFollowed } from "./heldByFollowed.ts";
import { marketHolders } from "./live/liveQueries.ts";

const SHOWN_HOLDERS = 8;
const SKELETON_LINES = 9;

/** Who holds each outcome, and how concentrated that is. */
export function HoldersPanel({ marketId }: { marketId: string }) {
  const { data: answer, error, refetch } = useQuery(marketHolders(marketId));
  const now = useNow();
  const [isWhole, setWhole] = useState(false);
  const holders = answer?.data;
  const most = Math.max(0, ...(holders?.sides.map((side) => side.holders.length) ?? []));
  return (
    <section className="card holders" aria-label="Holders">
      <h2>
        Holders
        {holders && (
          <span className="sub" title={utc(holders.observed_at)}>
            {holders.netted && "netted over owners · "}
            {holders.observed_at ? ago(holders.observed_at, now) : "age unknown"}
          </span>
        )}
      </h2>
      {answer && <StaleNote error={error} />}
      {holders ? (
        most === 0 ? (
          <PanelNote>Nobody is recorded as holding this market.</PanelNote>
        ) : (
          <>
            <Balance holders={holders} />
            <HeldByFollowed holders={holders} />
            <div className="sides">
              {holders.sides.map((side) => (
                <Side key={side.outcome} side={side} shown={isWhole ? side.holders.length : SHOWN_HOLDERS} />
              ))}
            </div>
            {most > SHOWN_HOLDERS && (
              <p className="more">
                <button
                  type="button"
                  className="link"
                  aria-expanded={isWhole}
                  onClick={() => setWhole(!isWhole)}
                >
                  {isWhole ? `The ${SHOWN_HOLDERS} largest only` : `All ${count(most)} shown by upstream`}
                </button>
              </p>
            )}
          </>
        )
      ) : error ? (
        <PanelProblem error={error} what="The list of holders" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={SKELETON_LINES} />
      )}
    </section>
  );
}

/** What those that the reader follows hold, as far as upstream names them. */
function HeldByFollowed({ holders }: { holders: Holders }) {
  const list = useStore(followed);
  if (list.length === 0) return null;
  const held = heldByFollowed(holders.sides, list);
  if (held.length === 0) {
    return (
      <p className="sub held-by-followed">
        {list.length === 1
          ? "The wallet you follow is not among the holders that Polymarket names."
          : `None of the ${count(list.length)} wallets you follow is among the holders that Polymarket names.`}
      </p>
    );
  }
  return (
    <p className="sub held-by-followed">
      Held by wallets you follow:{" "}
      {held.map((part, index) => (
        <span key={`${part.wallet} ${part.outcome}`}>
          {index > 0 && ", "}
          <a href={`/wallets/${part.wallet}`} data-beside={part.wallet}>
            {part.name ?? shortHash(part.wallet)}
          </a>{" "}
          {shares(part.shares)} <span className={outcomeColour(part.outcome)}>{part.label}</span>
        </span>
      ))}
    </p>
  );
}

/** Shares shown of the first outcome against the second's. */
function Balance({ holders }: { holders: Holders }) {
  const [first, second] = holders.sides;
  const left = first?.shown_shares;
  const right = second?.shown_shares;
  if (left == null || right == null || left + right <= 0) return null;
  return (
    <svg className="balance" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect className="y" width={(left / (left + right)) * 100} height="4" />
      <rect
        className="n"
        x={(left / (left + right)) * 100}
        width={(right / (left + right)) * 100}
        height="4"
      />
    </svg>
  );
}

function Side({ side, shown }: { side: HolderSide; shown: number }) {
  return (
    <div className="side-of">
      <h3>
        <span className={outcomeColour(side.outcome)}>{side.outcome_label}</span>{" "}
        <span className="mut">{shares(side.shown_shares)} shares</span>
      </h3>
      <dl className="mini-facts">
        <div>
          <dt title="Herfindahl–Hirschman index: the sum of squared shares, 0 to 1">HHI</dt>
          <dd>{fixed(side.hhi, 3)}</dd>
        </div>
        <div>
          <dt title="1 / HHI: so many equal holders would be as concentrated">Effective</dt>
          <dd>{fixed(side.effective_holders, 1)}</dd>
        </div>
        <div>
          <dt title="Of the shares of the holders shown">Top 1</dt>
          <dd>{percent(side.top_1_share)}</dd>
        </div>
        <div>
          <dt title="Of the shares of the holders shown">Top 10</dt>
          <dd>{percent(side.top_10_share)}</dd>
        </div>
      </dl>
      {side.holders.length === 0 ? (
        <PanelNote>No holder is known.</PanelNote>
      ) : (
        <table className="mini">
          <caption className="sr">Holders of {side.outcome_label}</caption>
          <thead>
            <tr>
              <th className="l" scope="col">
                Wallet
              </th>
              <th scope="col">Shares</th>
              <th scope="col">Value</th>
              <th scope="col" title="Of the shares of the holders shown">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {side.holders.slice(0, shown).map((holder) => (
              <tr key={holder.wallet}>
                <td className="l" title={holder.wallet}>
                  <FollowStar address={holder.wallet} name={holder.name} />{" "}
                  <a href={`/wallets/${holder.wallet}`} data-beside={holder.wallet}>
                    {holder.name ?? <span className="mono">{shortHash(holder.wallet)}</span>}
                  </a>
                </td>
                <td>{shares(holder.shares)}</td>
                <td className="f2" title={moneyExact(holder.value_usdc)}>
                  {money(holder.value_usdc)}
                </td>
                <td className="f2">{percent(holder.share)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
