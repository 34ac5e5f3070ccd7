import { writeStored } from "./storage.ts";
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

/** What the page was painted with: the server's or the reader's choice, already on the document. */
function painted(): Display {
  const { theme, density } = document.documentElement.dataset;
  return {
    theme: THEMES.find((known) => known === theme) ?? "system",
    density: DENSITIES.find((known) => known === density) ?? "default",
  };
}

export const display = createStore<Display>(painted());

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
