import { useSyncExternalStore } from "react";

/** A clock that ticks every `periodMs` while anything watches it. */
function createTicker(periodMs: number): () => number {
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    timer ??= setInterval(() => {
      now = Date.now();
      for (const notify of listeners) notify();
    }, periodMs);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
  return () => useSyncExternalStore(subscribe, () => now);
}

/** The time in milliseconds, renewed every second. */
export const useSecond = createTicker(1_000);

/** The time in milliseconds, renewed every fifteen seconds: fine enough for ages and countdowns in a table. */
export const useNow = createTicker(15_000);
