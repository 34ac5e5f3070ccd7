/** Cells of a mark of 5 by 5 that is the same for the same address, mirrored at its middle column. */
export interface Identicon {
  cells: readonly { x: number; y: number }[];
  /** One of the eight colours that stand for nothing but "another one". */
  colour: number;
}

const SIDE = 5;
const HALF = 3;
const COLOURS = 8;

/** The mark of an address; letters count the same in either case. */
export function identiconOf(address: string): Identicon {
  const digits = address.toLowerCase().replace(/^0x/, "");
  const digit = (place: number) =>
    Number.parseInt(digits[place % Math.max(1, digits.length)] ?? "0", 16) || 0;
  const cells: { x: number; y: number }[] = [];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < HALF; x++) {
      if (digit(y * HALF + x) % 2 === 0) continue;
      cells.push({ x, y });
      if (x < HALF - 1) cells.push({ x: SIDE - 1 - x, y });
    }
  }
  return { cells, colour: (digit(digits.length - 1) % COLOURS) + 1 };
}
