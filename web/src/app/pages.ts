import type { IconName } from "../components/Icon.tsx";

/** The pages of the navigation: the icon, whose name is also the page's address, the title and the shortcut. */
export const PAGES: readonly (readonly [IconName, string, string])[] = [
  ["markets", "Screener", "g m"],
  ["events", "Events", "g e"],
  ["wallets", "Wallets", "g w"],
  ["whales", "Whales", "g h"],
  ["signals", "Signals", "g s"],
  ["insiders", "Informed flow", "g i"],
  ["scores", "Scores", "g r"],
  ["map", "Map", "g p"],
  ["categories", "Categories", "g c"],
];
