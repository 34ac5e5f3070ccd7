import type { ReactNode } from "react";
import { type Told as ToldValue, whyWithheld } from "../told.ts";

interface ToldProps<Value> {
  figure: ToldValue<Value> | null | undefined;
  children(value: Value): ReactNode;
}

/** A figure, or that it is withheld, with the reason on hover, or a dash where it is not defined. */
export function Told<Value>({ figure, children }: ToldProps<Value>) {
  if (figure?.withheld && figure.at_least != null) {
    return (
      <span title={`Not less: ${whyWithheld(figure.withheld)}, and counts as nothing`}>
        ≥ {children(figure.at_least)}
      </span>
    );
  }
  if (figure?.withheld) {
    return (
      <span className="mut" title={`Withheld: ${whyWithheld(figure.withheld)}`}>
        withheld
      </span>
    );
  }
  if (figure?.value == null) return <span className="mut">—</span>;
  return children(figure.value);
}

/** Says above figures that some of them are withheld, and why, in the order of the reasons given. */
export function WithheldNote({ figures }: { figures: readonly (ToldValue<unknown> | null | undefined)[] }) {
  const reasons = [...new Set(figures.flatMap((figure) => figure?.withheld ?? []))];
  if (reasons.length === 0) return null;
  return (
    <p className="pstale">
      {reasons.length === 1 && "Withheld: "}
      {reasons.map(whyWithheld).join("; ")}.
    </p>
  );
}
