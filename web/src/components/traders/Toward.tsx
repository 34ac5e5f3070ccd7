import type { MarketRef } from "../../lib/traders/contract.ts";
import { outcomeColour } from "../Figures.tsx";

interface TowardProps {
  /** `yes`: the first outcome, `no`: the second. */
  side: string;
  market: Pick<MarketRef, "outcome" | "outcome_index">;
}

/** The outcome that a trade or a signal is for, by its name where that is known. */
export function Toward({ side, market: { outcome, outcome_index } }: TowardProps) {
  const index = side === "yes" ? 0 : 1;
  const isBinary = outcome === null || outcome === "Yes" || outcome === "No";
  const own = outcome_index === index && outcome !== null ? outcome : null;
  const name = own ?? (isBinary ? (index === 0 ? "Yes" : "No") : `outcome ${index + 1}`);
  return <span className={outcomeColour(index)}>{name}</span>;
}
