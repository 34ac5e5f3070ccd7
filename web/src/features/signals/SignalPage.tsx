import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { Main } from "../../components/Main.tsx";
import { CopyableId, Fact, Figure, Instant, PageSkeleton } from "../../components/PageParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { MarketName } from "../../components/traders/MarketName.tsx";
import { Reasons } from "../../components/traders/Reasons.tsx";
import { useActions } from "../../lib/actions.ts";
import { cents, decimal, fixed } from "../../lib/format.ts";
import type { PageProps } from "../../lib/navigation.ts";
import { useVisit } from "../../lib/recent.ts";
import { useNow } from "../../lib/time.ts";
import { copy } from "../../lib/toast.ts";
import { ask } from "../../lib/traders/boardQueries.ts";
import type { Signal } from "../../lib/traders/contract.ts";
import { centsSpan, signalText } from "../../lib/traders/words.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { Outcome, SignalSide } from "./parts.tsx";

const signalById = (id: string) =>
  queryOptions<Signal>({
    queryKey: ["signal", id],
    queryFn: async ({ signal }) => (await ask<Signal>("/api/signals/{id}", {}, signal, { id })).data,
  });

/** One signal: what was said, from what, and what became of it. */
export function SignalPage({ id }: Pick<PageProps, "id">) {
  const { data: signal, error, refetch } = useQuery(signalById(id));
  const now = useNow();
  const title = signal && `${signalText(signal.kind)}: ${signal.market.question}`;
  useTitle(title);
  useVisit(`/signals/${id}`, title);
  useActions([
    {
      id: "copy-link",
      title: "Copy a link to this signal",
      group: "Page",
      keys: "y",
      run: () => void copy(window.location.href, "Link"),
    },
  ]);
  if (signal === undefined) {
    if (!error) return <PageSkeleton className="signal" />;
    return (
      <Main className="page signal">
        <ErrorState isPage error={error} retry={() => void refetch()} />
      </Main>
    );
  }
  const { result } = signal;
  return (
    <Main className="page signal">
      <div className="hd">
        <p className="crumb">
          <a href="/signals">Signals</a> ·{" "}
          <a href={`/signals?kind=${signal.kind}`}>{signalText(signal.kind)}</a>
        </p>
        <div className="t">
          <h1>{title}</h1>
        </div>
        <dl className="facts">
          <Figure label="For" isBig>
            <SignalSide signal={signal} />
          </Figure>
          <Figure label="Strength" title="0 to 100, by the kind's own scale; not a probability">
            {fixed(signal.strength, 0)}
          </Figure>
          <Figure label="n" title="Independent observations behind it">
            {decimal(signal.n, 1)}
          </Figure>
          <Figure label="Price then" title="The middle of bid and ask for the first outcome">
            {cents(signal.price)}
          </Figure>
          <Figure label="Cost" title="Half the spread and the fee, a share">
            {cents(signal.cost)}
          </Figure>
          <Figure label="Result, a share after cost">
            <Outcome signal={signal} now={now} />
          </Figure>
        </dl>
        <p className="sub">
          Published for research. What it was made of and what became of it is never changed.
        </p>
      </div>
      <div className="body">
        <div className="left">
          <section className="card" aria-label="Why">
            <h2>Why</h2>
            <Reasons ingredients={signal.ingredients} evidence={signal.evidence} />
          </section>
          <section className="card" aria-label="Market">
            <h2>Market</h2>
            <MarketName market={signal.market} isPlain />
          </section>
        </div>
        <aside className="right" aria-label="Result and record">
          <section className="card" aria-label="Result">
            <h2>Result</h2>
            <dl className="kv">
              <Fact label="State">
                <Outcome signal={signal} now={now} />
              </Fact>
              <Fact label="Due">
                {signal.due_at === null ? "when the market resolves" : <Instant value={signal.due_at} />}
              </Fact>
              {result && (
                <>
                  <Fact label="Settled">
                    <Instant value={result.settled_at} />
                  </Fact>
                  <Fact label="Price then">{cents(result.exit_price)}</Fact>
                  <Fact label="Gain a share">{centsSpan(result.gain)}</Fact>
                  <Fact label="After cost">
                    {result.net === null && result.status !== "void" ? "cost unknown" : centsSpan(result.net)}
                  </Fact>
                </>
              )}
            </dl>
          </section>
          <section className="card" aria-label="Record">
            <h2>Record</h2>
            <dl className="kv">
              <Fact label="Published">
                <Instant value={signal.published_at} />
              </Fact>
              <Fact label="From what was known">
                <Instant value={signal.as_of} />
              </Fact>
              <Fact label="Version">{signal.version}</Fact>
              <Fact label="Id">
                <CopyableId value={signal.id} name="Id" />
              </Fact>
            </dl>
          </section>
        </aside>
      </div>
    </Main>
  );
}

/** Puts what the server wrote into the page where its query looks for it. */
SignalPage.prime = (client: QueryClient, id: string, answer: unknown): void => {
  client.setQueryData(signalById(id).queryKey, (answer as { data: Signal }).data);
};
