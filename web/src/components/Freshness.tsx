import { ago } from "../lib/format.ts";
import { freshness } from "../lib/live.ts";
import { useStore } from "../lib/store.ts";
import { useNow } from "../lib/time.ts";
import { useOnline } from "../lib/useOnline.ts";

export type FreshState = "fresh" | "stale" | "offline" | "empty";

export interface FreshReport {
  state: FreshState;
  /** One or two words for the corner. */
  short: string;
  /** The whole sentence, with the age. */
  long: string;
}

/** What the terminal can say about the age of what it shows; null before the first answer. */
export function useFreshReport(): FreshReport | null {
  const { generation, lastSynced, stale, empty, reachable } = useStore(freshness);
  const isOnline = useOnline();
  const now = useNow();
  const age = lastSynced ? ago(lastSynced, now) : null;
  if (!isOnline || !reachable) {
    const last = age ? ` What you see was synced ${age}.` : "";
    return { state: "offline", short: "Offline", long: `No connection to the server.${last}` };
  }
  if (generation === null) return null;
  if (empty) return { state: "empty", short: "No data yet", long: "Nothing has been synced yet." };
  if (stale) {
    return {
      state: "stale",
      short: "Stale",
      long: `Polymarket has not answered lately: the last good sync was ${age ?? "at an unknown time"}.`,
    };
  }
  return { state: "fresh", short: "Up to date", long: age ? `Synced ${age}.` : "Up to date." };
}

/** A badge where the data is: silent while all is well, amber with the age when it is not. */
export function Freshness() {
  const report = useFreshReport();
  const { lastSynced } = useStore(freshness);
  const now = useNow();
  if (report === null) return null;
  if (report.state === "fresh") {
    return (
      <span className="sr" role="status">
        {report.long}
      </span>
    );
  }
  return (
    <span className="badge" data-state={report.state} role="status" title={report.long}>
      {report.short}
      {lastSynced && ` · synced ${ago(lastSynced, now)}`}
    </span>
  );
}
