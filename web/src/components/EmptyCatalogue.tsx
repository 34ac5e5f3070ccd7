import { State } from "./State.tsx";

/** The catalogue itself holds nothing yet. */
export function EmptyCatalogue() {
  return (
    <State title="The catalogue is empty">
      <p>
        Nothing has been synced from Polymarket yet, or it cannot be reached. The terminal fills by itself as
        soon as the first sync brings markets.
      </p>
    </State>
  );
}
