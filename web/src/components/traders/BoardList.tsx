import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useStore } from "../../lib/store.ts";
import { boardRows } from "../../lib/traders/boardQueries.ts";
import type { Page } from "../../lib/traders/contract.ts";
import { type BoardSpec, boardQuery, changedHref, csvHref, isNarrowed } from "../../lib/traders/filters.ts";
import { followed } from "../../lib/traders/follow.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { Board, type BoardColumn } from "./Board.tsx";
import { AsOf, BoardWait, EmptyBoard, MoreRows, NobodyFollowed } from "./HubParts.tsx";

/** A list as its page draws it: what it is asked for, and what its rows look like. */
export interface BoardKind<Row> {
  spec: BoardSpec;
  /** Class of the table. */
  name: string;
  /** What the rows are, in the plural: "trades". */
  what: string;
  columns: readonly BoardColumn<Row>[];
  keyOf(row: Row): string;
  /** The order without a choice, where others can be chosen. */
  sort?: string;
  reasons?(row: Row): ReactNode;
  /** It renews its newest rows by itself. */
  isLive?: boolean;
}

interface BoardListProps<Row, Data extends Page<Row>> {
  kind: BoardKind<Row>;
  /** The page's own address without parameters. */
  path: string;
  search: UrlSearch;
  /** What stands above the rows, from the first answer; also where there is no row. */
  lead?(data: Data): ReactNode;
}

/** The rows of a list with everything that can stand in their place. */
export function BoardList<Row, Data extends Page<Row>>(props: BoardListProps<Row, Data>) {
  const { kind, path, search, lead } = props;
  const { spec } = kind;
  const query = boardQuery(spec, search, useStore(followed));
  const list = useInfiniteQuery(boardRows<Data>(spec.path, query, kind.isLive));
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const cleared = Object.fromEntries([...spec.filters, "followed"].map((name) => [name, undefined]));
  const resetHref = changedHref(path, search, cleared);
  if (query === null) return <NobodyFollowed allHref={changedHref(path, search, { followed: undefined })} />;
  const first = data?.pages[0]?.data;
  if (data === undefined || first === undefined)
    return <BoardWait error={error} retry={() => void refetch()} />;
  const rows = data.pages.flatMap((page) => page.data.rows);
  const href = (change: Readonly<Record<string, string | undefined>>) => changedHref(path, search, change);
  const { reasons, sort } = kind;
  return (
    <>
      {lead?.(first)}
      {rows.length === 0 ? (
        <EmptyBoard
          waitingFor={first.waiting_for}
          what={kind.what}
          resetHref={isNarrowed(spec, search) ? resetHref : null}
        />
      ) : (
        <Board
          kind={kind.name}
          caption={`${rows.length} ${kind.what}`}
          columns={kind.columns}
          rows={rows}
          keyOf={kind.keyOf}
          isBusy={list.isPlaceholderData}
          sort={sort ? { current: search.sort ?? sort, hrefOf: (name) => href({ sort: name }) } : undefined}
          why={reasons && { open: search.why, hrefOf: (key) => href({ why: key }), reasons }}
          foot={
            <MoreRows
              shown={rows.length}
              hasMore={hasNextPage}
              isFetching={isFetchingNextPage}
              error={error}
              onMore={() => void fetchNextPage()}
            >
              <AsOf metadata={data.pages[0]?.metadata} />
              {kind.isLive &&
                (data.pages.length === 1
                  ? " · renews every 5 s"
                  : " · stands still while older rows are shown")}
            </MoreRows>
          }
        />
      )}
    </>
  );
}

/** The rows of a list as a file, with the same filters. */
export function CsvLink({ spec, search }: { spec: BoardSpec; search: UrlSearch }) {
  const query = boardQuery(spec, search, useStore(followed));
  if (query === null) return null;
  return (
    <a
      className="chip"
      href={csvHref(spec.path, query)}
      download
      rel="nofollow"
      title="Every row with these filters, for spreadsheets"
    >
      CSV
    </a>
  );
}
