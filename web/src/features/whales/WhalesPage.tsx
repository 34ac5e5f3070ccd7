import type { QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Main } from "../../components/Main.tsx";
import { BoardList, CsvLink } from "../../components/traders/BoardList.tsx";
import { FilterBar } from "../../components/traders/FilterBar.tsx";
import { Tabs } from "../../components/traders/HubParts.tsx";
import type { PageProps } from "../../lib/navigation.ts";
import { boardKey, firstPage } from "../../lib/traders/boardQueries.ts";
import { boardQuery, changedHref } from "../../lib/traders/filters.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { CONCENTRATION, FLIPS, POSITIONS, TRADES } from "./boards.tsx";
import { FlowsTab } from "./FlowsTab.tsx";
import { ScoreboardTab } from "./ScoreboardTab.tsx";
import { SPECS, TABS, type Tab, tabOf } from "./tabs.ts";

const PATH = "/whales";

const LINES: Readonly<Record<Tab, string>> = {
  trades: "trades that are large for their market or in dollars, by taker",
  positions: "what the largest hold, from their own histories",
  flows: "what takers of each class did on balance, toward the first outcome",
  flips: "wallets that turned to the other side of an event",
  concentration: "how much of an outcome its largest holders have",
  scoreboard: "size, skill and conduct, each with its interval; size is a fact, skill a separate claim",
};

/** What large and scored wallets do: one filter bar, and a list for each way to look at it. */
export function WhalesPage({ search }: Pick<PageProps, "search">) {
  const tab = tabOf(search.tab);
  const spec = SPECS[tab];
  useTitle(tab === "trades" ? "Whales" : `Whales, ${tab}`);
  return (
    <Main className="list hub whales">
      <section className="col">
        <div className="head">
          <div className="a">
            <h1>Whales</h1>
            <span className="sub">{LINES[tab]}</span>
            <div className="tools">{tab !== "flows" && <CsvLink spec={spec} search={search} />}</div>
          </div>
          <Tabs
            label="Lists of whales"
            current={tab}
            tabs={TABS.map(([id, label]) => ({
              id,
              label,
              href: changedHref(PATH, search, { tab: id === "trades" ? undefined : id, sort: undefined }),
            }))}
          />
          <FilterBar path={PATH} spec={spec} search={search} />
        </div>
        <Scope search={search} />
        <List tab={tab} search={search} />
      </section>
    </Main>
  );
}

/** Puts what the server wrote into the page where its list looks for it. */
WhalesPage.prime = (client: QueryClient, _id: string, answer: unknown, search: UrlSearch): void => {
  // The server does not know who is followed, and a page further down is not the first.
  if (search.followed !== undefined || search.cursor !== undefined) return;
  const spec = SPECS[tabOf(search.tab)];
  const key = boardKey(spec.path, boardQuery(spec, search, []));
  if (spec === SPECS.flows) client.setQueryData(key, answer);
  else client.setQueryData(key, firstPage(answer));
};

function List({ tab, search }: { tab: Tab; search: UrlSearch }): ReactNode {
  switch (tab) {
    case "trades":
      return <BoardList kind={TRADES} path={PATH} search={search} lead={() => <Hidden search={search} />} />;
    case "positions":
      return <BoardList kind={POSITIONS} path={PATH} search={search} />;
    case "flows":
      return <FlowsTab search={search} />;
    case "flips":
      return <BoardList kind={FLIPS} path={PATH} search={search} />;
    case "concentration":
      return <BoardList kind={CONCENTRATION} path={PATH} search={search} />;
    case "scoreboard":
      return <ScoreboardTab search={search} />;
  }
}

/** Says what the list leaves out unless it is asked for, and offers it. */
function Hidden({ search }: { search: UrlSearch }) {
  const isEndgame = search.endgame === "show";
  const areMakers = search.makers === "show" || search.class === "maker_like" || search.class === "bot_like";
  return (
    <p className="notice" data-kind="told">
      {isEndgame
        ? "Trades at 95¢ and more, or 5¢ and less, are shown. "
        : "Trades at 95¢ and more, or 5¢ and less, are hidden: they mostly collect what is decided. "}
      <a
        className="link"
        href={changedHref(PATH, search, { endgame: isEndgame ? undefined : "show" })}
        data-replace
      >
        {isEndgame ? "Hide them" : "Show them"}
      </a>{" "}
      {areMakers
        ? "Maker-like and bot-like wallets are shown. "
        : "Maker-like and bot-like wallets are hidden: their size says nothing about their opinion. "}
      {!search.class && (
        <a
          className="link"
          href={changedHref(PATH, search, { makers: areMakers ? undefined : "show" })}
          data-replace
        >
          {areMakers ? "Hide them" : "Show them"}
        </a>
      )}
    </p>
  );
}

/** Names the one market or event that the lists are about, where the address names one. */
function Scope({ search }: { search: UrlSearch }) {
  const { market, event } = search;
  if (!market && !event) return null;
  return (
    <p className="notice" data-kind="told">
      Only {market ? "one market" : "one event"},{" "}
      <a className="link" href={market ? `/markets/${market}` : `/events/${event}`}>
        {market ?? event}
      </a>
      .{" "}
      <a
        className="link"
        href={changedHref(PATH, search, { market: undefined, event: undefined })}
        data-replace
      >
        Show all
      </a>
    </p>
  );
}
