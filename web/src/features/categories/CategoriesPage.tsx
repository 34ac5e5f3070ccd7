import { useQuery } from "@tanstack/react-query";
import { Bar, Change, Money } from "../../components/Figures.tsx";
import { Freshness } from "../../components/Freshness.tsx";
import { CategoryMark } from "../../components/Icon.tsx";
import { Main } from "../../components/Main.tsx";
import { PanelNote, PanelSkeleton, Segmented, StaleNote } from "../../components/PanelParts.tsx";
import { ErrorState, State } from "../../components/State.tsx";
import { useActions } from "../../lib/actions.ts";
import type { CategoryRow } from "../../lib/apiTypes.ts";
import { CHANGE_PERIODS, type ChangePeriod, changePeriod } from "../../lib/changes.ts";
import { cycle } from "../../lib/display.ts";
import { cents, count, money, moneyExact } from "../../lib/format.ts";
import { go, type PageProps } from "../../lib/navigation.ts";
import { stringifySearch } from "../../lib/urlSearch.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { categories } from "./categoriesQuery.ts";
import { primeCategories } from "./primeCategories.ts";

const SKELETONS = ["a", "b", "c", "d", "e", "f"];

/** Unknown volumes last. */
const byVolume = (left: CategoryRow, right: CategoryRow) =>
  (right.volume_24h ?? -1) - (left.volume_24h ?? -1);

/** Every category: how much is in it, what closes soon, what is traded most. */
export function CategoriesPage({ search }: PageProps) {
  const period = changePeriod(search.change);
  const { data: answer, error, refetch } = useQuery(categories);
  const show = (next: ChangePeriod) =>
    go(`/categories${stringifySearch(next === "24h" ? {} : { change: next })}`, true);
  useTitle("Categories");
  useActions([
    {
      id: "categories-period",
      title: "Next period of the change",
      group: "Page",
      keys: "t",
      run: () => show(cycle(CHANGE_PERIODS, period)),
    },
  ]);
  const rows = answer?.data.toSorted(byVolume) ?? [];
  const largest = Math.max(0, ...rows.map((row) => row.volume_24h ?? 0));
  return (
    <Main className="page categories" isBusy={!answer && !error}>
      <div className="hd">
        <div className="t">
          <h1>Categories</h1>
          {answer && (
            <span className="sub">
              <b>{count(rows.length)}</b> by volume in 24 hours
            </span>
          )}
          <Freshness />
          <span className="end">
            <Segmented
              legend="Period of the change"
              value={period}
              options={CHANGE_PERIODS.map((value) => ({ value, label: value }))}
              onChange={show}
            />
          </span>
        </div>
      </div>
      {answer && <StaleNote error={error} />}
      {answer ? (
        rows.length === 0 ? (
          <State title="No category has a market yet" />
        ) : (
          <div className="cats">
            {rows.map((row) => (
              <Category key={row.category} row={row} largest={largest} period={period} />
            ))}
          </div>
        )
      ) : error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <div className="cats">
          {SKELETONS.map((key) => (
            <section key={key} className="card">
              <PanelSkeleton lines={6} />
            </section>
          ))}
        </div>
      )}
    </Main>
  );
}

/** What the server wrote into the page is put where its query looks for it. */
CategoriesPage.prime = primeCategories;

interface CategoryProps {
  row: CategoryRow;
  /** Volume of the most traded category. */
  largest: number;
  period: ChangePeriod;
}

function Category({ row, largest, period }: CategoryProps) {
  const id = `category-${row.category}`;
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>
        <CategoryMark category={row.category === "unknown" ? null : row.category} />
        <a href={`/markets?category=${encodeURIComponent(row.category)}`}>{row.label}</a>
        <span className="sub">
          <a href={`/events?category=${encodeURIComponent(row.category)}`}>
            {count(row.events)} {row.events === 1 ? "event" : "events"}
          </a>
        </span>
      </h2>
      <dl className="cat-facts">
        <div>
          <dt>Volume 24 h</dt>
          <dd title={moneyExact(row.volume_24h)}>
            {row.volume_24h !== null && largest > 0 && <Bar share={row.volume_24h / largest} />}
            <b>{money(row.volume_24h)}</b>
          </dd>
        </div>
        <div>
          <dt>Liquidity</dt>
          <dd title={moneyExact(row.liquidity)}>{money(row.liquidity)}</dd>
        </div>
        <div>
          <dt>Open markets</dt>
          <dd>{count(row.markets)}</dd>
        </div>
        <div>
          <dt title="Scheduled to end within 24 hours">Close in 24 h</dt>
          <dd>{count(row.closing_soon)}</dd>
        </div>
      </dl>
      {row.top_markets.length === 0 ? (
        <PanelNote>Nothing was traded in the last 24 hours.</PanelNote>
      ) : (
        <table className="mini tops3">
          <caption className="sr">Most traded in {row.label}</caption>
          <thead>
            <tr>
              <th className="l" scope="col">
                Most traded
              </th>
              {["Price", `Change ${period}`, "Volume 24h"].map((header) => (
                <th key={header} scope="col">
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {row.top_markets.map((market) => (
              <tr key={market.market_id}>
                <td className="l">
                  <a className="mk" href={`/markets/${market.slug}`}>
                    <span className="t">{market.title}</span>
                  </a>
                </td>
                <td>
                  <b>{cents(market.price)}</b>
                </td>
                <td>
                  <Change value={market[`change_${period}`]} subject={`${market.market_id} ${period}`} />
                </td>
                <td className="f2">
                  <Money value={market.volume_24h} subject={market.market_id} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
