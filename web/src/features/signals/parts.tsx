import { Toward } from "../../components/traders/Toward.tsx";
import { until, utc } from "../../lib/format.ts";
import type { Signal, SignalResult } from "../../lib/traders/contract.ts";
import { centsSpan, reasonText } from "../../lib/traders/words.ts";

/** What a signal points at; some point nowhere. */
export function SignalSide({ signal: { side, market } }: { signal: Pick<Signal, "side" | "market"> }) {
  if (side === null) return <span className="mut">nowhere</span>;
  return <Toward side={side} market={market} />;
}

/** What became of it, losses as plainly as gains; open until then. */
export function Outcome({ signal, now }: { signal: Pick<Signal, "due_at" | "result">; now: number }) {
  const { result, due_at } = signal;
  if (result === null) {
    return (
      <span className="mut" title={due_at === null ? undefined : utc(due_at)}>
        {due_at === null
          ? "open, until the market resolves"
          : Date.parse(due_at) > now
            ? `open, due in ${until(due_at, now)}`
            : "due, not settled yet"}
      </span>
    );
  }
  return <ResultFigure result={result} />;
}

export function ResultFigure({ result }: { result: SignalResult }) {
  const { status, reason, gain, net } = result;
  if (status === "void") {
    return <span className="mut">void{reason === null ? "" : `: ${reasonText(reason)}`}</span>;
  }
  if (status === "push") return <span className="mut">push</span>;
  const told = net ?? gain;
  const colour = told === null ? "mut" : told > 0 ? "up" : told < 0 ? "down" : "mut";
  return (
    <span className={colour}>
      {gain !== null && gain > 0 ? "right" : "wrong"} {centsSpan(told)}
      {net === null && <small className="mut"> before an unknown cost</small>}
    </span>
  );
}
