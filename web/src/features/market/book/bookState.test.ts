import { describe, expect, it } from "vitest";
import { bookReport } from "./bookState.ts";

const NOW = 1_000_000;
const live = {
  state: "live",
  state_cause: null,
  age_ms: 400,
  as_of: "2026-01-01T00:00:00Z",
  source: "stream",
} as const;
const reading = { book: live, receivedAt: NOW, refreshError: null, feed: "live", now: NOW } as const;

describe("a book's badge", () => {
  it("says live with the age, which grows while nothing comes", () => {
    expect(bookReport(reading).text).toBe("live · 0.4 s");
    expect(bookReport({ ...reading, now: NOW + 60_000 }).text).toBe("live · 1 min");
  });

  it("never says live when this page is cut off", () => {
    const lost = bookReport({ ...reading, feed: "lost", now: NOW + 12_000 });
    expect([lost.state, lost.text]).toEqual(["stale", "stale · stream to this page lost · 12 s"]);
    expect(bookReport({ ...reading, refreshError: "no answer" }).state).toBe("stale");
  });

  it("gives the server's cause for a gap", () => {
    const gap = bookReport({
      ...reading,
      book: { ...live, state: "gap", state_cause: "hash_mismatch", age_ms: 95_000 },
    });
    expect(gap.text).toBe("gap · hash mismatch · 1 min");
    expect(gap.long).toContain("Cause: hash mismatch.");
  });

  it("of an unknown book has no age", () => {
    const unknown = { ...live, state: "unknown", age_ms: null, as_of: null, source: null } as const;
    expect(bookReport({ ...reading, book: unknown }).text).toBe("unknown");
  });

  it("marks a book that is polled rather than streamed", () => {
    expect(bookReport({ ...reading, book: { ...live, source: "rest" } }).text).toBe("live · polled · 0.4 s");
  });
});
