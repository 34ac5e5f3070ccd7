import { describe, expect, it } from "vitest";
import { idle, isTyping, press, SEQUENCE_MS } from "./keyboard.ts";

const shortcuts = new Set(["j", "k", "g m", "g e", "?", "m"]);

describe("shortcuts", () => {
  it("of one key fire at once", () => {
    expect(press(idle, "j", 0, shortcuts)).toEqual({ state: idle, fired: "j" });
  });

  it("of two keys wait for the second", () => {
    const first = press(idle, "g", 0, shortcuts);
    expect(first.fired).toBeNull();
    expect(press(first.state, "e", 300, shortcuts)).toEqual({ state: idle, fired: "g e" });
  });

  it("forget the first key after a while, and then mean what one key means", () => {
    const first = press(idle, "g", 0, shortcuts);
    expect(press(first.state, "m", SEQUENCE_MS + 1, shortcuts).fired).toBe("m");
  });

  it("drop a sequence that nobody knows but keep its last key", () => {
    const first = press(idle, "g", 0, shortcuts);
    expect(press(first.state, "j", 10, shortcuts).fired).toBe("j");
    expect(press(first.state, "x", 10, shortcuts)).toEqual({ state: idle, fired: null });
  });

  it("may start again with the same first key", () => {
    const first = press(idle, "g", 0, shortcuts);
    const second = press(first.state, "g", 100, shortcuts);
    expect(press(second.state, "m", 200, shortcuts).fired).toBe("g m");
  });
});

describe("typing", () => {
  it("is respected in text fields and not on checkboxes", () => {
    const text = document.createElement("input");
    const box = document.createElement("input");
    box.type = "checkbox";
    expect(isTyping(text)).toBe(true);
    expect(isTyping(box)).toBe(false);
    expect(isTyping(null)).toBe(false);
  });
});
