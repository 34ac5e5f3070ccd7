import { useMemo, useSyncExternalStore } from "react";
import { display } from "./display.ts";
import { useStore } from "./store.ts";

/** Tokens that a canvas needs as plain colours; the stylesheet's own form is `light-dark(…)`, which a canvas cannot read. */
const TOKENS = [
  "bg",
  "panel",
  "raised",
  "hover",
  "line",
  "line-strong",
  "fg",
  "fg-2",
  "fg-3",
  "fg-4",
  "yes",
  "no",
  "up",
  "down",
  "warn",
  "model",
] as const;

export type Token = (typeof TOKENS)[number];
export type Palette = Readonly<Record<Token, string>>;

function readPalette(): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colours = TOKENS.map((token) => {
    probe.style.color = `var(--${token})`;
    return [token, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(colours) as Palette;
}

const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function subscribeToSystem(listener: () => void): () => void {
  systemDark.addEventListener("change", listener);
  return () => systemDark.removeEventListener("change", listener);
}

/** The colours of the present theme, the same object until it changes. */
export function usePalette(): Palette {
  const { theme } = useStore(display);
  const isDark = useSyncExternalStore(subscribeToSystem, () => systemDark.matches);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is read from the document changes with these two
  return useMemo(readPalette, [theme, isDark]);
}

/** A colour `rgb(r, g, b)` made transparent. */
export function faded(colour: string, opacity: number): string {
  const channels = colour.match(/[\d.]+/g)?.slice(0, 3);
  return channels?.length === 3 ? `rgba(${channels.join(", ")}, ${opacity})` : colour;
}
