import { type QueryClient, useQuery } from "@tanstack/react-query";
import { Main } from "../../components/Main.tsx";
import { Fact, PageSkeleton } from "../../components/PageParts.tsx";
import { PanelNote, PanelProblem, PanelSkeleton } from "../../components/PanelParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { percent, utc } from "../../lib/format.ts";
import type { PageProps } from "../../lib/navigation.ts";
import type { Audit, ScoreDefinition } from "../../lib/traders/contract.ts";
import { scoreText } from "../../lib/traders/words.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { Definition } from "./Definition.tsx";
import { auditOf, definitionOf } from "./scoreQueries.ts";
import { TITLES, TrialCard } from "./TrialCard.tsx";

/** One score, and what is known of its errors. */
export function ScorePage({ id: kind }: Pick<PageProps, "id">) {
  const { data: audit, error, refetch } = useQuery(auditOf(kind));
  const { data: definition } = useQuery(definitionOf(kind));
  useTitle(`${scoreText(kind)}, errors`);
  if (audit === undefined && error) {
    return (
      <Main className="page scores">
        <ErrorState isPage error={error} retry={() => void refetch()} />
      </Main>
    );
  }
  if (audit === undefined && definition === undefined) return <PageSkeleton className="scores" />;
  return (
    <Main className="page scores">
      <div className="hd">
        <p className="crumb">
          <a href="/scores">Scores</a>
        </p>
        <div className="t">
          <h1>{audit?.title ?? definition?.title ?? scoreText(kind)}</h1>
          {definition && (
            <span className="end">
              <a className="chip" href={`/whales?tab=scoreboard${kind === "whale" ? "" : `&score=${kind}`}`}>
                Its board
              </a>
            </span>
          )}
        </div>
        {audit && <Standing audit={audit} />}
      </div>
      {audit?.withdrawn && (
        <p className="notice" data-kind="error" role="status">
          Withdrawn since {utc(audit.withdrawn.since)}. {audit.withdrawn.reason} Nobody is ranked by it until
          it errs less than it declares.
        </p>
      )}
      {definition && (
        <section className="card" aria-label="Definition">
          <h2>What it means</h2>
          <Definition definition={definition} />
        </section>
      )}
      {audit ? <Trials audit={audit} /> : <Waiting error={error} retry={() => void refetch()} />}
    </Main>
  );
}

/** Puts what the server wrote into the page where its queries look for it. */
ScorePage.prime = (client: QueryClient, kind: string, answer: unknown): void => {
  const { data } = answer as { data: { audit: Audit; definition: ScoreDefinition | null } };
  client.setQueryData(auditOf(kind).queryKey, data.audit);
  client.setQueryData(definitionOf(kind).queryKey, data.definition);
};

function Standing({ audit }: { audit: Audit }) {
  const { is_within, budget, false_discovery, version } = audit;
  return (
    <p className="sub">
      <span className={is_within === true ? "tag" : "tag warn"}>
        {is_within === null ? "not audited yet" : is_within ? "within its budget" : "over its budget"}
      </span>{" "}
      Version {version}{" "}
      {budget === null
        ? "measures and does not test, so that it declares no budget of errors."
        : `may name ${percent(budget)} of the wallets that have nothing of what it measures.`}
      {false_discovery !== null && ` Of those named, ${percent(false_discovery)} may be named by chance.`}
    </p>
  );
}

function Trials({ audit: { trials, gaps, waiting_for } }: { audit: Audit }) {
  return (
    <>
      {trials.map((trial) => (
        <TrialCard key={trial.trial} trial={trial} />
      ))}
      {(gaps.length > 0 || waiting_for !== null || trials.length === 0) && (
        <section className="card" aria-label="Not tried">
          <h2>{trials.length === 0 ? "How often it is wrong" : "Not tried"}</h2>
          <dl className="kv">
            {gaps.map(({ trial, why }) => (
              <Fact key={trial} label={TITLES[trial]?.title ?? trial}>
                {why}
              </Fact>
            ))}
          </dl>
          {waiting_for !== null && <PanelNote>{waiting_for}</PanelNote>}
        </section>
      )}
    </>
  );
}

function Waiting({ error, retry }: { error: Error | null; retry(): void }) {
  return (
    <section className="card" aria-label="Trials">
      <h2>How often it is wrong</h2>
      {error ? <PanelProblem error={error} what="The audit" retry={retry} /> : <PanelSkeleton lines={8} />}
    </section>
  );
}
