import { describe, expect, it } from "vitest";
import { parseSize } from "./orderSize.ts";

describe("a size", () => {
  it.each([
    ["100", 100],
    ["$2,500", 2_500],
    [" 0.5 ", 0.5],
    [".5", 0.5],
    ["7.", 7],
  ])("%s is %d", (typed, size) => {
    expect(parseSize(typed)).toEqual({ size, problem: null });
  });

  it.each(["", "0", "-5", "1e9", "abc", "1.2.3", "999999999"])("%s is refused with a reason", (typed) => {
    const { size, problem } = parseSize(typed);
    expect(size).toBeNull();
    expect(problem).toBeTruthy();
  });
});
