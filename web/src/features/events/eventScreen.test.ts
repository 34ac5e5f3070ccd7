import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../../lib/urlSearch.ts";
import {
  EMPTY_EVENT_SCREEN,
  EVENT_SORTS,
  EVENT_STATUSES,
  type EventScreen,
  eventScreenToSearch,
  nextEventSort,
  parseEventScreen,
} from "./eventScreen.ts";

describe("the list of events in the address", () => {
  it("comes back as it went", () => {
    for (const status of EVENT_STATUSES) {
      for (const column of EVENT_SORTS) {
        for (const descending of [true, false]) {
          const screen: EventScreen = {
            q: "fed & rates",
            status,
            category: ["politics", "world"],
            tag: ["us-election"],
            sort: { column, descending },
          };
          const address = stringifySearch(eventScreenToSearch(screen));
          expect(parseEventScreen(parseSearch(address))).toEqual({ screen, unknown: [] });
        }
      }
    }
  });

  it("is empty by default and names what it does not know", () => {
    expect(eventScreenToSearch(EMPTY_EVENT_SCREEN)).toEqual({});
    expect(parseEventScreen({ price_min: "0.1", status: "sideways" })).toEqual({
      screen: EMPTY_EVENT_SCREEN,
      unknown: ["price_min"],
    });
  });

  it("sorts in a cycle that ends at the default", () => {
    const first = { ...EMPTY_EVENT_SCREEN, sort: nextEventSort(EMPTY_EVENT_SCREEN, "liquidity") };
    expect(first.sort).toEqual({ column: "liquidity", descending: true });
    const second = { ...first, sort: nextEventSort(first, "liquidity") };
    expect(second.sort).toEqual({ column: "liquidity", descending: false });
    expect(nextEventSort(second, "liquidity")).toBeNull();
  });
});
