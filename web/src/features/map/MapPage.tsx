import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { EmptyCatalogue } from "../../components/EmptyCatalogue.tsx";
import { Freshness } from "../../components/Freshness.tsx";
import { Main } from "../../components/Main.tsx";
import { MarketList } from "../../components/MarketList.tsx";
import {
  MissingChart,
  PanelNote,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../components/PanelParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { useActions } from "../../lib/actions.ts";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { CHANGE_PERIODS, changeOf, changePeriod } from "../../lib/changes.ts";
import { cycle } from "../../lib/display.ts";
import { cents, change, count, decimal, money } from "../../lib/format.ts";
import { go, type PageProps } from "../../lib/navigation.ts";
import { stringifySearch } from "../../lib/urlSearch.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { MOST_MARKETS, mapMarkets } from "./mapQuery.ts";
import { FULL_CHANGE, mapTree, type Period } from "./mapTree.ts";

const Treemap = lazy(async () => {
  const part = await import("./Treemap.tsx").catch(() => null);
  return { default: part?.Treemap ?? MissingChart };
});

const SHOWN_ROWS = 40;

/** The open markets as areas: as large as they are traded, coloured by how their price has moved. */
export function MapPage({ search }: PageProps) {
  const period = changePeriod(search.change);
  const { data, error, refetch } = useQuery(mapMarkets);
  const [pointed, setPointed] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const tree = useMemo(() => mapTree(data?.markets ?? [], period), [data, period]);
  const byId = useMemo(
    () => new Map(data?.markets.map((market) => [market.market_id, market])),
    [data?.markets],
  );
  useTitle("Market map");
  const show = (next: Period) => go(`/map${stringifySearch(next === "24h" ? {} : { change: next })}`, true);
  useActions([
    {
      id: "map-period",
      title: "Next period of the change",
      group: "Page",
      keys: "t",
      run: () => show(cycle(CHANGE_PERIODS, period)),
    },
  ]);
  const said = byId.get(pointed ?? focused ?? "");
  return (
    <Main className="page map" isBusy={!data && !error}>
      <div className="hd">
        <div className="t">
          <h1>Market map</h1>
          {data && (
            <span className="sub">
              <b>{count(tree.shown)}</b> of {count(data.total)} open
              {data.total > MOST_MARKETS && `, the ${MOST_MARKETS} most traded`}
              {tree.untraded > 0 && ` · ${count(tree.untraded)} without volume not drawn`}
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
        <Legend period={period} />
      </div>
      {data && <StaleNote error={error} />}
      {data ? (
        data.total === 0 ? (
          <EmptyCatalogue />
        ) : tree.shown === 0 ? (
          <PanelNote>No open market was traded in the last 24 hours.</PanelNote>
        ) : (
          <>
            <p className="map-read" aria-hidden="true">
              {said ? (
                <Pointed market={said} period={period} />
              ) : (
                "Point at a market to read it, or move through the list below."
              )}
            </p>
            <Suspense fallback={<div className="treemap" aria-busy="true" />}>
              <Treemap tree={tree} period={period} marked={focused} onPoint={setPointed} />
            </Suspense>
            <MapList markets={data.markets} period={period} onFocus={setFocused} />
          </>
        )
      ) : error ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <div className="treemap">
          <PanelSkeleton lines={12} />
        </div>
      )}
    </Main>
  );
}

function Pointed({ market, period }: { market: MarketRow; period: Period }) {
  return (
    <>
      <b>{market.title}</b> {market.outcomes[0]} {cents(market.price, market.tick_size)} ·{" "}
      {change(changeOf(market, period)).text} in {period} · {money(market.volume_24h)} traded in 24h
    </>
  );
}

/** What size and colour mean. */
function Legend({ period }: { period: Period }) {
  const most = decimal(FULL_CHANGE[period] * 100, 0);
  return (
    <p className="sub map-legend">
      <span>Area: volume in 24 hours</span>
      <span>
        ▼ {most} pp
        <span className="scale" aria-hidden="true" />▲ {most} pp, change in {period}
      </span>
      <span>
        <span className="swatch" aria-hidden="true" />
        unchanged or unknown
      </span>
    </p>
  );
}

interface MapListProps {
  markets: readonly MarketRow[];
  period: Period;
  onFocus(marketId: string | null): void;
}

/** The markets of the map as a table: for the keyboard, for screen readers, and for reading. */
function MapList({ markets, period, onFocus }: MapListProps) {
  const [isWhole, setWhole] = useState(false);
  const traded = markets.filter(({ volume_24h }) => volume_24h !== null && volume_24h > 0);
  const bySlug = useMemo(() => new Map(markets.map((market) => [market.slug, market.market_id])), [markets]);
  return (
    <section
      className="card"
      aria-label="The markets of the map"
      onFocus={({ target }) => {
        const href = target instanceof HTMLAnchorElement ? target.pathname : "";
        onFocus(bySlug.get(decodeURIComponent(href.replace(/^\/markets\//, ""))) ?? null);
      }}
      onBlur={() => onFocus(null)}
    >
      <h2>
        The same as a list <span className="sub">by volume in 24 hours</span>
      </h2>
      <MarketList
        caption="Markets of the map by volume in 24 hours"
        markets={isWhole ? traded : traded.slice(0, SHOWN_ROWS)}
        columns={["category", "price", `change_${period}`, "volume_24h"]}
      />
      {traded.length > SHOWN_ROWS && !isWhole && (
        <p className="more">
          <button type="button" className="link" onClick={() => setWhole(true)}>
            All {count(traded.length)}
          </button>
        </p>
      )}
    </section>
  );
}
