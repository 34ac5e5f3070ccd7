import { describe, expect, it } from "vitest";
import type { Signal } from "../../lib/traders/contract.ts";
import { readNews, withResult } from "./signalFeed.ts";

const result = {
  settled_at: "2026-01-02T00:00:00Z",
  status: "settled" as const,
  reason: null,
  exit_price: 0.6,
  gain: 0.1,
  net: 0.09,
};
const signal = { id: "a", kind: "flip", published_at: "2026-01-01T00:00:00Z", result: null } as Signal;

describe("news of signals", () => {
  it("are a signal or a result", () => {
    expect(readNews(JSON.stringify(signal))).toEqual({ kind: "published", signal });
    expect(readNews(JSON.stringify({ id: "a", result }))).toEqual({ kind: "settled", id: "a", result });
  });

  it.each(["", "{", "null", "[]", '{"id":1}', '{"id":"a"}', '{"id":"a","result":null}'])(
    "are none in %o",
    (text) => {
      expect(readNews(text)).toBeNull();
    },
  );
});

describe("the ledger", () => {
  const ledger = {
    pages: [
      {
        data: { rows: [signal, { ...signal, id: "b" }], next_cursor: null, waiting_for: null, tally: [] },
        metadata: null,
        screenMs: null,
      },
    ],
    pageParams: [null],
  };

  it("fills in the result of a signal it has, and leaves the others", () => {
    const rows = withResult(ledger, "b", result).pages[0]?.data.rows;
    expect(rows?.map((row) => row.result)).toEqual([null, result]);
  });

  it("is the same where it has no such signal", () => {
    expect(withResult(ledger, "c", result)).toBe(ledger);
  });
});
