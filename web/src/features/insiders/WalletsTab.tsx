import { useInfiniteQuery } from "@tanstack/react-query";
import { AsOf, BoardWait, EmptyBoard, MoreRows, NobodyFollowed } from "../../components/traders/HubParts.tsx";
import { useStore } from "../../lib/store.ts";
import { boardRows } from "../../lib/traders/boardQueries.ts";
import type { InformedWallet, Page } from "../../lib/traders/contract.ts";
import { boardQuery, changedHref, isNarrowed } from "../../lib/traders/filters.ts";
import { followed } from "../../lib/traders/follow.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { SPECS } from "./boards.tsx";
import { Finding } from "./Finding.tsx";

const PATH = "/insiders";
const keyOf = ({ wallet, market, layer }: InformedWallet) => `${layer}:${wallet.address}:${market?.id}`;

/** What was found of wallets, one finding of one layer at a time; those of gated categories folded. */
export function WalletsTab({ search }: { search: UrlSearch }) {
  const spec = SPECS.wallets;
  const query = boardQuery(spec, search, useStore(followed));
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    boardRows<Page<InformedWallet>>(spec.path, query),
  );
  if (query === null) return <NobodyFollowed allHref={changedHref(PATH, search, { followed: undefined })} />;
  const first = data?.pages[0]?.data;
  if (first === undefined) return <BoardWait error={error} retry={() => void refetch()} />;
  const findings = data?.pages.flatMap((page) => page.data.rows) ?? [];
  if (findings.length === 0) {
    const cleared = Object.fromEntries([...spec.filters, "followed"].map((name) => [name, undefined]));
    return (
      <EmptyBoard
        waitingFor={first.waiting_for}
        what="findings"
        resetHref={isNarrowed(spec, search) ? changedHref(PATH, search, cleared) : null}
      />
    );
  }
  const open = findings.filter(({ gate }) => gate !== "shut");
  const gated = findings.filter(({ gate }) => gate === "shut");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="scroll findings" aria-label="Findings" tabIndex={0}>
      {open.map((finding) => (
        <Finding key={keyOf(finding)} finding={finding} />
      ))}
      {gated.length > 0 && (
        <details className="gated">
          <summary>
            {gated.length} in gated categories: results are public at once there, and large, early trades are
            common without anybody knowing more
          </summary>
          {gated.map((finding) => (
            <Finding key={keyOf(finding)} finding={finding} />
          ))}
        </details>
      )}
      <MoreRows
        shown={findings.length}
        hasMore={hasNextPage}
        isFetching={isFetchingNextPage}
        error={error}
        onMore={() => void fetchNextPage()}
      >
        <AsOf metadata={data?.pages[0]?.metadata} />
      </MoreRows>
    </section>
  );
}
