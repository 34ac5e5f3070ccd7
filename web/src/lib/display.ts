import { readStored, writeStored } from "./storage.ts";
import { createStore } from "./store.ts";

export const THEMES = ["system", "dark", "light"] as const;
export const DENSITIES = ["compact", "default", "comfortable"] as const;
export type Theme = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];

export interface Display {
  theme: Theme;
  density: Density;
}

/** The key is shared with `prepaint.js`, which applies the choice before the first paint. */
const KEY = "cascadian.display";

function isDisplay(value: unknown): value is Display {
  const candidate = value as Partial<Display> | null;
  return (
    typeof candidate === "object" &&
    candidate !== null &&
    THEMES.includes(candidate.theme as Theme) &&
    DENSITIES.includes(candidate.density as Density)
  );
}

export const display = createStore<Display>(
  readStored(KEY, { theme: "system", density: "default" }, isDisplay),
);

function apply({ theme, density }: Display): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  if (density === "default") delete dataset.density;
  else dataset.density = density;
}

export function changeDisplay(change: Partial<Display>): void {
  const next = { ...display.get(), ...change };
  display.set(next);
  writeStored(KEY, next);
  apply(next);
}

/** The value after `current` in `values`, around the end. */
export function cycle<Value>(values: readonly Value[], current: Value): Value {
  const next = values[(values.indexOf(current) + 1) % values.length];
  return next ?? current;
}
