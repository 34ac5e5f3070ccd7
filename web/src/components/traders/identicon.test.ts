import { describe, expect, it } from "vitest";
import { identiconOf } from "./identicon.ts";

describe("the mark of an address", () => {
  const address = "0x2005D16a84CEEfa912D4e380cD32E7ff827875Ea";

  it("is the same in any case and differs between addresses", () => {
    expect(identiconOf(address)).toEqual(identiconOf(address.toLowerCase()));
    expect(identiconOf(address)).not.toEqual(identiconOf(address.replace("2005", "3115")));
  });

  it("is mirrored", () => {
    const cells = new Set(identiconOf(address).cells.map(({ x, y }) => `${x} ${y}`));
    for (const { x, y } of identiconOf(address).cells) expect(cells.has(`${4 - x} ${y}`)).toBe(true);
  });
});
