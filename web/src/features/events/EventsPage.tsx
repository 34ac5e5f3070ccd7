import { useCallback, useMemo, useRef } from "react";
import { EmptyCatalogue } from "../../components/EmptyCatalogue.tsx";
import { FacetSection } from "../../components/Facets.tsx";
import { Freshness } from "../../components/Freshness.tsx";
import { ListFoot } from "../../components/ListFoot.tsx";
import { ListTable } from "../../components/ListTable.tsx";
import { Main } from "../../components/Main.tsx";
import { SearchBox } from "../../components/SearchBox.tsx";
import { ErrorState, State } from "../../components/State.tsx";
import { useActions } from "../../lib/actions.ts";
import type { EventRow, Facets } from "../../lib/apiTypes.ts";
import { count, decimal } from "../../lib/format.ts";
import { listActions } from "../../lib/listActions.ts";
import { go, type PageProps } from "../../lib/navigation.ts";
import { copy } from "../../lib/toast.ts";
import { stringifySearch } from "../../lib/urlSearch.ts";
import { useCursor } from "../../lib/useCursor.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { useWindowedList } from "../../lib/useWindowedList.ts";
import { EVENT_COLUMNS } from "./eventColumns.tsx";
import { eventsWindow, primeEvents } from "./eventQueries.ts";
import {
  DEFAULT_EVENT_SORT,
  EVENT_STATUSES,
  type EventScreen,
  type EventSort,
  eventScreenToSearch,
  nextEventSort,
  parseEventScreen,
} from "./eventScreen.ts";

/** Rows drawn before the first answer, so that nothing moves when it comes. */
const SKELETON_ROWS = 30;

const HINTS = [
  { keys: ["j", "k"], does: "move" },
  { keys: ["Enter"], does: "open" },
  { keys: ["/"], does: "filter" },
  { keys: ["?"], does: "all shortcuts" },
];

const keyOf = (event: EventRow) => event.event_id;
const hrefOf = (screen: EventScreen) => `/events${stringifySearch(eventScreenToSearch(screen))}`;

/** Every event of the catalogue, filtered and ordered by the address. */
export function EventsPage({ search }: PageProps) {
  const { screen, unknown } = useMemo(() => parseEventScreen(search), [search]);
  const query = useMemo(() => eventScreenToSearch(screen), [screen]);
  const list = useWindowedList(query, eventsWindow);
  const resultKey = useMemo(() => JSON.stringify(list.head?.query ?? query), [list.head?.query, query]);
  const cursor = useCursor(list, keyOf, resultKey);
  const searchBox = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLElement>(null);
  useTitle("Events");

  const change = useCallback((next: EventScreen) => go(hrefOf(next), true), []);
  const { rowAt } = list;
  const openRow = useCallback(
    (index: number) => {
      const event = rowAt(index);
      if (event) go(`/events/${event.slug}`);
    },
    [rowAt],
  );
  const sortBy = useCallback(
    (column: string) => change({ ...screen, sort: nextEventSort(screen, column as EventSort) }),
    [change, screen],
  );
  const sort = useMemo(() => [screen.sort ?? DEFAULT_EVENT_SORT], [screen.sort]);

  useActions([
    ...listActions(cursor, list.total, openRow, "event"),
    {
      id: "filter",
      title: "Filter by text",
      group: "Table",
      keys: "/",
      run: () => searchBox.current?.focus(),
    },
    {
      id: "copy-link",
      title: "Copy a link to this list",
      group: "Page",
      keys: "y",
      run: () => void copy(new URL(hrefOf(screen), window.location.href).href, "Link"),
    },
    { id: "clear", title: "Clear all filters", group: "Table", run: () => go("/events") },
  ]);

  const facets = list.head?.metadata.facets ?? null;
  const screenMs = list.head?.screenMs ?? null;
  return (
    <Main className="list" ref={page}>
      <section className="col" aria-label="Events">
        <div className="head">
          <div className="a">
            <h1>Events</h1>
            <span className="sub" aria-live="polite">
              {list.head ? (
                <>
                  <b>{count(list.total)}</b> {screen.status === "all" ? "events" : screen.status}
                  {screenMs !== null && ` · ${decimal(screenMs, 1)} ms`}
                </>
              ) : (
                "loading"
              )}
            </span>
            <Freshness />
            <div className="tools">
              <fieldset className="seg">
                <legend className="sr">Status</legend>
                {EVENT_STATUSES.map((status) => (
                  <button
                    key={status}
                    type="button"
                    aria-pressed={screen.status === status}
                    onClick={() => change({ ...screen, status })}
                  >
                    {status}
                  </button>
                ))}
              </fieldset>
            </div>
          </div>
          <div className="chips">
            <SearchBox
              label="Filter events by text"
              text={screen.q}
              inputRef={searchBox}
              onChange={(q) => change({ ...screen, q })}
              onLeave={() =>
                page.current?.querySelector<HTMLElement>('.grid [aria-selected="true"]')?.focus()
              }
            />
            <SetFilters screen={screen} facets={facets} />
          </div>
        </div>
        {unknown.length > 0 && (
          <p className="notice" data-kind="error" role="status">
            Left out of this address: {unknown.join(", ")}
          </p>
        )}
        {list.error && list.head && (
          <p className="notice" data-kind="stale" role="status">
            Could not be refreshed: {list.error.message} These are the last good rows.
          </p>
        )}
        {list.error && !list.head ? (
          <ErrorState error={list.error} retry={list.retry} />
        ) : list.head?.metadata.completeness === "empty" ? (
          <EmptyCatalogue />
        ) : list.head && list.total === 0 ? (
          <State title="No event matches">
            <p>
              <a className="chip primary" href="/events">
                Clear all filters
              </a>
            </p>
          </State>
        ) : (
          <ListTable
            caption={`Events, ${count(list.total)} rows`}
            columns={EVENT_COLUMNS}
            total={list.head ? list.total : SKELETON_ROWS}
            rowAt={list.rowAt}
            sort={sort}
            onSort={sortBy}
            cursor={cursor}
            onOpen={openRow}
            onRange={list.showRange}
            resultKey={resultKey}
            isBusy={list.isSuperseded}
            kind="events"
          />
        )}
        <ListFoot hints={HINTS} cursor={cursor.index} total={list.total} />
      </section>
      {facets && (
        <div className="facets-pane">
          <EventFacets facets={facets} screen={screen} />
        </div>
      )}
    </Main>
  );
}

/** What the server wrote into the page is put where its query looks for it. */
EventsPage.prime = primeEvents;

function toggled(values: readonly string[], value: string): readonly string[] {
  return values.includes(value) ? values.filter((kept) => kept !== value) : [...values, value];
}

const FACETS = [
  { title: "Category", facet: "category", field: "category" },
  { title: "Tags", facet: "tags", field: "tag" },
] as const;

function EventFacets({ facets, screen }: { facets: Facets; screen: EventScreen }) {
  return (
    <aside className="facets" aria-label="Facets">
      {FACETS.map(({ title, facet, field }) => (
        <FacetSection
          key={facet}
          title={title}
          facets={facets[facet]}
          hrefOf={(value) => hrefOf({ ...screen, [field]: toggled(screen[field], value) })}
        />
      ))}
    </aside>
  );
}

/** The filters that are set, each a link that takes it away. */
function SetFilters({ screen, facets }: { screen: EventScreen; facets: Facets | null }) {
  return FACETS.filter(({ field }) => screen[field].length > 0).map(({ title, facet, field }) => (
    <a
      key={field}
      className="chip"
      href={hrefOf({ ...screen, [field]: [] })}
      data-replace
      title="Remove this filter"
    >
      <i>{title}</i>{" "}
      <b>
        {screen[field]
          .map((value) => facets?.[facet].find((counted) => counted.value === value)?.label ?? value)
          .join(", ")}
      </b>{" "}
      ×
    </a>
  ));
}
