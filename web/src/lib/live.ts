import { createStore } from "./store.ts";

/** What the terminal knows about the age of what it shows. Null until a reply or the stream has said so. */
export interface Freshness {
  /** Snapshot generation of the newest reply or stream event. */
  generation: number | null;
  lastSynced: string | null;
  stale: boolean;
  simulated: boolean;
  empty: boolean;
  /** False after a request that got no answer, until one does. */
  reachable: boolean;
}

export const freshness = createStore<Freshness>({
  generation: null,
  lastSynced: null,
  stale: false,
  simulated: false,
  empty: false,
  reachable: true,
});

interface SaysHowFresh {
  generation: number;
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

interface GenerationEvent {
  generation: number;
  last_synced: string | null;
  stale: boolean;
}

function isGenerationEvent(value: unknown): value is GenerationEvent {
  const candidate = value as Partial<GenerationEvent> | null;
  return typeof candidate?.generation === "number";
}

/**
 * Follows the stream of snapshot generations and calls `onGeneration` for each new one. The browser reconnects by
 * itself; a lost stream is not an error for the reader as long as requests succeed.
 */
export function followGenerations(
  url: string,
  onGeneration: () => void,
): { isOpen(): boolean; stop(): void } {
  const source = new EventSource(url);
  source.addEventListener("generation", (event) => {
    let message: unknown;
    try {
      message = JSON.parse((event as MessageEvent<string>).data);
    } catch {
      return;
    }
    if (!isGenerationEvent(message)) return;
    const known = freshness.get();
    const isNew = known.generation !== null && message.generation > known.generation;
    freshness.set({
      ...known,
      generation: message.generation,
      lastSynced: message.last_synced,
      stale: message.stale ?? known.stale,
      reachable: true,
    });
    if (isNew) onGeneration();
  });
  return { isOpen: () => source.readyState === EventSource.OPEN, stop: () => source.close() };
}
