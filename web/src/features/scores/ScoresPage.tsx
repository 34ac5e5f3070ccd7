import { type QueryClient, useQuery } from "@tanstack/react-query";
import { Main } from "../../components/Main.tsx";
import { PanelSkeleton } from "../../components/PanelParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { percent, utc } from "../../lib/format.ts";
import type { ScoreDefinition } from "../../lib/traders/contract.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { Definition } from "./Definition.tsx";
import { auditOf, definitions } from "./scoreQueries.ts";

/** Every score: what it means, and how often it is wrong. */
export function ScoresPage() {
  const { data, error, refetch } = useQuery(definitions);
  useTitle("Scores");
  return (
    <Main className="page scores" isBusy={!data && !error}>
      <div className="hd">
        <div className="t">
          <h1>Scores</h1>
        </div>
        <p className="sub">
          Each is a claim that can be wrong. It says of how many events it is, how far off it may be, and how
          often it errs on wallets of which it is known what they are. “Too few events to say” is the usual
          answer.
        </p>
      </div>
      {data ? (
        <>
          {data.map((definition) => (
            <Card key={definition.kind} definition={definition} />
          ))}
          <OtherClaims />
        </>
      ) : error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <section className="card">
          <PanelSkeleton lines={12} />
        </section>
      )}
    </Main>
  );
}

/** Puts what the server wrote into the page where its query looks for it. */
ScoresPage.prime = (client: QueryClient, _id: string, answer: unknown): void => {
  client.setQueryData(definitions.queryKey, (answer as { data: ScoreDefinition[] }).data);
};

/** What makes claims besides scores, and is audited as they are. */
const OTHERS = [
  ["insiders", "Informed trading"],
  ["flips", "Reversals"],
  ["wash", "Trade with oneself"],
  ["clusters", "Wallets of one owner"],
] as const;

function OtherClaims() {
  return (
    <section className="card" aria-label="Other claims">
      <h2>What else makes claims</h2>
      <ul className="claims">
        {OTHERS.map(([kind, title]) => (
          <li key={kind}>
            <a className="link" href={`/scores/${kind}`}>
              {title}
            </a>{" "}
            <span className="sub">
              <AuditLine kind={kind} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Card({ definition }: { definition: ScoreDefinition }) {
  const { kind, title } = definition;
  return (
    <section className="card" aria-label={title} id={kind}>
      <h2>
        <a href={`/scores/${kind}`}>{title}</a>
        <span className="sub">
          <AuditLine kind={kind} />
        </span>
      </h2>
      <Definition definition={definition} />
      <p className="more">
        <a className="link" href={`/scores/${kind}`}>
          How often is it wrong?
        </a>{" "}
        <a className="link" href={`/whales?tab=scoreboard${kind === "whale" ? "" : `&score=${kind}`}`}>
          Its board
        </a>
      </p>
    </section>
  );
}

function AuditLine({ kind }: { kind: string }) {
  const { data: audit } = useQuery(auditOf(kind));
  if (audit === undefined) return null;
  if (audit.withdrawn) return <span className="warn">withdrawn since {utc(audit.withdrawn.since)}</span>;
  if (audit.is_within === null) return <span className="warn">not audited yet</span>;
  return audit.is_within ? (
    <>within its budget{ofBudget(audit.budget)}</>
  ) : (
    <span className="warn">over its budget{ofBudget(audit.budget)}</span>
  );
}

const ofBudget = (budget: number | null) => (budget === null ? "" : ` of ${percent(budget)}`);
