import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import {
  MissingChart,
  PanelNote,
  PanelProblem,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../../components/PanelParts.tsx";
import type { Bar, MarketDetail, Ohlc, TimelineEntry } from "../../../lib/apiTypes.ts";
import { momentLabel, otherZones } from "../../../lib/chartTime.ts";
import { cents, change, count, duration, money, percent, utc, words } from "../../../lib/format.ts";
import { priceBars, statusTimeline } from "../live/liveQueries.ts";
import { useShownPrices } from "../live/useShownPrices.ts";
import { toneOf } from "../StatusTimeline.tsx";
import type { Mark } from "./annotations.ts";
import { BarTable } from "./BarTable.tsx";
import { bandsOf, SECONDS, type Slot, slotsOf, summaryOf } from "./chartData.ts";
import { type ChartOutcome, type ChartSettings, INTERVAL, RANGES } from "./chartSettings.ts";

const PriceChart = lazy(async () => {
  const part = await import("./PriceChart.tsx").catch(() => null);
  return { default: part?.PriceChart ?? MissingChart };
});

interface PricePanelProps {
  market: MarketDetail;
  settings: ChartSettings;
  onSettings(change: Partial<ChartSettings>): void;
}

const WORDS: Readonly<Record<(typeof RANGES)[number], string>> = {
  "1h": "the last hour",
  "6h": "the last 6 hours",
  "1d": "the last day",
  "1w": "the last week",
  "1m": "the last month",
  "3m": "the last 3 months",
  max: "all time",
};

/** What the chart shows, as a sentence: for those who do not see it and for those who want the numbers. */
function sentence(ohlc: Ohlc, label: string, range: string, tick: number | null): string {
  const summary = summaryOf(ohlc);
  if (summary === null) return `No price of ${label} is known over ${range}.`;
  const { first, last, lowest, highest, bars, synthetic, volumeUsdc, gaps, gapSeconds } = summary;
  const parts = [
    `${label} over ${range}: from ${cents(first.open, tick)} to ${cents(last.close, tick)} (${change(summary.change).text})`,
    `lowest ${cents(lowest.low, tick)}, highest ${cents(highest.high, tick)}`,
    volumeUsdc === null ? "volume unknown" : `${money(volumeUsdc)} traded in the recorded bars`,
  ];
  if (synthetic > 0)
    parts.push(`${percent(synthetic / bars)} of ${count(bars)} bars approximate, from history`);
  if (gaps > 0) {
    parts.push(
      `${count(gaps)} ${gaps === 1 ? "gap" : "gaps"} of ${duration(gapSeconds * 1_000)} not recorded`,
    );
  }
  return `${parts.join("; ")}.`;
}

/** Names of kinds on the chart, where there is little room. */
function markOf(entry: TimelineEntry): Mark {
  return {
    time: Math.floor(Date.parse(entry.at) / 1_000),
    label: words(entry.kind),
    isWarning: toneOf(entry.kind) === "warn",
  };
}

/** Where our own recording of the market begins; before it there is only upstream's history. */
function beginningOf(recordedSince: string | null): Mark[] {
  if (recordedSince === null) return [];
  return [
    { time: Math.floor(Date.parse(recordedSince) / 1_000), label: "recording began", isWarning: false },
  ];
}

/** The price over time: a line or candles, volume, what was not recorded, and what happened to the market. */
export function PricePanel({ market, settings, onSettings }: PricePanelProps) {
  const { range, kind, outcome } = settings;
  const { prices, source } = useShownPrices(market);
  const asked = outcome === "1" ? 1 : 0;
  // The bars of the setting before stay until those of the next have come.
  const chart = useQuery({
    ...priceBars(market.market_id, range, INTERVAL[range], asked),
    placeholderData: (before, query) => (query?.queryKey[1] === market.market_id ? before : undefined),
  });
  const { data: timeline } = useQuery(statusTimeline(market.market_id));
  const [pointed, setPointed] = useState<{ index: number; byKey: boolean } | null>(null);
  const ohlc = chart.data;
  const index = ohlc?.outcome === 1 ? 1 : 0;
  const label = market.outcomes[index] ?? `Outcome ${index + 1}`;
  const shownRange = RANGES.find((known) => known === ohlc?.range) ?? range;
  const slots = useMemo(() => (ohlc ? slotsOf(ohlc) : []), [ohlc]);
  const bands = useMemo(() => (ohlc ? bandsOf(ohlc) : []), [ohlc]);
  const marks = useMemo(
    () =>
      [...(timeline ?? []).map(markOf), ...beginningOf(ohlc?.recorded_since ?? null)].sort(
        (left, right) => left.time - right.time,
      ),
    [timeline, ohlc?.recorded_since],
  );
  const onPoint = useCallback(
    (slot: number | null, byKey: boolean) => setPointed(slot === null ? null : { index: slot, byKey }),
    [],
  );
  const summary = ohlc ? sentence(ohlc, label, WORDS[shownRange], market.tick_size) : "";
  const apply = (next: Partial<ChartSettings>) => {
    setPointed(null);
    onSettings(next);
  };
  const outcomes: { value: ChartOutcome; label: string }[] =
    market.outcomes.length === 2
      ? [
          { value: "0", label: market.outcomes[0] ?? "1" },
          { value: "1", label: market.outcomes[1] ?? "2" },
          { value: "both", label: "both" },
        ]
      : [];
  return (
    <section className="card price" aria-label="Price">
      <div className="ph">
        <h2>Price</h2>
        <Segmented
          legend="Kind of chart"
          value={kind}
          options={[
            { value: "line", label: "Line" },
            { value: "candles", label: "Candles" },
          ]}
          onChange={(next) =>
            apply(next === "candles" && outcome === "both" ? { kind: next, outcome: "0" } : { kind: next })
          }
        />
        <Segmented
          legend="Range"
          value={range}
          options={RANGES.map((value) => ({ value, label: value, title: WORDS[value] }))}
          onChange={(next) => apply({ range: next })}
        />
        {outcomes.length > 0 && (
          <Segmented
            legend="Outcome of the chart"
            value={outcome}
            options={outcomes}
            onChange={(next) => apply({ outcome: next })}
          />
        )}
        <Legend ohlc={ohlc} />
      </div>
      {ohlc && <StaleNote error={chart.error} />}
      <div className="pbox" aria-busy={chart.isPlaceholderData}>
        {ohlc ? (
          slots.length === 0 ? (
            <PanelNote>
              No price is known for this range
              {ohlc.recorded_since ? `; recorded since ${utc(ohlc.recorded_since)}` : ""}. Try a longer range.
            </PanelNote>
          ) : (
            <>
              <Readout
                slot={pointed === null ? slots.at(-1) : slots[pointed.index]}
                tick={market.tick_size}
              />
              <Suspense fallback={<div className="pchart" aria-busy="true" />}>
                <PriceChart
                  slots={slots}
                  step={SECONDS[ohlc.interval]}
                  bands={bands}
                  marks={marks}
                  kind={kind}
                  outcome={index}
                  hasBoth={outcome === "both"}
                  price={prices[index] ?? null}
                  isStale={source === "stale"}
                  tick={market.tick_size}
                  view={`${market.market_id} ${shownRange} ${index}`}
                  summary={summary}
                  onPoint={onPoint}
                />
              </Suspense>
              <span className="sr" role="status">
                {pointed?.byKey && <ReadoutText slot={slots[pointed.index]} tick={market.tick_size} />}
              </span>
            </>
          )
        ) : chart.error ? (
          <PanelProblem error={chart.error} what="The price history" retry={() => void chart.refetch()} />
        ) : (
          <PanelSkeleton lines={8} />
        )}
      </div>
      {ohlc && slots.length > 0 && (
        <div className="pfoot">
          <p className="sub">{summary}</p>
          <BarTable slots={slots} bands={bands} label={label} tick={market.tick_size} />
          <a
            className="by"
            href={`/api/polymarket/ohlc/${market.market_id}/bars.csv?range=${range}&interval=${INTERVAL[range]}&outcome=${asked}`}
            download
            rel="nofollow"
            title="These bars with units, sources and gaps, for spreadsheets"
          >
            CSV
          </a>
          <a className="by" href="https://www.tradingview.com/" rel="noopener" target="_blank">
            Charts by TradingView
          </a>
        </div>
      )}
    </section>
  );
}

/** What the signs on the chart mean, as far as they are on it. */
function Legend({ ohlc }: { ohlc: Ohlc | undefined }) {
  if (!ohlc) return null;
  const last = ohlc.gaps.at(-1);
  const hasHistory = ohlc.bars.some(({ synthetic }) => synthetic);
  return (
    <span className="plegend">
      {last && (
        <span title={last.cause ?? undefined}>
          <span className="hatch" />
          not recorded
          {ohlc.gaps.length > 1
            ? `, ${count(ohlc.gaps.length)} times`
            : ` ${duration(Date.parse(last.to) - Date.parse(last.from))}${last.cause ? `, ${words(last.cause)}` : ""}`}
        </span>
      )}
      {hasHistory && (
        <span title="From upstream's price history: sampled, without volume, not true open, high, low and close">
          <span className="dashed" />
          approximate
        </span>
      )}
    </span>
  );
}

const SOURCE: Readonly<Record<Bar["source"], string>> = {
  trades: "trades",
  quotes: "mid of the quotes, no trade",
  history: "upstream's history, approximate",
};

function ReadoutText({ slot, tick }: { slot: Slot | undefined; tick: number | null }) {
  if (!slot) return null;
  const at = momentLabel(slot.time);
  const { bar } = slot;
  if (bar === null) return <>{at}: nothing recorded</>;
  return (
    <>
      {at}: open {cents(bar.open, tick)}, high {cents(bar.high, tick)}, low {cents(bar.low, tick)}, close{" "}
      {cents(bar.close, tick)}, volume {money(bar.volume_usdc)}, {SOURCE[bar.source]}
    </>
  );
}

function Readout({ slot, tick }: { slot: Slot | undefined; tick: number | null }) {
  const bar = slot?.bar ?? null;
  return (
    <p className="readout" aria-hidden="true">
      {slot && (
        <span>
          {momentLabel(slot.time)}
          {otherZones(slot.time).map((told) => ` · ${told}`)}
        </span>
      )}
      {bar === null ? (
        <span className="mut">not recorded</span>
      ) : (
        <>
          <span>
            O <b>{cents(bar.open, tick)}</b>
          </span>
          <span>
            H <b>{cents(bar.high, tick)}</b>
          </span>
          <span>
            L <b>{cents(bar.low, tick)}</b>
          </span>
          <span>
            C <b>{cents(bar.close, tick)}</b>
          </span>
          <span>
            Vol <b>{money(bar.volume_usdc)}</b>
          </span>
          {bar.trades !== null && bar.trades > 0 && (
            <span>
              {count(bar.trades)} {bar.trades === 1 ? "trade" : "trades"}
            </span>
          )}
          {bar.source !== "trades" && <span className="mut">{SOURCE[bar.source]}</span>}
        </>
      )}
    </p>
  );
}
