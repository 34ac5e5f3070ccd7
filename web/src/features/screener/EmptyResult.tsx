import { State } from "../../components/State.tsx";
import { words } from "../../lib/format.ts";
import { hrefOf } from "./address.ts";
import { RANGE_FILTERS, rangeText } from "./filters.ts";
import { EMPTY_SCREEN, type Screen } from "./screen.ts";

/** A filter of the screen in words, and the screen without it. */
interface Relaxation {
  words: string;
  without: Screen;
}

/** What could be relaxed, the filters that usually exclude most first. */
export function relaxations(screen: Screen): Relaxation[] {
  const found: Relaxation[] = [];
  if (screen.q) found.push({ words: `text “${screen.q}”`, without: { ...screen, q: "" } });
  for (const { name, label, unit } of RANGE_FILTERS) {
    const text = rangeText(screen.bounds[`${name}_min`], screen.bounds[`${name}_max`], unit);
    if (text === null) continue;
    const bounds = Object.fromEntries(
      Object.entries(screen.bounds).filter(([key]) => key !== `${name}_min` && key !== `${name}_max`),
    );
    found.push({ words: `${label.toLowerCase()} ${text}`, without: { ...screen, bounds } });
  }
  for (const field of ["tag", "closes", "traits", "category"] as const) {
    if (screen[field].length === 0) continue;
    found.push({
      words: `${field} ${screen[field].map(words).join(", ")}`,
      without: { ...screen, [field]: [] },
    });
  }
  if (screen.ends_after || screen.ends_before) {
    found.push({ words: "end date", without: { ...screen, ends_after: null, ends_before: null } });
  }
  if (screen.active || screen.closed) {
    found.push({ words: "upstream flags", without: { ...screen, active: null, closed: null } });
  }
  if (screen.status !== "all") {
    found.push({ words: `status ${screen.status}`, without: { ...screen, status: "all" } });
  }
  return found;
}

/** Nothing matches: says which filters there are and offers to drop each, or all. */
export function EmptyResult({ screen }: { screen: Screen }) {
  return (
    <State title="No market matches">
      <p>Relax one of these:</p>
      <p className="buttons">
        {relaxations(screen).map(({ words: text, without }) => (
          <a key={text} className="chip" href={hrefOf(without)}>
            without {text}
          </a>
        ))}
      </p>
      <p>
        <a className="chip primary" href={hrefOf({ ...EMPTY_SCREEN, cols: screen.cols })}>
          Clear all filters
        </a>
      </p>
    </State>
  );
}
