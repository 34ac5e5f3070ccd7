import type { Action } from "./actions.ts";
import type { Cursor } from "./useCursor.ts";

/** The shortcuts that move through any list and open its rows. `noun` is what a row is: "market". */
export function listActions(
  cursor: Cursor,
  total: number,
  open: (index: number) => void,
  noun: string,
): Action[] {
  const move = (id: string, title: string, keys: string, run: () => void): Action => ({
    id,
    title,
    group: "Table",
    keys,
    keyboardOnly: true,
    run,
  });
  return [
    move("row-next", "Next row", "j", () => cursor.moveBy(1)),
    move("row-previous", "Previous row", "k", () => cursor.moveBy(-1)),
    move("row-down", "Next row", "ArrowDown", () => cursor.moveBy(1)),
    move("row-up", "Previous row", "ArrowUp", () => cursor.moveBy(-1)),
    move("row-first", "First row", "Home", () => cursor.moveTo(0)),
    move("row-last", "Last row", "End", () => cursor.moveTo(total - 1)),
    move("row-open", `Open the ${noun}`, "Enter", () => open(cursor.index)),
  ];
}
