import { Fact } from "../../components/PageParts.tsx";
import { percent } from "../../lib/format.ts";
import type { ScoreDefinition } from "../../lib/traders/contract.ts";

/** What a score means, of what it is made and how often it may be wrong. */
export function Definition({ definition }: { definition: ScoreDefinition }) {
  return (
    <>
      <div className="prose">
        <p>{definition.definition}</p>
      </div>
      <dl className="kv wide">
        <Fact label="Formula">
          <span className="formula">{definition.formula}</span>
        </Fact>
        <Fact label="Needs">{definition.needs}</Fact>
        <Fact label="Of">{definition.unit}</Fact>
        <Fact label="Error budget">
          {definition.budget === null
            ? "none: it measures and does not test"
            : `${percent(definition.budget)} of wallets without the trait may be named; above it, the score is withdrawn`}
        </Fact>
        <Fact label="Version">
          {definition.version}{" "}
          <a className="link" href={definition.doc_href}>
            in the documentation
          </a>
        </Fact>
      </dl>
    </>
  );
}
