import { MarketName } from "../../components/traders/MarketName.tsx";
import { EvidenceLinks } from "../../components/traders/Reasons.tsx";
import { SpanBar } from "../../components/traders/SpanBar.tsx";
import { WalletName } from "../../components/traders/WalletName.tsx";
import { ago, fixed, signed, utc, words } from "../../lib/format.ts";
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
        {LAYERS[layer] ?? words(layer)} · {words(verdict)}
        {strength !== null && ` · ${deviations(strength)}`}
        {tail_p !== null &&
          ` · as much in ${chance(tail_p)}% of ${layer === "pair" ? "its controls" : "cases by chance"}`}
        {gate !== "open" && finding.gate_reason && ` · ${finding.gate_reason}`}
      </p>
      {finding.table.length > 0 && <EvidenceTable rows={finding.table} />}
      <EvidenceLinks evidence={finding.evidence} />
      <p className="sub reserve">
        {finding.reserve} <span title={utc(finding.as_of)}>As of {ago(finding.as_of, now)}</span>, version{" "}
        {finding.version}.
      </p>
    </article>
  );
}

function chance(part: number): string {
  return part < 0.0005 ? "<0.1" : fixed(part * 100, 1);
}

function EvidenceTable({ rows }: { rows: readonly EvidenceRow[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="wide-table" aria-label="Evidence beside matched controls" tabIndex={0}>
      <table className="mini evidence-table">
        <caption className="sr">Each sign beside its rate among matched controls</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Sign
            </th>
            <th scope="col">Here</th>
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
              <td>{row.value === null ? <span className="mut">unknown</span> : signed(row.value, 1)}</td>
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
    </section>
  );
}
