import { MarketName } from "../../components/traders/MarketName.tsx";
import { EvidenceLinks } from "../../components/traders/Reasons.tsx";
import { SpanBar } from "../../components/traders/SpanBar.tsx";
import { WalletName } from "../../components/traders/WalletName.tsx";
import { WideTable } from "../../components/traders/WideTable.tsx";
import { ago, fixed, utc, words } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import type { EvidenceRow, InformedWallet } from "../../lib/traders/contract.ts";
import { deviations, rateOf } from "../../lib/traders/words.ts";

const LAYERS: Readonly<Record<string, string>> = {
  pair: "Layer 1, a wallet on an event",
  history: "Layer 3, the account's history",
};

/** What was found of a wallet: in words that accuse nobody, beside how often the like is found among its controls. */
export function Finding({ finding }: { finding: InformedWallet }) {
  const now = useNow();
  const { wallet, market, layer, strength, tail_p, verdict, out_of_scope, gate } = finding;
  return (
    <article className="finding">
      <header>
        <WalletName wallet={wallet} />
        {market && <MarketName market={market} />}
      </header>
      <p>
        <b>{out_of_scope === null ? finding.wording : `Out of scope: ${words(out_of_scope)}`}</b>
      </p>
      <p className="sub">
        {LAYERS[layer] ?? words(layer)}
        {verdict !== "found" && ` · ${words(verdict)}`}
        {strength !== null && ` · ${deviations(strength)}`}
        {tail_p !== null &&
          ` · as much in ${chance(tail_p)}% of ${layer === "pair" ? "its controls" : "cases by chance"}`}
        {gate !== "open" && finding.gate_reason && ` · ${finding.gate_reason}`}
      </p>
      <EvidenceTable rows={finding.table.filter(isKnown)} />
      <Unknown rows={finding.table.filter((row) => !isKnown(row))} />
      <EvidenceLinks evidence={finding.evidence} />
      <p className="sub reserve">
        {finding.reserve} <span title={utc(finding.as_of)}>As of {ago(finding.as_of, now)}</span>, version{" "}
        {finding.version}.
      </p>
    </article>
  );
}

/** Whether anything is known of a sign, here or of those who are like it otherwise. */
const isKnown = ({ value, present, matched }: EvidenceRow) =>
  value !== null || present !== null || matched > 0;

/** The signs of which nothing is known, in a line: they are no evidence either way. */
function Unknown({ rows }: { rows: readonly EvidenceRow[] }) {
  if (rows.length === 0) return null;
  const labels = rows.map(({ label }) => label.replace(/^./, (sign) => sign.toLowerCase()));
  return <p className="sub">Nothing is known of: {labels.join("; ")}.</p>;
}

function chance(part: number): string {
  return part < 0.0005 ? "<0.1" : fixed(part * 100, 1);
}

function EvidenceTable({ rows }: { rows: readonly EvidenceRow[] }) {
  if (rows.length === 0) return null;
  return (
    <WideTable label="Evidence beside matched controls">
      <table className="mini evidence-table">
        <caption className="sr">Each sign beside its rate among matched controls</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Sign
            </th>
            <th scope="col" title="Above what was seen before it, in standard deviations">
              Here
            </th>
            <th className="l" scope="col">
              Found
            </th>
            <th
              className="l"
              scope="col"
              title="Others of the same category, price band and size, an owner once; 95% interval"
            >
              Among matched controls
            </th>
            <td aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.signal}>
              <th className="l" scope="row">
                {row.label}
              </th>
              <td>{row.value === null ? <span className="mut">—</span> : deviations(row.value)}</td>
              <td className="l">
                {row.present === null ? (
                  <span className="mut">unknown</span>
                ) : row.present ? (
                  <b>yes</b>
                ) : (
                  "no"
                )}
              </td>
              <td className="l">
                {row.matched === 0 ? (
                  <span className="mut">no control is like it</span>
                ) : (
                  <>
                    {rateOf(row.rate, row.low, row.high, null)}{" "}
                    <small className="mut">
                      {row.matched_present} of {row.matched}
                    </small>
                  </>
                )}
              </td>
              <td className="c">
                <SpanBar value={row.rate} low={row.low} high={row.high} to={1} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
