import { SpanBar } from "../../components/traders/SpanBar.tsx";
import { WideTable } from "../../components/traders/WideTable.tsx";
import { ago, count, decimal, fixed, utc } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import type { Trial } from "../../lib/traders/contract.ts";
import { rateOf, scoreText } from "../../lib/traders/words.ts";

export const TITLES: Readonly<Record<string, { title: string; what: string }>> = {
  synthetic: {
    title: "Wallets without skill, and with a known one",
    what: "drawn by a seed: fair prices, correlated legs, several styles",
  },
  redrawn: {
    title: "Real bets, outcomes drawn anew",
    what: "this database's own wallets, with results drawn from the prices they paid: nobody has skill in it",
  },
  planted: {
    title: "Planted wallets",
    what: "a simulated world that knows who is skilled, who makes markets and who was told",
  },
};

/** One trial: errors against the budget, what is found, and how other rankings do on the same wallets. */
export function TrialCard({ trial }: { trial: Trial }) {
  const now = useNow();
  const { lines, rankings, persistence, seed, seconds } = trial.results;
  const { title, what } = TITLES[trial.trial] ?? { title: trial.trial, what: "" };
  return (
    <section className="card trial" aria-label={title}>
      <h2>
        {title}
        <span className={trial.is_within ? "tag" : "tag warn"}>
          {trial.is_within ? "within budget" : "over budget"}
        </span>
        <span className="sub">{what}</span>
      </h2>
      <Lines lines={lines.filter((line) => !isRule(line))} />
      <Rules lines={lines.filter(isRule)} />
      {rankings.length > 0 && <Rankings rankings={rankings} />}
      {persistence && (
        <p>
          Persistence: rank correlation of the score with what came later <b>{fixed(persistence.rho, 2)}</b> [
          {fixed(persistence.low, 2)}, {fixed(persistence.high, 2)}], {count(persistence.n)} wallets.
        </p>
      )}
      <p className="sub">
        Run <span title={utc(trial.ran_at)}>{ago(trial.ran_at, now)}</span>, version {trial.version},{" "}
        {seed === null ? "no dice" : `seed ${seed}`}
        {seconds !== null && `, ${decimal(seconds, 1)} s`}.
      </p>
    </section>
  );
}

type Line = Trial["results"]["lines"][number];

/** A rule that somebody else publishes, tried on the same wallets. */
const isRule = ({ name }: Line) => name.startsWith("rule_");

function Rules({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0) return null;
  return (
    <details className="bars">
      <summary>What published rules say of the same wallets, none of whom has skill</summary>
      <Lines lines={lines} />
    </details>
  );
}

function Lines({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0) return <p className="mut">This trial measured nothing.</p>;
  const areNoted = lines.some(({ note }) => note !== null);
  return (
    <WideTable label="What was measured">
      <table className="mini audit">
        <caption className="sr">What was measured, with its 95% interval</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Measured
            </th>
            <th className="l" scope="col">
              Rate
            </th>
            <th scope="col" title="What the score declares it may err at most">
              Budget
            </th>
            <th scope="col">Count</th>
            <td aria-hidden="true" />
            {areNoted && (
              <th className="l" scope="col">
                Note
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.name}>
              <th className="l" scope="row">
                {line.label}
              </th>
              <td className="l">
                <span className={line.is_over ? "warn" : undefined}>
                  {rateOf(line.rate, line.low, line.high, null)}
                </span>
              </td>
              <td>
                {line.budget === null ? (
                  ""
                ) : (
                  <span className={line.is_over ? "warn" : "mut"}>
                    {fixed(line.budget * 100, 1)}%{line.is_over && ", over"}
                  </span>
                )}
              </td>
              <td>
                {count(line.k)} of {count(line.n)}
              </td>
              <td className="c">
                <SpanBar value={line.rate} low={line.low} high={line.high} to={1} />
              </td>
              {areNoted && <td className="l note">{line.note}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function Rankings({ rankings }: { rankings: Trial["results"]["rankings"] }) {
  return (
    <WideTable label="Beside other rankings">
      <table className="mini audit">
        <caption>
          Who is truly skilled among the first, by this and by other rankings of the same wallets
        </caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Ranked by
            </th>
            <th className="l" scope="col">
              Skilled
            </th>
            <th scope="col">Count</th>
            <td aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {rankings.map((ranking) => (
            <tr key={ranking.name}>
              <th className="l" scope="row">
                {scoreText(ranking.name)}
              </th>
              <td className="l">{rateOf(ranking.rate, ranking.low, ranking.high, null)}</td>
              <td>
                {count(ranking.hits)} of {count(ranking.top)}
              </td>
              <td className="c">
                <SpanBar value={ranking.rate} low={ranking.low} high={ranking.high} to={1} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
