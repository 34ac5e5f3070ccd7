import { useQuery } from "@tanstack/react-query";
import { type ComponentType, useCallback, useMemo, useRef, useState } from "react";
import { Freshness } from "../../components/Freshness.tsx";
import { ListTable } from "../../components/ListTable.tsx";
import { Main } from "../../components/Main.tsx";
import { marketColumns } from "../../components/marketColumns.tsx";
import { ErrorState } from "../../components/State.tsx";
import { useActions } from "../../lib/actions.ts";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { useEscape } from "../../lib/escape.ts";
import { count, decimal } from "../../lib/format.ts";
import { go, type PageProps } from "../../lib/navigation.ts";
import { copy } from "../../lib/toast.ts";
import { useCursor } from "../../lib/useCursor.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { useWindowedList } from "../../lib/useWindowedList.ts";
import { csvHrefOf, hrefOf } from "./address.ts";
import { ColumnChooser } from "./ColumnChooser.tsx";
import { EmptyCatalogue, EmptyResult } from "./EmptyResult.tsx";
import { FacetRail } from "./FacetRail.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { IgnoredNotice } from "./IgnoredNotice.tsx";
import { marketsTotal, marketsWindow } from "./marketsQuery.ts";
import { SavedScreens } from "./SavedScreens.tsx";
import {
  effectiveSort,
  filterCount,
  nextSort,
  PERIODS,
  parseScreen,
  type Screen,
  type SortColumn,
  screenToQuery,
  shownPeriod,
  visibleColumns,
  withPeriod,
} from "./screen.ts";

const keyOf = (market: MarketRow) => market.market_id;

interface ScreenerPageProps extends Pick<PageProps, "search"> {
  /** Details of one market beside the table; comes from another feature, through the app. */
  Panel: ComponentType<{ market: MarketRow; onClose(): void }>;
}

/** Every market of the catalogue, filtered and ordered by the address. */
export function ScreenerPage({ search, Panel }: ScreenerPageProps) {
  const { screen, ignored } = useMemo(() => parseScreen(search), [search]);
  const query = useMemo(() => screenToQuery(screen), [screen]);
  const list = useWindowedList(query, marketsWindow);
  const { data: universe } = useQuery(marketsTotal(screen.status));
  const resultKey = useMemo(() => JSON.stringify(list.head?.query ?? query), [list.head?.query, query]);
  const cursor = useCursor(list, keyOf, resultKey);
  const [isPanelOpen, setPanelOpen] = useState(false);
  const [areFacetsOpen, setFacetsOpen] = useState(false);
  const searchBox = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLElement>(null);
  useTitle("Screener");
  useEscape(isPanelOpen, () => setPanelOpen(false));
  useEscape(areFacetsOpen, () => setFacetsOpen(false));

  const change = useCallback((next: Screen) => go(hrefOf(next), true), []);
  const { rowAt } = list;
  const openRow = useCallback(
    (index: number) => {
      const market = rowAt(index);
      if (market) go(`/markets/${market.slug}`);
    },
    [rowAt],
  );
  const sortBy = useCallback(
    (column: string, isAdditional: boolean) =>
      change({ ...screen, sort: nextSort(screen, column as SortColumn, isAdditional) }),
    [change, screen],
  );
  const columns = useMemo(() => marketColumns(visibleColumns(screen)), [screen]);
  const focusRows = () => {
    page.current?.querySelector<HTMLElement>('.grid [aria-selected="true"]')?.focus();
  };

  useActions([
    {
      id: "row-next",
      title: "Next row",
      group: "Table",
      keys: "j",
      keyboardOnly: true,
      run: () => cursor.moveBy(1),
    },
    {
      id: "row-previous",
      title: "Previous row",
      group: "Table",
      keys: "k",
      keyboardOnly: true,
      run: () => cursor.moveBy(-1),
    },
    {
      id: "row-down",
      title: "Next row",
      group: "Table",
      keys: "ArrowDown",
      keyboardOnly: true,
      run: () => cursor.moveBy(1),
    },
    {
      id: "row-up",
      title: "Previous row",
      group: "Table",
      keys: "ArrowUp",
      keyboardOnly: true,
      run: () => cursor.moveBy(-1),
    },
    {
      id: "row-first",
      title: "First row",
      group: "Table",
      keys: "Home",
      keyboardOnly: true,
      run: () => cursor.moveTo(0),
    },
    {
      id: "row-last",
      title: "Last row",
      group: "Table",
      keys: "End",
      keyboardOnly: true,
      run: () => cursor.moveTo(list.total - 1),
    },
    {
      id: "row-open",
      title: "Open the market",
      group: "Table",
      keys: "Enter",
      keyboardOnly: true,
      run: () => openRow(cursor.index),
    },
    {
      id: "row-panel",
      title: "Side panel",
      group: "Table",
      keys: "o",
      run: () => setPanelOpen((isOpen) => !isOpen),
    },
    {
      id: "filter",
      title: "Filter by text",
      group: "Table",
      keys: "/",
      run: () => searchBox.current?.focus(),
    },
    {
      id: "export",
      title: "Export the whole result as CSV",
      group: "Table",
      keys: "e",
      run: () => window.location.assign(csvHrefOf(screen)),
    },
    {
      id: "copy-link",
      title: "Copy a link to this screen",
      group: "Page",
      keys: "y",
      run: () => void copy(new URL(hrefOf(screen), window.location.href).href, "Link"),
    },
    { id: "clear", title: "Clear all filters", group: "Table", run: () => go("/markets") },
  ]);

  const selected = list.rowAt(cursor.index);
  const facets = list.head?.metadata.facets ?? null;
  const isEmpty = list.head !== undefined && list.total === 0;

  return (
    <Main className={isPanelOpen && selected ? "list with-panel" : "list"} ref={page}>
      <section className="col" aria-label="Markets">
        <div className="head">
          <div className="a">
            <h1>Screener</h1>
            <Tally list={list} universe={universe} status={screen.status} />
            <Freshness />
            <div className="tools">
              <button
                type="button"
                className="chip facets-toggle"
                aria-expanded={areFacetsOpen}
                onClick={() => setFacetsOpen(!areFacetsOpen)}
              >
                Facets
              </button>
              <SavedScreens href={hrefOf(screen)} />
              <ColumnChooser screen={screen} onChange={change} />
              <a
                className="chip"
                href={csvHrefOf(screen)}
                download
                title={`Every row of this result as CSV${list.head ? `, ${count(list.total)} rows` : ""}`}
              >
                Export
              </a>
              <fieldset className="seg">
                <legend className="sr">Period of change and volume</legend>
                {PERIODS.map((period) => (
                  <button
                    key={period}
                    type="button"
                    aria-pressed={shownPeriod(screen) === period}
                    onClick={() => change(withPeriod(screen, period))}
                  >
                    {period}
                  </button>
                ))}
              </fieldset>
            </div>
          </div>
          <FilterBar
            screen={screen}
            facets={facets}
            onChange={change}
            searchRef={searchBox}
            onLeaveSearch={focusRows}
          />
        </div>
        <IgnoredNotice ignored={ignored} />
        {list.error && list.head && (
          <p className="notice" data-kind="stale" role="status">
            Could not be refreshed: {list.error.message} These are the last good rows.
          </p>
        )}
        {list.error && !list.head ? (
          <ErrorState error={list.error} retry={list.retry} />
        ) : isEmpty ? (
          filterCount(screen) === 0 && list.head?.metadata.completeness === "empty" ? (
            <EmptyCatalogue />
          ) : (
            <EmptyResult screen={screen} />
          )
        ) : (
          <ListTable
            caption={`Markets, ${count(list.total)} rows`}
            columns={columns}
            total={list.head ? list.total : SKELETON_ROWS}
            rowAt={list.rowAt}
            sort={effectiveSort(screen)}
            onSort={sortBy}
            cursor={cursor.index}
            onCursor={cursor.moveTo}
            onOpen={openRow}
            onRange={list.showRange}
            resultKey={resultKey}
            isBusy={list.isSuperseded}
            kind="markets"
          />
        )}
        <div className="foot2">
          <span>
            <kbd>j</kbd> <kbd>k</kbd> move
          </span>
          <span>
            <kbd>Enter</kbd> open
          </span>
          <span>
            <kbd>o</kbd> side panel
          </span>
          <span>
            <kbd>/</kbd> filter
          </span>
          <span>
            <kbd>?</kbd> all shortcuts
          </span>
          <span className="end">
            {list.total > 0 && `row ${count(cursor.index + 1)} of ${count(list.total)}`}
          </span>
        </div>
      </section>
      {isPanelOpen && selected ? (
        <Panel market={selected} onClose={() => setPanelOpen(false)} />
      ) : (
        facets && (
          <div className={areFacetsOpen ? "facets-pane open" : "facets-pane"}>
            <FacetRail facets={facets} screen={screen} />
          </div>
        )
      )}
    </Main>
  );
}

/** Rows drawn before the first answer, so that nothing moves when it comes. */
const SKELETON_ROWS = 30;

interface TallyProps {
  list: ReturnType<typeof useWindowedList<MarketRow>>;
  universe: number | undefined;
  status: string;
}

/** How many match, of how many, and how long the server's screen took. */
function Tally({ list, universe, status }: TallyProps) {
  if (!list.head) return <span className="sub">{list.error ? "" : "loading"}</span>;
  const { screenMs } = list.head;
  return (
    <span className="sub" aria-live="polite">
      <b>{count(list.total)}</b>
      {universe !== undefined && ` of ${count(universe)}`} {status === "all" ? "markets" : status}
      {screenMs !== null && ` · ${decimal(screenMs, screenMs < 10 ? 1 : 0)} ms`}
    </span>
  );
}
