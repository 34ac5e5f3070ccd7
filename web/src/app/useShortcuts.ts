import { useEffect } from "react";
import { actions } from "../lib/actions.ts";
import { closeTopLayer } from "../lib/escape.ts";
import { belongsToControl, idle, isTyping, press } from "../lib/keyboard.ts";

function runByKeys(keys: string): void {
  actions
    .get()
    .findLast((action) => action.keys === keys)
    ?.run();
}

/** Listens for the shortcuts of all registered actions, for ⌘K and for Escape. */
export function useShortcuts(): void {
  useEffect(() => {
    let state = idle;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const isModal = document.querySelector("dialog[open]") !== null;
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (!isModal) runByKeys("⌘K");
        return;
      }
      if (isModal) return;
      if (event.key === "Escape") {
        if (closeTopLayer()) event.preventDefault();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      if (isTyping(event.target) || belongsToControl(event.key, event.target)) return;
      const keys = new Set(actions.get().flatMap((action) => action.keys ?? []));
      const { state: next, fired } = press(state, event.key, event.timeStamp, keys);
      state = next;
      if (fired === null) return;
      event.preventDefault();
      runByKeys(fired);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
