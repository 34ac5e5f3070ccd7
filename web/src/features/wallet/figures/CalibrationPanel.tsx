import { PanelNote } from "../../../components/PanelParts.tsx";
import type { CalibrationFigures, WalletMetrics } from "../../../lib/apiTypes.ts";
import { count, fixed, signed } from "../../../lib/format.ts";
import { CalibrationChart } from "../charts/CalibrationChart.tsx";
import { rateText } from "./interval.ts";
import { WithheldNote } from "./Told.tsx";

/** Prices paid against what became of them, every event weighing the same. */
export function CalibrationPanel({ calibration }: { calibration: WalletMetrics["calibration"] }) {
  const { value, withheld } = calibration;
  return (
    <section className="card" aria-label="Calibration">
      <h2>
        Calibration
        <span className="sub">every event weighs the same</span>
      </h2>
      {withheld ? (
        <WithheldNote figures={[calibration]} />
      ) : value ? (
        <Curve figures={value} />
      ) : (
        <PanelNote>Nothing that was bought is resolved yet.</PanelNote>
      )}
    </section>
  );
}

function Curve({ figures: { by_event: curve, trades, events, excluded } }: { figures: CalibrationFigures }) {
  return (
    <>
      <CalibrationChart bins={curve.bins} />
      <dl className="mini-facts">
        <Score
          label="Brier"
          title="Mean squared distance of the price from the outcome; less is better"
          value={fixed(curve.score, 3)}
        />
        <Score
          label="Reference"
          title="What it would be if every price paid were right"
          value={fixed(curve.expected, 3)}
        />
        <Score
          label="Skill"
          title="1 − Brier / reference: above zero, the wallet's purchases came true more than priced"
          value={signed(curve.skill, 3)}
        />
        <Score
          label="Reliability"
          title="How far the bins are from the diagonal; less is better"
          value={fixed(curve.reliability, 3)}
        />
        <Score
          label="Resolution"
          title="How far the bins are from the mean; more is better"
          value={fixed(curve.resolution, 3)}
        />
        <Score
          label="Uncertainty"
          title="How uncertain the outcomes were"
          value={fixed(curve.uncertainty, 3)}
        />
      </dl>
      <p className="sub">
        {count(trades)} purchases in {count(events)} events
        {excluded > 0 && `, ${count(excluded)} not counted`}. It is about the prices accepted, not a score of
        beliefs.
      </p>
      <details className="bars">
        <summary>Data table</summary>
        <table className="mini">
          <thead>
            <tr>
              <th className="l" scope="col">
                Price
              </th>
              <th scope="col">Mean</th>
              <th scope="col">Came true</th>
              <th scope="col">Events</th>
              <th scope="col">Purchases</th>
            </tr>
          </thead>
          <tbody>
            {curve.bins.map(({ tenth, price, frequency, trades: bought }) => (
              <tr key={tenth}>
                <td className="l">
                  {tenth * 10}–{tenth * 10 + 10}¢
                </td>
                <td>{fixed(price * 100, 1)}¢</td>
                <td>{rateText(frequency)}</td>
                <td>{count(frequency.n)}</td>
                <td className="f2">{count(bought)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function Score({ label, title, value }: { label: string; title: string; value: string }) {
  return (
    <div>
      <dt title={title}>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
