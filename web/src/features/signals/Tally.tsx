import { SpanBar } from "../../components/traders/SpanBar.tsx";
import { WideTable } from "../../components/traders/WideTable.tsx";
import { count } from "../../lib/format.ts";
import type { Tally as TallyRow } from "../../lib/traders/contract.ts";
import { centsSpan, signalText } from "../../lib/traders/words.ts";

/** A cent's tenfold on either side: what the bars of means reach. */
const REACH = 0.1;

/** How the signals of each kind did, losses included; an event counts once. */
export function Tally({ rows }: { rows: readonly TallyRow[] }) {
  if (rows.length === 0) return null;
  return (
    <WideTable label="Tally by kind" className="lead">
      <table className="mini tally">
        <caption className="sr">How the signals of each kind did</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Kind
            </th>
            <th scope="col">Published</th>
            <th scope="col">Open</th>
            <th scope="col">Right</th>
            <th scope="col">Wrong</th>
            <th scope="col" title="Neither, or the market paid in part">
              Push
            </th>
            <th scope="col" title="It pointed nowhere, or no price was recorded">
              Void
            </th>
            <th scope="col" title="Signals of one event are one observation">
              Events
            </th>
            <th
              scope="col"
              title="Mean over events of what following it made a share, after its cost; 95% interval"
            >
              Mean net a share
            </th>
            <td aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.kind}>
              <th className="l" scope="row">
                {signalText(row.kind)}
              </th>
              <td>{count(row.published)}</td>
              <td>{count(row.open)}</td>
              <td>{count(row.right)}</td>
              <td>{count(row.wrong)}</td>
              <td>{count(row.push)}</td>
              <td>{count(row.void)}</td>
              <td>{count(row.events)}</td>
              <td>
                {row.mean_net === null ? (
                  <span className="mut">{row.settled === 0 ? "none settled yet" : "unknown"}</span>
                ) : (
                  centsSpan(row.mean_net, row.low, row.high)
                )}
              </td>
              <td className="c">
                <SpanBar value={row.mean_net} low={row.low} high={row.high} from={-REACH} to={REACH} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
