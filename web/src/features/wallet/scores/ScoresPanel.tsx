import { useQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { PanelNote, PanelProblem, PanelSkeleton, StaleNote } from "../../../components/PanelParts.tsx";
import { EvidenceLinks } from "../../../components/traders/Reasons.tsx";
import { ScoreReasons, Verdict } from "../../../components/traders/ScoreParts.tsx";
import { WalletName } from "../../../components/traders/WalletName.tsx";
import { WideTable } from "../../../components/traders/WideTable.tsx";
import { ago, count, fixed, utc } from "../../../lib/format.ts";
import { useNow } from "../../../lib/time.ts";
import type { OwnerCluster, Score, WalletScores } from "../../../lib/traders/contract.ts";
import { classText, SCORE_KINDS, scoreText } from "../../../lib/traders/words.ts";
import { walletScores } from "../walletQueries.ts";
import { sparkOf } from "./spark.ts";

/** The scores of a wallet as they stand and stood, each with its reasons, and the owner it seems to have. */
export function ScoresPanel({ address }: { address: string }) {
  const { data, error, refetch } = useQuery(walletScores(address));
  return (
    <section className="card intel" aria-label="Scores">
      <h2>
        Scores
        <span className="sub">
          {data?.class && `${classText(data.class)} · `}
          <a className="link" href="/scores">
            what they mean, and how often they are wrong
          </a>
        </span>
      </h2>
      {data && <StaleNote error={error} />}
      {data ? (
        <>
          {data.current.length === 0 ? (
            <PanelNote>
              Not scored yet. A wallet is scored once its history is held and all wallets were scored
              together.
            </PanelNote>
          ) : (
            <ScoreTable scores={data} />
          )}
          {data.owner && <Owner owner={data.owner} />}
        </>
      ) : error ? (
        <PanelProblem error={error} what="The scores" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={6} />
      )}
    </section>
  );
}

function ScoreTable({ scores: { current, history } }: { scores: WalletScores }) {
  const [open, setOpen] = useState<string | null>(null);
  const now = useNow();
  const rows = SCORE_KINDS.flatMap((kind) => current.find((score) => score.kind === kind) ?? []);
  return (
    <WideTable label="Scores">
      <table className="mini scores-table">
        <caption className="sr">Scores with their intervals</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Score
            </th>
            <th className="l" scope="col">
              Value, with its interval
            </th>
            <th scope="col" title="Observations it rests on">
              n
            </th>
            <th className="l" scope="col">
              History
            </th>
            <th scope="col">Version</th>
            <th scope="col">As of</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((score) => (
            <Fragment key={score.kind}>
              <tr>
                <th className="l" scope="row">
                  <a href={`/scores/${score.kind}`}>{scoreText(score.kind)}</a>
                </th>
                <td className="l wide-cell">
                  <Verdict score={score} />
                </td>
                <td>{count(score.n)}</td>
                <td className="l">
                  <History history={history} kind={score.kind} />
                </td>
                <td>v{score.version}</td>
                <td title={utc(score.as_of)}>{ago(score.as_of, now)}</td>
                <td>
                  <button
                    type="button"
                    className="link"
                    aria-expanded={open === score.kind}
                    aria-label={`Why: ${scoreText(score.kind)}`}
                    onClick={() => setOpen(open === score.kind ? null : score.kind)}
                  >
                    {open === score.kind ? "close" : "why"}
                  </button>
                </td>
              </tr>
              {open === score.kind && <Why score={score} />}
            </Fragment>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function Why({ score }: { score: Score }) {
  return (
    <tr className="why">
      <td className="l" colSpan={7}>
        <ScoreReasons score={score} kind={score.kind} />
      </td>
    </tr>
  );
}

function History({ history, kind }: { history: WalletScores["history"]; kind: string }) {
  const spark = sparkOf(history, kind);
  if (spark === null) return <span className="mut">no change yet</span>;
  return (
    <svg className="spark" viewBox="0 0 100 100" preserveAspectRatio="none" role="img">
      <title>{`${scoreText(kind)} over ${spark.points} scorings, 0 to 100`}</title>
      {spark.reaches.map((path) => path && <path key={path} className="ci" d={path} />)}
      {spark.lines.map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

function Owner({ owner }: { owner: OwnerCluster }) {
  const now = useNow();
  return (
    <>
      <h3>Pattern consistent with one owner of {count(owner.wallets.length)} wallets</h3>
      <ul className="wallets-of-owner">
        {owner.wallets.map((wallet) => (
          <li key={wallet.address}>
            <WalletName wallet={{ ...wallet, owner: null }} />
          </li>
        ))}
      </ul>
      <EvidenceLinks evidence={owner.evidence} />
      <p className="sub">
        Log likelihood {fixed(owner.log_likelihood, 1)},{" "}
        <span title={utc(owner.as_of)}>found {ago(owner.as_of, now)}</span>. One owner of several wallets is
        nothing forbidden; together they have one vote.
      </p>
    </>
  );
}
