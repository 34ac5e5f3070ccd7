import { type ComponentType, type RefObject, useCallback, useMemo, useRef, useState } from "react";
import { EmptyCatalogue } from "../../components/EmptyCatalogue.tsx";
import { ListFoot } from "../../components/ListFoot.tsx";
import { ListTable } from "../../components/ListTable.tsx";
import { Main } from "../../components/Main.tsx";
import { marketColumns } from "../../components/marketColumns.tsx";
import { ErrorState } from "../../components/State.tsx";
import { useActions } from "../../lib/actions.ts";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { useEscape } from "../../lib/escape.ts";
import { count } from "../../lib/format.ts";
import { listActions } from "../../lib/listActions.ts";
import { go, type PageProps } from "../../lib/navigation.ts";
import { copy } from "../../lib/toast.ts";
import { type Cursor, useCursor } from "../../lib/useCursor.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { useWindowedList, type WindowedList } from "../../lib/useWindowedList.ts";
import { csvHrefOf, hrefOf } from "./address.ts";
import { EmptyResult } from "./EmptyResult.tsx";
import { FacetRail } from "./FacetRail.tsx";
import { IgnoredNotice } from "./IgnoredNotice.tsx";
import { marketsWindow, primeMarkets } from "./marketsQuery.ts";
import { ScreenerHead } from "./ScreenerHead.tsx";
import {
  effectiveSort,
  nextSort,
  parseScreen,
  type Screen,
  type SortColumn,
  screenToQuery,
  visibleColumns,
} from "./screen.ts";

/** Rows drawn before the first answer, so that nothing moves when it comes. */
const SKELETON_ROWS = 30;

const HINTS = [
  { keys: ["j", "k"], does: "move" },
  { keys: ["Enter"], does: "open" },
  { keys: ["o"], does: "side panel" },
  { keys: ["/"], does: "filter" },
  { keys: ["?"], does: "all shortcuts" },
];

const keyOf = (market: MarketRow) => market.market_id;
const change = (next: Screen) => go(hrefOf(next), true);

interface ScreenerPageProps extends Pick<PageProps, "search"> {
  /** Details of one market beside the table; comes from another feature, through the app. */
  Panel: ComponentType<{ market: MarketRow; onClose(): void }>;
}

/** Every market of the catalogue, filtered and ordered by the address. */
export function ScreenerPage({ search, Panel }: ScreenerPageProps) {
  const { screen, ignored } = useMemo(() => parseScreen(search), [search]);
  const query = useMemo(() => screenToQuery(screen), [screen]);
  const list = useWindowedList(query, marketsWindow);
  const resultKey = useMemo(() => JSON.stringify(list.head?.query ?? query), [list.head?.query, query]);
  const cursor = useCursor(list, keyOf, resultKey);
  const selected = useLastKnown(list.rowAt(cursor.index));
  const [isPanelOpen, setPanelOpen] = useState(false);
  const [areFacetsOpen, setFacetsOpen] = useState(false);
  const searchRef = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLElement>(null);
  useTitle("Screener");
  useEscape(isPanelOpen, () => setPanelOpen(false));
  useEscape(areFacetsOpen, () => setFacetsOpen(false));

  const { rowAt } = list;
  const open = useCallback(
    (index: number) => {
      const market = rowAt(index);
      if (market) go(`/markets/${market.slug}`);
    },
    [rowAt],
  );
  useScreenerActions({
    screen,
    cursor,
    total: list.total,
    open,
    togglePanel: () => setPanelOpen(!isPanelOpen),
    searchRef,
  });

  const facets = list.head?.metadata.facets;
  return (
    <Main className={isPanelOpen && selected ? "list with-panel" : "list"} ref={page}>
      <section className="col" aria-label="Markets">
        <ScreenerHead
          screen={screen}
          list={list}
          onChange={change}
          searchRef={searchRef}
          onLeaveSearch={() =>
            page.current?.querySelector<HTMLElement>('.grid [aria-selected="true"]')?.focus()
          }
          areFacetsOpen={areFacetsOpen}
          onToggleFacets={() => setFacetsOpen(!areFacetsOpen)}
        />
        <IgnoredNotice ignored={ignored} />
        <Result screen={screen} list={list} cursor={cursor} open={open} resultKey={resultKey} />
        <ListFoot hints={HINTS} cursor={cursor.index} total={list.total} />
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

/** What the server wrote into the page is put where its query looks for it. */
ScreenerPage.prime = primeMarkets;

/** The value, or the last one there was while the next is being fetched. */
function useLastKnown<Value>(value: Value | undefined): Value | undefined {
  const [known, setKnown] = useState(value);
  if (value !== undefined && value !== known) setKnown(value);
  return value ?? known;
}

interface ResultProps {
  screen: Screen;
  list: WindowedList<MarketRow>;
  cursor: Cursor;
  open(index: number): void;
  resultKey: string;
}

/** The table, or what stands in its place. */
function Result({ screen, list, cursor, open, resultKey }: ResultProps) {
  const columns = useMemo(() => marketColumns(visibleColumns(screen)), [screen]);
  if (list.error && !list.head) return <ErrorState error={list.error} retry={list.retry} />;
  if (list.head?.metadata.completeness === "empty") return <EmptyCatalogue />;
  if (list.head && list.total === 0) return <EmptyResult screen={screen} />;
  return (
    <>
      {list.error && (
        <p className="notice" data-kind="stale" role="status">
          Could not be refreshed: {list.error.message} These are the last good rows.
        </p>
      )}
      <ListTable
        caption={`Markets, ${count(list.total)} rows`}
        columns={columns}
        total={list.head ? list.total : SKELETON_ROWS}
        rowAt={list.rowAt}
        sort={effectiveSort(screen)}
        onSort={(column, isAdditional) =>
          change({ ...screen, sort: nextSort(screen, column as SortColumn, isAdditional) })
        }
        cursor={cursor}
        onOpen={open}
        onRange={list.showRange}
        resultKey={resultKey}
        isBusy={list.isSuperseded}
        kind="markets"
      />
    </>
  );
}

interface ScreenerActions {
  screen: Screen;
  cursor: Cursor;
  total: number;
  open(index: number): void;
  togglePanel(): void;
  searchRef: RefObject<HTMLInputElement | null>;
}

function useScreenerActions({ screen, cursor, total, open, togglePanel, searchRef }: ScreenerActions): void {
  useActions([
    ...listActions(cursor, total, open, "market"),
    { id: "row-panel", title: "Side panel", group: "Table", keys: "o", run: togglePanel },
    {
      id: "filter",
      title: "Filter by text",
      group: "Table",
      keys: "/",
      run: () => searchRef.current?.focus(),
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
}
