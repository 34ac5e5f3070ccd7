import { type QueryClient, useQuery } from "@tanstack/react-query";
import { Main } from "../../components/Main.tsx";
import { PageSkeleton } from "../../components/PageParts.tsx";
import { PanelNote, PanelProblem, PanelSkeleton } from "../../components/PanelParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { percent, utc } from "../../lib/format.ts";
import type { PageProps } from "../../lib/navigation.ts";
import type { Audit, ScoreDefinition } from "../../lib/traders/contract.ts";
import { scoreText } from "../../lib/traders/words.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { Definition } from "./Definition.tsx";
import { auditOf, definitions } from "./scoreQueries.ts";
import { TrialCard } from "./TrialCard.tsx";

/** One score, and what is known of its errors. */
export function ScorePage({ id: kind }: Pick<PageProps, "id">) {
  const { data: audit, error, refetch } = useQuery(auditOf(kind));
  const { data: all } = useQuery(definitions);
  const definition = all?.find((known) => known.kind === kind);
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
          <h1>{definition?.title ?? scoreText(kind)}</h1>
          <span className="end">
            <a className="chip" href={`/whales?tab=scoreboard${kind === "whale" ? "" : `&score=${kind}`}`}>
              Its board
            </a>
          </span>
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
  const { data } = answer as { data: { audit: Audit; definition?: ScoreDefinition } };
  client.setQueryData(auditOf(kind).queryKey, data.audit);
};

function Standing({ audit }: { audit: Audit }) {
  const { is_within, budget, version } = audit;
  return (
    <p className="sub">
      <span className={is_within === true ? "tag" : "tag warn"}>
        {is_within === null ? "not audited yet" : is_within ? "within its budget" : "over its budget"}
      </span>{" "}
      Version {version}{" "}
      {budget === null
        ? "measures and does not test, so that it declares no budget of errors."
        : `may name ${percent(budget)} of the wallets that have nothing of what it measures.`}
    </p>
  );
}

function Trials({ audit }: { audit: Audit }) {
  if (audit.trials.length === 0) {
    return (
      <section className="card" aria-label="Trials">
        <h2>How often it is wrong</h2>
        <PanelNote>{audit.waiting_for ?? "No trial of this score has been run yet."}</PanelNote>
      </section>
    );
  }
  return (
    <>
      {audit.trials.map((trial) => (
        <TrialCard key={trial.trial} trial={trial} budget={audit.budget} />
      ))}
      {audit.waiting_for && <p className="notice">{audit.waiting_for}</p>}
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
