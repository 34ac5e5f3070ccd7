import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../../lib/urlSearch.ts";
import { RANGE_FILTERS } from "./filters.ts";
import {
  CATEGORIES,
  CLOSES,
  EMPTY_SCREEN,
  effectiveSort,
  nextSort,
  parseScreen,
  type Screen,
  SORT_COLUMNS,
  STATUSES,
  screenToQuery,
  screenToSearch,
  shownPeriod,
  TRAITS,
  toggled,
  withPeriod,
} from "./screen.ts";

/** A small deterministic generator (mulberry32), so that a failing screen can be found again by its seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function arbitraryScreen(seed: number): Screen {
  const random = randomFrom(seed);
  const some = <Value>(values: readonly Value[]) => values.filter(() => random() < 0.25);
  const one = <Value>(values: readonly [Value, ...Value[]] | readonly Value[]) =>
    values[Math.floor(random() * values.length)] as Value;
  const bounds: Record<string, number> = {};
  for (const { name, lowest, highest } of RANGE_FILTERS) {
    for (const end of ["min", "max"]) {
      if (random() > 0.3) continue;
      const low = lowest ?? 0;
      bounds[`${name}_${end}`] = low + random() * ((highest ?? 1e7) - low);
    }
  }
  return {
    q: one(["", "bitcoin", "a & b = c?", "100% — «ü» #1", "x,y:z+w"]),
    status: one(STATUSES),
    category: some(CATEGORIES),
    tag: some(["us-politics", "fed", "2026_elections"]),
    closes: some(CLOSES),
    traits: some(TRAITS),
    bounds,
    ends_after: one([null, "2026-03-01T00:00:00Z"]),
    ends_before: one([null, "2026-04-01T00:00:00+02:00"]),
    active: one([null, "true", "false"]),
    closed: one([null, "true", "false"]),
    sort: some(SORT_COLUMNS)
      .slice(0, 4)
      .map((column) => ({ column, descending: random() < 0.5 })),
    cols: one([[], ["title", "price"], ["title", "volume_7d", "end_date"]]),
  };
}

describe("a screen in the address", () => {
  it("comes back as it went, whatever it holds", () => {
    for (let seed = 0; seed < 500; seed++) {
      const screen = arbitraryScreen(seed);
      const address = stringifySearch(screenToSearch(screen));
      expect(parseScreen(parseSearch(address)), `seed ${seed}: ${address}`).toEqual({
        screen,
        ignored: [],
      });
    }
  });

  it("is empty by default", () => {
    expect(stringifySearch(screenToSearch(EMPTY_SCREEN))).toBe("");
    expect(parseScreen({})).toEqual({ screen: EMPTY_SCREEN, ignored: [] });
  });

  it("leaves out what it cannot understand, and says so", () => {
    const { screen, ignored } = parseScreen({
      price_min: "abc",
      spread_max: "7",
      category: "politics,cooking",
      colour: "blue",
      status: "all",
    });
    expect(screen).toEqual({ ...EMPTY_SCREEN, status: "all" });
    expect(ignored.map(({ field }) => field)).toEqual(["price_min", "spread_max", "category", "colour"]);
    expect(ignored[1]?.message).toBe("must be at most 1");
  });

  it("understands the aliases of the API and repeated keys of a plain form", () => {
    const { screen } = parseScreen(
      parseSearch("?volume_min=5000&category=world&category=politics&price_min="),
    );
    expect(screen.bounds).toEqual({ volume_24h_min: 5000 });
    expect(screen.category).toEqual(["world", "politics"]);
  });

  it("does not send the page's own parameters to the API", () => {
    const { screen } = parseScreen({ cols: "title,price", density: "compact", q: "fed" });
    expect(screenToQuery(screen)).toEqual({ q: "fed" });
  });
});

describe("sorting", () => {
  it("goes descending, ascending, default", () => {
    const first = { ...EMPTY_SCREEN, sort: nextSort(EMPTY_SCREEN, "liquidity", false) };
    expect(first.sort).toEqual([{ column: "liquidity", descending: true }]);
    const second = { ...first, sort: nextSort(first, "liquidity", false) };
    expect(second.sort).toEqual([{ column: "liquidity", descending: false }]);
    expect(nextSort(second, "liquidity", false)).toEqual([]);
  });
  it("starts text ascending", () => {
    expect(nextSort(EMPTY_SCREEN, "title", false)).toEqual([{ column: "title", descending: false }]);
  });
  it("adds a second column behind the first", () => {
    expect(nextSort(EMPTY_SCREEN, "spread", true)).toEqual([
      { column: "volume_24h", descending: true },
      { column: "spread", descending: true },
    ]);
  });
  it("is by relevance when text is sought", () => {
    expect(effectiveSort({ ...EMPTY_SCREEN, q: "fed" })[0]?.column).toBe("relevance");
  });
});

describe("periods", () => {
  it("move change, volume and the order together, and back to the default", () => {
    const sorted: Screen = { ...EMPTY_SCREEN, sort: [{ column: "change_24h", descending: true }] };
    const weekly = withPeriod(sorted, "7d");
    expect(weekly.cols).toContain("change_7d");
    expect(weekly.cols).toContain("volume_7d");
    expect(weekly.sort[0]?.column).toBe("change_7d");
    expect(withPeriod(weekly, "24h")).toEqual(sorted);
  });

  it("of less than a day show the tape's own volume, and lead back", () => {
    const short = withPeriod(EMPTY_SCREEN, "10m");
    expect(short.cols).toEqual([
      "title",
      "price",
      "change_10m",
      "taker_volume_10m",
      "liquidity",
      "spread",
      "end_date",
    ]);
    expect(shownPeriod(short)).toBe("10m");
    expect(withPeriod(withPeriod(short, "12h"), "24h")).toEqual(EMPTY_SCREEN);
  });

  it("beyond a day keep what only the tape counts at a day", () => {
    const cols = ["title", "trades_1h", "taker_flow_1h"];
    const screen: Screen = {
      ...EMPTY_SCREEN,
      cols,
      sort: [{ column: "taker_flow_1h", descending: false }],
    };
    const moved = withPeriod(screen, "7d");
    expect(moved.cols).toEqual(["title", "trades_24h", "taker_flow_24h"]);
    expect(moved.sort).toEqual([{ column: "taker_flow_24h", descending: false }]);
    expect(shownPeriod(moved)).toBe("24h");
  });
});

describe("filters", () => {
  it("toggle", () => {
    expect(toggled(["a"], "b")).toEqual(["a", "b"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  });
});
