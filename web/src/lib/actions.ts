import { useEffect, useRef } from "react";
import { createStore } from "./store.ts";

/** Something a reader can do: one row serves the shortcut, the palette and the sheet of shortcuts. */
export interface Action {
  id: string;
  title: string;
  group: "Go to" | "Table" | "Page" | "View" | "Catalogue";
  /** Shortcut in the notation of `lib/keyboard`: `j`, `g m`. */
  keys?: string;
  /** Moves that make no sense from a list of commands, such as "next row". */
  keyboardOnly?: boolean;
  run(): void;
}

/** Every action available now; later registrations win over earlier ones with the same keys. */
export const actions = createStore<readonly Action[]>([]);

/** Offers actions for as long as the component is mounted. Titles and keys are read once per `ids` change. */
export function useActions(offered: readonly Action[]): void {
  const latest = useRef(offered);
  useEffect(() => {
    latest.current = offered;
  });
  const signature = offered.map((action) => `${action.id}:${action.title}`).join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the offered actions
  useEffect(() => {
    const registered = latest.current.map((action) => ({
      ...action,
      run: () => latest.current.find(({ id }) => id === action.id)?.run(),
    }));
    actions.set([...actions.get(), ...registered]);
    return () => actions.set(actions.get().filter((action) => !registered.includes(action)));
  }, [signature]);
}
