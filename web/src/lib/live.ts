import type { GenerationTick } from "./apiTypes.ts";
import { createStore } from "./store.ts";

/** What the terminal knows about the age of what it shows. Null until a reply or the stream has said so. */
export interface Freshness {
  /** Snapshot generation of the newest reply or stream event. */
  generation: number | null;
  /** Names the counts of the tape's windows that were last told of. */
  windowsVersion: string | null;
  lastSynced: string | null;
  stale: boolean;
  simulated: boolean;
  empty: boolean;
  /** False after a request that got no answer, until one does. */
  reachable: boolean;
}

export const freshness = createStore<Freshness>({
  generation: null,
  windowsVersion: null,
  lastSynced: null,
  stale: false,
  simulated: false,
  empty: false,
  reachable: true,
});

interface SaysHowFresh {
  generation: number;
  windows_version?: string;
  last_synced?: string | null;
  stale: boolean;
  simulated: boolean;
  completeness: string;
}

function saysHowFresh(metadata: unknown): metadata is SaysHowFresh {
  const candidate = metadata as Partial<SaysHowFresh> | null | undefined;
  return typeof candidate?.generation === "number" && typeof candidate.stale === "boolean";
}

/** Takes note of a reply's metadata, unless something newer has been seen. */
export function noteMetadata(metadata: unknown): void {
  if (!saysHowFresh(metadata)) return;
  const known = freshness.get();
  if (known.generation !== null && metadata.generation < known.generation) return;
  freshness.set({
    generation: metadata.generation,
    // The stream leads from here: an answer may be older than what it has told.
    windowsVersion: known.windowsVersion ?? metadata.windows_version ?? null,
    lastSynced: metadata.last_synced ?? null,
    stale: metadata.stale,
    simulated: metadata.simulated,
    empty: metadata.completeness === "empty",
    reachable: true,
  });
}

export function noteReachable(reachable: boolean): void {
  const known = freshness.get();
  if (known.reachable !== reachable) freshness.set({ ...known, reachable });
}

/** A stream that is being followed. */
export interface Following {
  isOpen(): boolean;
}

/**
 * Follows the stream of snapshot generations and calls `onNews` when what is shown may be out of date: at a new
 * generation or count of the tape's windows, when the stream is lost (only a request can tell whether the server is gone), and when it is back. The
 * browser reconnects by itself.
 */
export function followGenerations(url: string, onNews: () => void): Following {
  const source = new EventSource(url);
  let wasLost = false;
  source.addEventListener("error", () => {
    wasLost = true;
    onNews();
  });
  source.addEventListener("open", () => {
    if (wasLost) onNews();
    wasLost = false;
  });
  source.addEventListener("generation", (event) => {
    const tick = parseTick((event as MessageEvent<string>).data);
    if (tick === null) return;
    const known = freshness.get();
    freshness.set({
      ...known,
      generation: tick.generation,
      windowsVersion: tick.windows_version,
      lastSynced: tick.last_synced ?? known.lastSynced,
      stale: tick.stale,
      reachable: true,
    });
    const isNews =
      tick.generation !== known.generation ||
      (known.windowsVersion !== null && tick.windows_version !== known.windowsVersion);
    if (known.generation !== null && isNews) onNews();
  });
  return { isOpen: () => source.readyState === EventSource.OPEN };
}

function parseTick(text: string): GenerationTick | null {
  try {
    const value: unknown = JSON.parse(text);
    const candidate = value as Partial<GenerationTick> | null;
    const isTick = typeof candidate?.generation === "number" && typeof candidate.stale === "boolean";
    return isTick ? (candidate as GenerationTick) : null;
  } catch {
    return null;
  }
}
