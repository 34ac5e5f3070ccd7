import type { FacetCount } from "../lib/apiTypes.ts";
import { count } from "../lib/format.ts";

interface FacetSectionProps {
  title: string;
  facets: readonly FacetCount[];
  /** The address with this value toggled; values are links, so each can be opened or copied. */
  hrefOf(value: string): string;
}

/** The values of one facet with their counts and bars. */
export function FacetSection({ title, facets, hrefOf }: FacetSectionProps) {
  const shown = facets.filter((facet) => facet.count > 0 || facet.selected);
  if (shown.length === 0) return null;
  const largest = Math.max(1, ...shown.map((facet) => facet.count));
  return (
    <section>
      <h2>{title}</h2>
      {shown.map((facet) => (
        <a
          key={facet.value}
          className="fr"
          href={hrefOf(facet.value)}
          aria-current={facet.selected ? "true" : undefined}
          data-replace
        >
          <span className="cb" />
          <span className="v" title={facet.label}>
            {facet.label}
          </span>
          <em>{count(facet.count)}</em>
          <svg className="fb" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
            <rect width={(facet.count / largest) * 100} height="2" />
          </svg>
        </a>
      ))}
    </section>
  );
}
