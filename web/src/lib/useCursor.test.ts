import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useCursor } from "./useCursor.ts";
import { rowAt } from "./windows.ts";

const keyOf = (row: string) => row;

function listOf(rows: readonly string[]) {
  const windows = new Map([[0, rows]]);
  return { windows, total: rows.length, rowAt: (index: number) => rowAt(windows, index) };
}

function render(rows: readonly string[]) {
  return renderHook(({ list, result }) => useCursor(list, keyOf, result), {
    initialProps: { list: listOf(rows), result: "first" },
  });
}

describe("the cursor", () => {
  it("stays inside the list", () => {
    const { result } = render(["a", "b", "c"]);
    act(() => result.current.moveBy(-1));
    expect(result.current.index).toBe(0);
    act(() => result.current.moveTo(99));
    expect(result.current.index).toBe(2);
  });

  it("follows its row when a refresh moves it, which is not a move of the reader", () => {
    const { result, rerender } = render(["a", "b", "c"]);
    act(() => result.current.moveTo(1));
    const { moves } = result.current;
    rerender({ list: listOf(["b", "c", "a"]), result: "first" });
    expect(result.current.index).toBe(0);
    expect(result.current.moves).toBe(moves);
  });

  it("counts a move to where it already is, so that the list shows it again", () => {
    const { result } = render(["a", "b", "c"]);
    const { moves } = result.current;
    act(() => result.current.moveTo(0));
    expect(result.current.moves).toBe(moves + 1);
  });

  it("keeps its place when its row is gone", () => {
    const { result, rerender } = render(["a", "b", "c"]);
    act(() => result.current.moveTo(1));
    rerender({ list: listOf(["a", "x", "c"]), result: "first" });
    expect(result.current.index).toBe(1);
  });

  it("starts at the top of another result", () => {
    const { result, rerender } = render(["a", "b", "c"]);
    act(() => result.current.moveTo(2));
    rerender({ list: listOf(["d", "e", "f"]), result: "second" });
    expect(result.current.index).toBe(0);
  });
});
