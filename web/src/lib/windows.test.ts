import { describe, expect, it } from "vitest";
import { findRow, rowAt, WINDOW_ROWS, windowOffsets } from "./windows.ts";

describe("windows of a long list", () => {
  it("always include the first window of an unknown or empty list", () => {
    expect(windowOffsets(0, 0, 0)).toEqual([0]);
  });

  it("cover the visible rows and a margin", () => {
    expect(windowOffsets(0, 30, 17_204)).toEqual([0]);
    expect(windowOffsets(0, 70, 17_204)).toEqual([0, 100]);
    expect(windowOffsets(250, 290, 17_204)).toEqual([200, 300]);
  });

  it("cover every visible row wherever the reader is", () => {
    for (let total = 1; total < 900; total += 37) {
      for (let first = 0; first < total; first += 13) {
        const last = Math.min(total - 1, first + 35);
        const offsets = windowOffsets(first, last, total);
        for (const index of [first, last]) {
          expect(offsets).toContain(Math.floor(index / WINDOW_ROWS) * WINDOW_ROWS);
        }
        expect(Math.max(...offsets)).toBeLessThan(total);
        expect(offsets.length).toBeLessThanOrEqual(3);
      }
    }
  });

  it("stay inside a list that has become shorter than the scroll position", () => {
    expect(windowOffsets(5_000, 5_040, 120)).toEqual([0, 100]);
  });
});

describe("rows in windows", () => {
  const windows = new Map([
    [0, ["a", "b"]],
    [100, ["c"]],
  ]);
  it("are found by index", () => {
    expect(rowAt(windows, 1)).toBe("b");
    expect(rowAt(windows, 100)).toBe("c");
    expect(rowAt(windows, 2)).toBeUndefined();
    expect(rowAt(windows, 200)).toBeUndefined();
  });
  it("are found by key after the order changed", () => {
    expect(findRow(windows, "c", (row) => row)).toBe(100);
    expect(findRow(windows, "z", (row) => row)).toBeUndefined();
  });
});
