import { useQuery } from "@tanstack/react-query";
import { PanelNote, PanelProblem, PanelSkeleton, StaleNote } from "../../components/PanelParts.tsx";
import type { MarketDetail, TimelineEntry } from "../../lib/apiTypes.ts";
import { local, utc } from "../../lib/format.ts";
import { statusTimeline } from "./live/liveQueries.ts";

/** Words of the oracle that are not here are shown as they are. */
const KIND: Readonly<Record<string, string>> = {
  opened: "Opened",
  rules_changed: "Rules changed",
  title_changed: "Title changed",
  end_date_changed: "End date changed",
  paused: "Orders paused",
  resumed: "Orders taken again",
  posed: "Question put to the oracle",
  proposed: "Outcome proposed",
  challenged: "Proposal challenged",
  disputed: "Disputed",
  resolved: "Resolved",
  closed: "Trading ended",
  reopened: "Reopened",
  delisted: "Delisted",
};

/** How a kind is marked: what needs attention is amber. */
export function toneOf(kind: string): "on" | "warn" | "off" {
  if (kind === "challenged" || kind === "disputed" || kind.endsWith("_changed")) return "warn";
  return ["delisted", "closed", "paused"].includes(kind) ? "off" : "on";
}

const SKELETON_LINES = 4;

/** What has happened to the market itself: opening, changes of its rules, proposals, disputes, resolution. */
export function StatusTimeline({ market }: { market: MarketDetail }) {
  const { data: entries, error, refetch } = useQuery(statusTimeline(market.market_id));
  return (
    <section className="card status" aria-label="Status timeline">
      <h2>Status</h2>
      {entries && <StaleNote error={error} />}
      {entries ? (
        <>
          {entries.length === 0 && (
            <PanelNote>Nothing has been recorded of this market's history yet.</PanelNote>
          )}
          <ol className="timeline">
            {entries
              .toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at))
              .map((entry) => (
                <Entry key={`${entry.kind} ${entry.at} ${entry.summary}`} entry={entry} />
              ))}
            <Ahead market={market} />
          </ol>
        </>
      ) : error ? (
        <PanelProblem error={error} what="The status timeline" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={SKELETON_LINES} />
      )}
    </section>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const isChange = entry.before !== null || entry.after !== null;
  return (
    <li data-tone={toneOf(entry.kind)}>
      <b>{KIND[entry.kind] ?? entry.kind}</b>
      <time dateTime={entry.at} title={local(entry.at)}>
        {utc(entry.at)}
      </time>
      {entry.summary && <p>{entry.summary}</p>}
      {isChange && (
        <details>
          <summary>Before and after</summary>
          <dl>
            <dt>Before</dt>
            <dd>{entry.before ?? "nothing"}</dd>
            <dt>After</dt>
            <dd>{entry.after ?? "nothing"}</dd>
          </dl>
        </details>
      )}
    </li>
  );
}

/** What the schedule says is still to come. */
function Ahead({ market }: { market: MarketDetail }) {
  if (market.status === "resolved") return null;
  return (
    <>
      {market.status === "open" && !market.awaiting_resolution && (
        <li data-tone="ahead">
          <b>End of trading</b>
          {market.end_date ? (
            <time dateTime={market.end_date} title={local(market.end_date)}>
              {utc(market.end_date)}, scheduled
            </time>
          ) : (
            <span className="mut">no date given</span>
          )}
        </li>
      )}
      <li data-tone="ahead">
        <b>Proposal, then resolution</b>
        <span className="mut">
          {market.uma_status ? `UMA: ${market.uma_status}` : "by the market's rules"}
        </span>
      </li>
    </>
  );
}
