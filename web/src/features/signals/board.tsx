import type { BoardKind } from "../../components/traders/BoardList.tsx";
import { MarketName } from "../../components/traders/MarketName.tsx";
import { Reasons } from "../../components/traders/Reasons.tsx";
import { When } from "../../components/traders/When.tsx";
import { cents, decimal, fixed } from "../../lib/format.ts";
import type { Signal } from "../../lib/traders/contract.ts";
import type { BoardSpec } from "../../lib/traders/filters.ts";
import { signalText } from "../../lib/traders/words.ts";
import { Outcome, SignalSide } from "./parts.tsx";

export const SPEC: BoardSpec = {
  path: "/api/signals",
  filters: ["timeframe", "kind", "status", "category", "side", "min_score"],
  others: ["market", "event"],
  timeframe: "all",
  labels: { min_score: "strength from" },
};

/** Every signal as it was published, with what became of it. */
export const SIGNALS: BoardKind<Signal> = {
  spec: SPEC,
  name: "signals",
  what: "signals",
  keyOf: ({ id }) => id,
  columns: [
    {
      id: "when",
      header: "Published",
      isText: true,
      place: "p4",
      cell: ({ published_at }) => <When at={published_at} />,
    },
    {
      id: "kind",
      header: "Kind",
      isText: true,
      place: "p1",
      cell: ({ kind, id }) => (
        <a className="link" href={`/signals/${id}`}>
          {signalText(kind)}
        </a>
      ),
    },
    {
      id: "market",
      header: "Market",
      isText: true,
      place: "p3",
      cell: ({ market }) => <MarketName market={market} isPlain />,
    },
    {
      id: "side",
      header: "For",
      description: "The outcome that it points at",
      isText: true,
      place: "p2",
      cell: (signal) => <SignalSide signal={signal} />,
    },
    {
      id: "strength",
      header: "Strength",
      description: "0 to 100, by the kind's own scale; not a probability",
      cell: ({ strength }) => fixed(strength, 0),
    },
    {
      id: "n",
      header: "n",
      description: "Independent observations behind it",
      isQuiet: true,
      cell: ({ n }) => decimal(n, 1),
    },
    {
      id: "mid",
      header: "Price",
      description:
        "The middle of bid and ask for the first outcome when it was made; — without one, and then it cannot be settled",
      isQuiet: true,
      cell: ({ price }) => cents(price),
    },
    {
      id: "cost",
      header: "Cost",
      description: "What following it cost a share: half the spread and the fee",
      isQuiet: true,
      cell: ({ cost }) => cents(cost),
    },
    {
      id: "result",
      header: "Result, a share after cost",
      isText: true,
      place: "p5",
      cell: (signal, now) => <Outcome signal={signal} now={now} />,
    },
  ],
  reasons: ({ ingredients, evidence, version, id }) => (
    <>
      <Reasons ingredients={ingredients} evidence={evidence} />
      <p className="sub">
        Version {version}.{" "}
        <a className="link" href={`/signals/${id}`}>
          This signal's own page
        </a>
      </p>
    </>
  ),
};
