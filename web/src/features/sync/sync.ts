import type { ItemMetadata, SyncOverview, SyncStatus } from "../../lib/apiTypes.ts";
import { ApiError, api, unwrap } from "../../lib/client.ts";
import { count, duration } from "../../lib/format.ts";
import { createStore } from "../../lib/store.ts";
import { toast } from "../../lib/toast.ts";

/** The sync that this tab asked for, while it runs. */
export const runningSync = createStore<SyncStatus | null>(null);

const isFinished = ({ status }: SyncStatus) => status !== "queued" && status !== "running";

/** What came of a sync, in a sentence. */
export function outcomeText(sync: SyncStatus): string {
  if (sync.status === "failed") return `Sync failed: ${sync.error ?? "no reason given"}`;
  const took = sync.duration_ms === null ? "" : ` in ${duration(sync.duration_ms)}`;
  const left = sync.quarantined > 0 ? `, ${count(sync.quarantined)} rows in quarantine` : "";
  const changed = `${count(sync.inserted)} new, ${count(sync.updated)} changed`;
  return `${sync.status === "partial" ? "Partial sync" : "Synced"}${took}: ${changed}${left}`;
}

function finish(sync: SyncStatus): void {
  runningSync.set(null);
  toast(outcomeText(sync), sync.status === "failed" ? "error" : "info");
}

async function finishIfEnded(id: string, source: EventSource): Promise<void> {
  const answer = await unwrap<SyncOverview, ItemMetadata>(api.GET("/api/polymarket/sync")).catch(() => null);
  const sync = answer?.data.recent.find((known) => known.sync_id === id);
  if (sync === undefined || !isFinished(sync) || source.readyState === EventSource.CLOSED) return;
  source.close();
  finish(sync);
}

/** Follows a sync's progress until it ends. */
function follow(started: SyncStatus): void {
  const source = new EventSource("/api/polymarket/sync/stream");
  source.addEventListener("progress", (event) => {
    let sync: SyncStatus;
    try {
      sync = JSON.parse((event as MessageEvent<string>).data) as SyncStatus;
    } catch {
      return;
    }
    if (sync.sync_id !== started.sync_id) return;
    runningSync.set(sync);
    if (!isFinished(sync)) return;
    source.close();
    finish(sync);
  });
  // It may have ended before the stream was open.
  source.addEventListener("open", () => void finishIfEnded(started.sync_id, source));
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    runningSync.set(null);
    toast("The sync goes on, but its progress can no longer be followed", "error");
  });
}

/** Asks the server to sync now. A second call while one runs joins it. */
export async function syncNow(): Promise<void> {
  if (runningSync.get() !== null) return;
  try {
    const { data } = await unwrap<SyncStatus, ItemMetadata>(api.POST("/api/polymarket/sync"));
    if (isFinished(data)) return finish(data);
    runningSync.set(data);
    follow(data);
  } catch (error) {
    const reason = error instanceof ApiError ? error.message : "unknown error";
    toast(`The sync was not started: ${reason}`, "error");
  }
}
