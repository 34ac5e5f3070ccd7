import { createStore } from "./store.ts";

export interface Toast {
  id: number;
  text: string;
  kind: "info" | "error";
}

const VISIBLE_MS = 4_000;
let nextId = 1;

export const toasts = createStore<readonly Toast[]>([]);

/** Says something in the corner for a few seconds, to eyes and to screen readers. */
export function toast(text: string, kind: Toast["kind"] = "info"): void {
  const id = nextId++;
  toasts.set([...toasts.get(), { id, text, kind }]);
  setTimeout(() => toasts.set(toasts.get().filter((shown) => shown.id !== id)), VISIBLE_MS);
}

/** Copies text and says so. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch {
    toast(`${what} could not be copied: the browser refused access to the clipboard`, "error");
  }
}
