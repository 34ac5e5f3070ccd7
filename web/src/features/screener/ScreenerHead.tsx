import { useQuery } from "@tanstack/react-query";
import type { RefObject } from "react";
import { Freshness } from "../../components/Freshness.tsx";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { count, decimal } from "../../lib/format.ts";
import type { WindowedList } from "../../lib/useWindowedList.ts";
import { csvHrefOf, hrefOf } from "./address.ts";
import { ColumnChooser } from "./ColumnChooser.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { marketsTotal } from "./marketsQuery.ts";
import { SavedScreens } from "./SavedScreens.tsx";
import { PERIODS, type Screen, shownPeriod, withPeriod } from "./screen.ts";

interface ScreenerHeadProps {
  screen: Screen;
  list: WindowedList<MarketRow>;
  onChange(screen: Screen): void;
  searchRef: RefObject<HTMLInputElement | null>;
  onLeaveSearch(): void;
  areFacetsOpen: boolean;
  onToggleFacets(): void;
}

/** Title, tally and tools of the screener, and its filters. */
export function ScreenerHead(props: ScreenerHeadProps) {
  const { screen, list, onChange, searchRef, onLeaveSearch, areFacetsOpen, onToggleFacets } = props;
  const rows = list.head ? `, ${count(list.total)} rows` : "";
  return (
    <div className="head">
      <div className="a">
        <h1>Screener</h1>
        <Tally list={list} status={screen.status} />
        <Freshness />
        <div className="tools">
          <button
            type="button"
            className="chip facets-toggle"
            aria-expanded={areFacetsOpen}
            onClick={onToggleFacets}
          >
            Facets
          </button>
          <SavedScreens href={hrefOf(screen)} />
          <ColumnChooser screen={screen} onChange={onChange} />
          <a className="chip" href={csvHrefOf(screen)} download title={`This whole result as CSV${rows}`}>
            Export
          </a>
          <PeriodSwitch screen={screen} onChange={onChange} />
        </div>
      </div>
      <FilterBar
        screen={screen}
        facets={list.head?.metadata.facets ?? null}
        onChange={onChange}
        searchRef={searchRef}
        onLeaveSearch={onLeaveSearch}
      />
    </div>
  );
}

function PeriodSwitch({ screen, onChange }: Pick<ScreenerHeadProps, "screen" | "onChange">) {
  return (
    <fieldset className="seg">
      <legend className="sr">Period of changes, volumes and takers</legend>
      {PERIODS.map((period) => (
        <button
          key={period}
          type="button"
          aria-pressed={shownPeriod(screen) === period}
          onClick={() => onChange(withPeriod(screen, period))}
        >
          {period}
        </button>
      ))}
    </fieldset>
  );
}

/** How many match, of how many, and how long the server's screen took. */
function Tally({ list, status }: { list: WindowedList<MarketRow>; status: string }) {
  const { data: all } = useQuery(marketsTotal(status));
  if (!list.head) return <span className="sub">{list.error ? "" : "loading"}</span>;
  const { screenMs } = list.head;
  return (
    <span className="sub" aria-live="polite">
      <b>{count(list.total)}</b>
      {all !== undefined && ` of ${count(all)}`} {status === "all" ? "markets" : status}
      {screenMs !== null && ` · ${decimal(screenMs, screenMs < 10 ? 1 : 0)} ms`}
    </span>
  );
}
