import type { Evidence, Ingredient } from "../../lib/traders/contract.ts";
import { ingredientText } from "../../lib/traders/words.ts";

const SHOWN_EVIDENCE = 12;

interface ReasonsProps {
  ingredients: readonly Ingredient[];
  evidence: readonly Evidence[];
}

/** What a figure was made from: its ingredients by name, and the records it rests on. */
export function Reasons({ ingredients, evidence }: ReasonsProps) {
  return (
    <div className="reasons">
      {ingredients.length > 0 && (
        <dl className="mini-facts wide">
          {ingredients.map((ingredient) => (
            <div key={ingredient.name}>
              <dt>{ingredient.label}</dt>
              <dd className={ingredient.value === null ? "mut" : undefined}>{ingredientText(ingredient)}</dd>
            </div>
          ))}
        </dl>
      )}
      <EvidenceLinks evidence={evidence} />
    </div>
  );
}

/** The records behind a figure, as links where they can be looked at. */
export function EvidenceLinks({ evidence }: { evidence: readonly Evidence[] }) {
  if (evidence.length === 0) return <p className="sub">No single record stands out as evidence.</p>;
  const shown = evidence.slice(0, SHOWN_EVIDENCE);
  return (
    <p className="sub evidence">
      <span>Rests on</span>
      {shown.map(({ kind, id, href, label }) =>
        href === null ? (
          <span key={`${kind} ${id}`} title={id}>
            {label}
          </span>
        ) : (
          <a
            key={`${kind} ${id}`}
            className="link"
            href={href}
            title={id}
            {...(/^https?:/.test(href) && { rel: "noopener", target: "_blank" })}
          >
            {label}
          </a>
        ),
      )}
      {evidence.length > shown.length && <span>and {evidence.length - shown.length} more</span>}
    </p>
  );
}
