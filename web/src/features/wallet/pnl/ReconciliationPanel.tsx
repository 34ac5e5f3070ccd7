import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { PanelNote, PanelProblem, PanelSkeleton } from "../../../components/PanelParts.tsx";
import type { ReconciliationRow } from "../../../lib/apiTypes.ts";
import { moneyExact, utc, words } from "../../../lib/format.ts";
import { Told } from "../figures/Told.tsx";
import { classText, measureText, whyWithheld } from "../told.ts";
import { type PnlRange, type Subject, walletPnl } from "../walletQueries.ts";

/** Our number beside the venue's, and why they differ. */
export function ReconciliationPanel({ subject, range }: { subject: Subject; range: PnlRange }) {
  const { data: pnl, error, refetch } = useQuery(walletPnl(subject, range));
  return (
    <section className="card reconciliation" aria-label="Reconciliation">
      <h2>
        Ours beside Polymarket's
        <span className="sub">the same measure</span>
      </h2>
      {pnl ? (
        pnl.reconciliation.length === 0 ? (
          <PanelNote>Polymarket has not told a number of its own yet.</PanelNote>
        ) : (
          pnl.reconciliation.map((row) => <Row key={row.measure} row={row} />)
        )
      ) : error ? (
        <PanelProblem error={error} what="The reconciliation" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={5} />
      )}
    </section>
  );
}

function Row({ row }: { row: ReconciliationRow }) {
  const { withheld } = row.ours;
  const agrees = row.class === "none" && !withheld;
  const verdict = withheld ? "withheld" : agrees ? "agrees" : words(row.class);
  return (
    <div className="recon">
      <h3>
        {measureText(row.measure)}
        <span className={agrees ? "tag" : "tag warn"}>{verdict}</span>
      </h3>
      <dl className="kv tight">
        <Line label="Ours">
          <Told figure={row.ours}>{(usdc) => moneyExact(usdc)}</Told>
        </Line>
        <Line label="Polymarket's">{moneyExact(row.venue)}</Line>
        {!withheld && (
          <Line label="Residual">
            <Told figure={row.residual}>
              {(usdc) => <span className={agrees ? undefined : "warn"}>{moneyExact(usdc)}</span>}
            </Told>
            <span className="mut"> within ±{moneyExact(row.tolerance)}</span>
          </Line>
        )}
      </dl>
      <p className="sub">
        {withheld ? `Ours is withheld: ${whyWithheld(withheld)}. ` : !agrees && `${classText(row.class)} `}
        Asked {utc(row.venue_as_of)}.
      </p>
    </div>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
