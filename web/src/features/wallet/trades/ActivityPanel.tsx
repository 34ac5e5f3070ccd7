import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import {
  PanelNote,
  PanelProblem,
  PanelSkeleton,
  Segmented,
  StaleNote,
} from "../../../components/PanelParts.tsx";
import { count, money, moneyExact, words } from "../../../lib/format.ts";
import { stringifySearch, type UrlSearch } from "../../../lib/urlSearch.ts";
import { changeSearch } from "../address.ts";
import { type Subject, walletActivity } from "../walletQueries.ts";
import { activeDays, type DayLine } from "./days.ts";
import { ACTS, kindsOf } from "./tradeFilter.ts";

const SHOWN_MARKETS = 2;

/** What the wallet did, day by day: trades, splits, merges, redemptions, conversions, rewards, money in and out. */
export function ActivityPanel({ subject, search }: { subject: Subject; search: UrlSearch }) {
  const kinds = kindsOf(search);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    walletActivity(subject, "activity", kinds),
  );
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data), [data]);
  const days = useMemo(() => activeDays(rows ?? []), [rows]);
  // The last day may go on in what is not loaded: its counts would be too small.
  const whole = hasNextPage && days.length > 1 ? days.slice(0, -1) : days;
  const isCut = hasNextPage && days.length === 1;
  return (
    <section className="card activity" aria-label="Activity">
      <h2>
        Activity
        <span className="sub">days of UTC</span>
        <span className="end">
          <a
            className="chip"
            href={`/api/polymarket/wallet/${subject.address}/activity.csv${stringifySearch({ ...kinds })}`}
            download
            rel="nofollow"
            title="Everything recorded that the wallet did, for spreadsheets"
          >
            CSV
          </a>
        </span>
      </h2>
      <div className="tape-tools">
        <Segmented
          legend="Kind of activity"
          value={search.acts === ACTS.others ? ACTS.others : ""}
          options={[
            { value: "", label: "everything" },
            { value: ACTS.others, label: "but trades" },
          ]}
          onChange={(acts) => changeSearch({ acts })}
        />
      </div>
      {rows && <StaleNote error={error} />}
      {rows ? (
        whole.length === 0 ? (
          <PanelNote>
            {kinds.kinds
              ? "No split, merge, conversion, redemption, reward, deposit or withdrawal is recorded."
              : "Nothing that this wallet did is recorded."}
          </PanelNote>
        ) : (
          <section
            className="timeline-room"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            aria-label="Days, the newest first"
          >
            <ol className="timeline">
              {whole.map(({ date, lines }) => (
                <li key={date} data-tone="off">
                  <b>
                    <time dateTime={date}>{date}</time>
                  </b>
                  <ul>
                    {lines.map((line) => (
                      <Line key={line.key} line={line} isAtLeast={isCut} />
                    ))}
                  </ul>
                </li>
              ))}
            </ol>
          </section>
        )
      ) : error ? (
        <PanelProblem error={error} what="The activity" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={8} />
      )}
      {rows && hasNextPage && (
        <p className="more">
          <button
            type="button"
            className="link"
            disabled={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {isFetchingNextPage ? "Loading" : "Earlier"}
          </button>
        </p>
      )}
    </section>
  );
}

function Line({
  line: { kind, side, count: times, usdc, markets },
  isAtLeast,
}: {
  line: DayLine;
  isAtLeast: boolean;
}) {
  const what = kind === "trade" && side ? side : words(kind);
  const more = markets.length - SHOWN_MARKETS;
  return (
    <li>
      {isAtLeast && "≥ "}
      {count(times)} × {what} <span title={moneyExact(usdc)}>{money(usdc)}</span>
      {markets.length > 0 && (
        <span className="mut">
          {" "}
          {markets.slice(0, SHOWN_MARKETS).join("; ")}
          {more > 0 && ` and ${count(more)} more`}
        </span>
      )}
    </li>
  );
}
