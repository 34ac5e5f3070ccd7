/**
 * Shortcuts of one key (`j`, `?`) or two in sequence (`g m`). The reducer is pure: what was pressed before, the key,
 * the time and the known shortcuts give the next state and the shortcut that fired.
 */

/** How long the first key of a sequence waits for the second. */
export const SEQUENCE_MS = 1_200;

export interface KeyState {
  /** First key of a possible sequence, and when it was pressed. */
  pending: { key: string; at: number } | null;
}

export const idle: KeyState = { pending: null };

export interface Press {
  state: KeyState;
  /** The shortcut that the keys so far complete. */
  fired: string | null;
}

export function press(state: KeyState, key: string, now: number, shortcuts: ReadonlySet<string>): Press {
  const { pending } = state;
  if (pending !== null && now - pending.at <= SEQUENCE_MS) {
    const sequence = `${pending.key} ${key}`;
    if (shortcuts.has(sequence)) return { state: idle, fired: sequence };
  }
  for (const shortcut of shortcuts) {
    if (shortcut.startsWith(`${key} `)) return { state: { pending: { key, at: now } }, fired: null };
  }
  return { state: idle, fired: shortcuts.has(key) ? key : null };
}

/** Whether a key event belongs to text being typed rather than to the terminal. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Keys that a focused link or button keeps for itself. */
export function belongsToControl(key: string, target: EventTarget | null): boolean {
  if (key !== "Enter" && key !== " ") return false;
  return target instanceof HTMLElement && target.closest("a, button, summary") !== null;
}
