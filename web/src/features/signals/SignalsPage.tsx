import type { QueryClient } from "@tanstack/react-query";
import { Main } from "../../components/Main.tsx";
import { BoardList, CsvLink } from "../../components/traders/BoardList.tsx";
import { FilterBar } from "../../components/traders/FilterBar.tsx";
import type { PageProps } from "../../lib/navigation.ts";
import { boardKey, firstPage } from "../../lib/traders/boardQueries.ts";
import type { SignalPage as Ledger, Signal } from "../../lib/traders/contract.ts";
import { boardQuery } from "../../lib/traders/filters.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { SIGNALS, SPEC } from "./board.tsx";
import { useSignalFeed } from "./signalFeed.ts";
import { Tally } from "./Tally.tsx";

/** The ledger of signals: nothing is taken out of it, and what was wrong stays as it was said. */
export function SignalsPage({ search }: Pick<PageProps, "search">) {
  useTitle("Signals");
  useSignalFeed();
  return (
    <Main className="list hub signals">
      <section className="col">
        <div className="head">
          <div className="a">
            <h1>Signals</h1>
            <span className="sub">
              every one that was published, losses included; settled by the market, not by opinion
            </span>
            <div className="tools">
              <CsvLink spec={SPEC} search={search} />
            </div>
          </div>
          <FilterBar path="/signals" spec={SPEC} search={search} />
        </div>
        <BoardList<Signal, Ledger>
          kind={SIGNALS}
          path="/signals"
          search={search}
          lead={({ tally }) => <Tally rows={tally} />}
        />
      </section>
    </Main>
  );
}

/** Puts what the server wrote into the page where its list looks for it. */
SignalsPage.prime = (client: QueryClient, _id: string, answer: unknown, search: UrlSearch): void => {
  if (search.cursor !== undefined) return;
  client.setQueryData(boardKey(SPEC.path, boardQuery(SPEC, search, [])), firstPage(answer));
};
