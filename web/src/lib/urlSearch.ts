/**
 * The query string as a flat record of strings, exactly as the API reads it. Empty values are absent; a repeated key
 * is a list with commas (that is how a plain form sends several checkboxes).
 */
export type UrlSearch = Readonly<Record<string, string>>;

export function parseSearch(queryString: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(queryString)) {
    if (value === "") continue;
    found[key] = key in found ? `${found[key]},${value}` : value;
  }
  return found;
}

/** The record as a query string with `?`, or an empty string; commas and colons stay readable. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parts = Object.entries(search)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([key, value]) => `${encode(key)}=${encode(String(value))}`);
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%3A", ":");
}
