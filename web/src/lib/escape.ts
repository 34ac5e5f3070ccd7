import { useEffect, useRef } from "react";

/** Layers that Escape closes, one at a time, the newest first. */
const layers: { close(): void }[] = [];

/** Closes the topmost layer; false when there is none. */
export function closeTopLayer(): boolean {
  const top = layers.at(-1);
  top?.close();
  return top !== undefined;
}

/** While `isOpen`, Escape calls `close` unless something newer is open. */
export function useEscape(isOpen: boolean, close: () => void): void {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (!isOpen) return;
    const layer = { close: () => latest.current() };
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, [isOpen]);
}
