import { count } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";
import { runningSync } from "./sync.ts";

/** One line while a sync asked for here runs. */
export function SyncProgress() {
  const sync = useStore(runningSync);
  if (!sync) return null;
  return (
    <span className="progress" role="status">
      Syncing · {count(sync.pages)} pages, {count(sync.markets_seen)} markets
    </span>
  );
}
