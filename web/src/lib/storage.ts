/**
 * Small JSON values in the browser's storage. Storage may be absent, full or forbidden: reads then give the fallback
 * and writes report that they did not happen.
 */
export function readStored<Value>(
  key: string,
  fallback: Value,
  isValid: (value: unknown) => value is Value,
): Value {
  try {
    const text = localStorage.getItem(key);
    if (text === null) return fallback;
    const value: unknown = JSON.parse(text);
    return isValid(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** Returns whether the value was kept. */
export function writeStored(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
