import { useQuery } from "@tanstack/react-query";
import { Board, type BoardColumn } from "../../components/traders/Board.tsx";
import { AsOf, BoardWait, EmptyBoard } from "../../components/traders/HubParts.tsx";
import { MarketName } from "../../components/traders/MarketName.tsx";
import { count, flow, money, moneyExact, utc } from "../../lib/format.ts";
import { ask, boardKey } from "../../lib/traders/boardQueries.ts";
import type { FlowHour, Flows, MarketFlow } from "../../lib/traders/contract.ts";
import { boardQuery, changedHref, isNarrowed } from "../../lib/traders/filters.ts";
import { basisText, classText } from "../../lib/traders/words.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { FlowChart } from "./FlowChart.tsx";
import { chartedHours, flowTotals } from "./flowBars.ts";
import { SPECS } from "./tabs.ts";

const REFRESH_MS = 30_000;

/** A flow with its sign, the exact amount on hover. It is a direction, not a profit: it takes the colours of outcomes. */
function Net({ value }: { value: number }) {
  return (
    <span className={value > 0 ? "yes" : value < 0 ? "no" : "mut"} title={moneyExact(value)}>
      {flow(value)}
    </span>
  );
}

const COLUMNS: readonly BoardColumn<MarketFlow>[] = [
  {
    id: "market",
    header: "Market",
    isText: true,
    place: "p1",
    cell: ({ market }) => <MarketName market={market} isPlain />,
  },
  {
    id: "net",
    header: "Net",
    description: "Toward the first outcome, USDC: bought it or sold the second, less the opposite",
    place: "p2",
    cell: ({ net_usdc }) => <Net value={net_usdc} />,
  },
  {
    id: "bought",
    header: "For it",
    description: "Bought the first outcome or sold the second, USDC",
    isQuiet: true,
    cell: ({ bought_usdc }) => <span title={moneyExact(bought_usdc)}>{money(bought_usdc)}</span>,
  },
  {
    id: "sold",
    header: "Against it",
    description: "Sold the first outcome or bought the second, USDC",
    isQuiet: true,
    cell: ({ sold_usdc }) => <span title={moneyExact(sold_usdc)}>{money(sold_usdc)}</span>,
  },
  {
    id: "classes",
    header: "Net by class",
    isText: true,
    place: "p3",
    cell: ({ by_class }) => (
      <span className="by-class">
        {by_class
          .toSorted((left, right) => Math.abs(right.net_usdc) - Math.abs(left.net_usdc))
          .map((part) => (
            <span key={part.class}>
              <span className={`swatch-box cl-${part.class}`} />
              {classText(part.class)} <Net value={part.net_usdc} />
            </span>
          ))}
      </span>
    ),
  },
  {
    id: "trades",
    header: "Trades",
    isQuiet: true,
    cell: ({ trades }) => count(trades),
  },
];

/** Who moved money toward which outcome: by hour and class, and by market. */
export function FlowsTab({ search }: { search: UrlSearch }) {
  const spec = SPECS.flows;
  const query = boardQuery(spec, search, []) ?? {};
  const {
    data: answer,
    error,
    refetch,
    isPlaceholderData,
  } = useQuery({
    queryKey: boardKey(spec.path, query),
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) => ask<Flows>(spec.path, query, signal),
  });
  if (answer === undefined) return <BoardWait error={error} retry={() => void refetch()} />;
  const { data, metadata } = answer;
  const completeSince = data.complete_since ? Date.parse(data.complete_since) : null;
  const charted = chartedHours(data.hours, completeSince);
  if (data.hours.length === 0 && data.markets.length === 0) {
    const cleared = Object.fromEntries(spec.filters.map((name) => [name, undefined]));
    return (
      <EmptyBoard
        waitingFor={data.waiting_for}
        what="flows"
        resetHref={isNarrowed(spec, search) ? changedHref("/whales", search, cleared) : null}
      />
    );
  }
  return (
    <>
      <section className="lead" aria-label="Flow by time and class">
        <Totals hours={data.hours} />
        <FlowChart hours={charted} toward="the first outcome" completeSince={completeSince} />
        <p className="sub">
          Adjusted for direction: buying the first outcome and selling the second count alike, as toward the
          first. From {basisText(data.basis)}: whoever rested took the other side and is not named.{" "}
          {data.complete_since
            ? `Complete since ${utc(data.complete_since)}; before it, hatched, trades may be missing.`
            : "Since when it is complete is unknown."}
          {charted.length < data.hours.length &&
            ` The ${count(data.hours.length - charted.length)} hours before the chart are in the table.`}
        </p>
        <HourTable hours={data.hours} />
      </section>
      <Board
        kind="flows"
        caption={`Flow of ${data.markets.length} markets, the largest first`}
        columns={COLUMNS}
        rows={data.markets}
        keyOf={({ market }) => market.id}
        isBusy={isPlaceholderData}
        foot={
          <div className="foot2">
            {error && <span className="warn">Not refreshed: {error.message}</span>}
            <span className="end">
              <AsOf metadata={metadata} />
            </span>
          </div>
        }
      />
    </>
  );
}

function Totals({ hours }: { hours: readonly FlowHour[] }) {
  return (
    <ul className="class-legend" aria-label="Net by class over all hours">
      {flowTotals(hours).map((total) => (
        <li key={total.class}>
          <span className={`swatch-box cl-${total.class}`} />
          {classText(total.class)} <Net value={total.net} />{" "}
          <span className="mut">{count(total.trades)} trades</span>
        </li>
      ))}
    </ul>
  );
}

/** The chart as a table. */
function HourTable({ hours }: { hours: readonly FlowHour[] }) {
  return (
    <details className="bars">
      <summary>Data table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="bars-scroll" aria-label="Flow by hour and class, as a table" tabIndex={0}>
        <table className="mini">
          <thead>
            <tr>
              <th className="l" scope="col">
                Hour, UTC
              </th>
              <th className="l" scope="col">
                Class
              </th>
              <th scope="col">For it</th>
              <th scope="col">Against it</th>
              <th scope="col">Net</th>
              <th scope="col">Trades</th>
              <th scope="col">Wallets</th>
            </tr>
          </thead>
          <tbody>
            {hours.flatMap(({ hour, by_class }) =>
              by_class.map((part) => (
                <tr key={`${hour} ${part.class}`}>
                  <td className="l">{utc(hour)}</td>
                  <td className="l">{classText(part.class)}</td>
                  <td>{moneyExact(part.bought_usdc)}</td>
                  <td>{moneyExact(part.sold_usdc)}</td>
                  <td>
                    <Net value={part.net_usdc} />
                  </td>
                  <td>{count(part.trades)}</td>
                  <td
                    title={
                      part.wallets === null ? "Over several markets a wallet would count twice" : undefined
                    }
                  >
                    {count(part.wallets)}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </section>
    </details>
  );
}
