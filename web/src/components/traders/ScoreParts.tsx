import { ago, decimal, moneyExact, percent, utc } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import type { Score, TrialSummary } from "../../lib/traders/contract.ts";
import { reasonText, scoreText, verdictText } from "../../lib/traders/words.ts";
import { Reasons } from "./Reasons.tsx";
import { ScoreFigure } from "./SpanBar.tsx";

type Judged = Pick<Score, "verdict" | "reason" | "value" | "low" | "high" | "n">;

/** A score with its interval, or the verdict in its place: too few events is the usual answer, and no error. */
export function Verdict({ score }: { score: Judged }) {
  if (score.verdict === "scored") return <ScoreFigure {...score} />;
  return (
    <span className="verdict" title={score.reason ? reasonText(score.reason) : undefined}>
      {verdictText(score.verdict)}
      {score.reason !== null && score.verdict !== "too_few" && <small> {reasonText(score.reason)}</small>}
    </span>
  );
}

/** Why a score is what it is. */
export function ScoreReasons({ score, kind }: { score: Score; kind: string }) {
  const now = useNow();
  return (
    <div className="reasons">
      <p>
        {score.verdict === "scored"
          ? `${scoreText(kind)} ${decimal(score.value, 0)} of 100, from ${score.n} observations.`
          : `${verdictText(score.verdict).replace(/^./, (first) => first.toUpperCase())}${
              score.reason ? `: ${reasonText(score.reason)}` : ""
            }. ${score.n} observations so far.`}
        {score.profit_usdc !== null && ` Profit by our books ${moneyExact(score.profit_usdc)}.`}
        {score.unreconciled === true && " Our books and Polymarket's differ, and nothing explains it."}
      </p>
      <Reasons ingredients={score.ingredients} evidence={score.evidence} />
      <p className="sub">
        Version {score.version}, as of <span title={utc(score.as_of)}>{ago(score.as_of, now)}</span>, last
        found to be still so <span title={utc(score.checked_at)}>{ago(score.checked_at, now)}</span>.{" "}
        <a className="link" href={`/scores/${kind}`}>
          How often is this wrong?
        </a>
      </p>
    </div>
  );
}

const TRIALS: Readonly<Record<string, string>> = {
  synthetic: "wallets without skill",
  redrawn: "real bets, outcomes redrawn",
  planted: "planted wallets",
};

/** How the score did on wallets of which it is known what they are. */
export function AuditBadges({ audit, kind }: { audit: readonly TrialSummary[]; kind: string }) {
  const now = useNow();
  if (audit.length === 0) {
    return (
      <a className="tag warn" href={`/scores/${kind}`} title="No audit of this version has run yet">
        not audited yet
      </a>
    );
  }
  return (
    <>
      {audit.map(({ trial, is_within, type1, ran_at }) => (
        <a
          key={trial}
          className={is_within ? "tag" : "tag warn"}
          href={`/scores/${kind}`}
          title={`Audited on ${TRIALS[trial] ?? trial}, ${ago(ran_at, now)}`}
        >
          {trial}: {is_within ? "within budget" : "over budget"}
          {type1 !== null && `, wrong ${percent(type1)}`}
        </a>
      ))}
    </>
  );
}
