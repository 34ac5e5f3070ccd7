import { syncNow } from "../features/sync/sync.ts";
import type { Action } from "../lib/actions.ts";
import { changeDisplay, DENSITIES, THEMES } from "../lib/display.ts";
import { go } from "../lib/navigation.ts";
import { PAGES } from "./pages.ts";

interface ShellDoors {
  openPalette(): void;
  openShortcuts(): void;
}

/** What can be done from every page. */
export function shellActions({ openPalette, openShortcuts }: ShellDoors): Action[] {
  return [
    ...PAGES.map(
      ([page, title, keys]): Action => ({
        id: `go-${page}`,
        title: `Go to ${title}`,
        group: "Go to",
        keys,
        run: () => go(`/${page}`),
      }),
    ),
    { id: "go-docs", title: "Read the API", group: "Go to", run: () => window.location.assign("/docs") },
    { id: "palette", title: "Find", group: "Go to", keys: "⌘K", keyboardOnly: true, run: openPalette },
    { id: "shortcuts", title: "Show all shortcuts", group: "View", keys: "?", run: openShortcuts },
    ...THEMES.map(
      (theme): Action => ({
        id: `theme-${theme}`,
        title: `Theme: ${theme}`,
        group: "View",
        run: () => changeDisplay({ theme }),
      }),
    ),
    ...DENSITIES.map(
      (density): Action => ({
        id: `density-${density}`,
        title: `Density: ${density}`,
        group: "View",
        run: () => changeDisplay({ density }),
      }),
    ),
    { id: "sync", title: "Sync the catalogue now", group: "Catalogue", run: () => void syncNow() },
  ];
}
