import type { QueryClient } from "@tanstack/react-query";
import { Main } from "../../components/Main.tsx";
import { BoardList } from "../../components/traders/BoardList.tsx";
import { FilterBar } from "../../components/traders/FilterBar.tsx";
import { Tabs } from "../../components/traders/HubParts.tsx";
import type { PageProps } from "../../lib/navigation.ts";
import { boardKey, firstPage } from "../../lib/traders/boardQueries.ts";
import { boardQuery, changedHref } from "../../lib/traders/filters.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { MARKETS, SPECS } from "./boards.tsx";
import { WalletsTab } from "./WalletsTab.tsx";

const PATH = "/insiders";
const tabOf = (name: string | undefined) => (name === "wallets" ? "wallets" : "markets");

/** Trades that look as if somebody knew more: three layers of evidence, never added up, and nobody accused. */
export function InsidersPage({ search }: Pick<PageProps, "search">) {
  const tab = tabOf(search.tab);
  const isGated = search.gated === "show";
  useTitle("Informed flow");
  return (
    <Main className="list hub insiders">
      <section className="col">
        <div className="head">
          <div className="a">
            <h1>Informed flow</h1>
            <span className="sub">patterns consistent with trading ahead of news</span>
          </div>
          <Tabs
            label="Lists of informed flow"
            current={tab}
            tabs={[
              { id: "markets", label: "Markets", href: changedHref(PATH, search, { tab: undefined }) },
              { id: "wallets", label: "Wallets", href: changedHref(PATH, search, { tab: "wallets" }) },
            ]}
          />
          <FilterBar path={PATH} spec={SPECS[tab]} search={search} />
        </div>
        <p className="notice" data-kind="told">
          Luck, skill, public information and one owner of several wallets look the same. This is no
          accusation. Three layers stand beside each other and are never added up: a wallet on an event (size,
          timing, direction against what was known before), the market (how far the price went before the
          news), the account (its record on surprises).{" "}
          {isGated
            ? "Sports, weather and crypto, where large and early trades are common, are shown as well. "
            : "Sports, weather and crypto are left out: large and early trades are common there without anybody knowing more. "}
          <a
            className="link"
            href={changedHref(PATH, search, { gated: isGated ? undefined : "show" })}
            data-replace
          >
            {isGated ? "Leave them out" : "Show them"}
          </a>
        </p>
        {tab === "markets" ? (
          <BoardList kind={MARKETS} path={PATH} search={search} />
        ) : (
          <WalletsTab search={search} />
        )}
      </section>
    </Main>
  );
}

/** Puts what the server wrote into the page where its list looks for it. */
InsidersPage.prime = (client: QueryClient, _id: string, answer: unknown, search: UrlSearch): void => {
  if (search.followed !== undefined || search.cursor !== undefined) return;
  const spec = SPECS[tabOf(search.tab)];
  client.setQueryData(boardKey(spec.path, boardQuery(spec, search, [])), firstPage(answer));
};
