import { FacetSection } from "../../components/Facets.tsx";
import type { Facets } from "../../lib/apiTypes.ts";
import { hrefOf } from "./address.ts";
import { type Screen, STATUSES, toggled } from "./screen.ts";

const SECTIONS = [
  { title: "Category", facet: "category", field: "category" },
  { title: "Closes", facet: "closes", field: "closes" },
  { title: "Traits", facet: "traits", field: "traits" },
  { title: "Tags", facet: "tags", field: "tag" },
] as const;

/** Counts of what each further choice would leave, at the table's side. */
export function FacetRail({ facets, screen }: { facets: Facets; screen: Screen }) {
  const statusHref = (value: string) => {
    const status = STATUSES.find((known) => known === value) ?? "all";
    return hrefOf({ ...screen, status: screen.status === status ? "all" : status });
  };
  return (
    <aside className="facets" aria-label="Facets">
      {SECTIONS.map(({ title, facet, field }) => (
        <FacetSection
          key={facet}
          title={title}
          facets={facets[facet]}
          hrefOf={(value) => hrefOf({ ...screen, [field]: toggled(screen[field], value) })}
        />
      ))}
      <FacetSection
        title="Status"
        facets={facets.status.filter(({ value }) => value !== "all")}
        hrefOf={statusHref}
      />
    </aside>
  );
}
