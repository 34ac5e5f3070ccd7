/** What the server wrote into the page beside its HTML. */
export interface Boot {
  /** The page's name; which page it is follows from the address. */
  route: string;
  query_string: string;
  reply: unknown;
  app: { version: string; simulated: boolean; interval_s: number };
}

function isBoot(value: unknown): value is Boot {
  const candidate = value as Partial<Boot> | null;
  return (
    typeof candidate === "object" &&
    candidate !== null &&
    typeof candidate.route === "string" &&
    typeof candidate.query_string === "string"
  );
}

/** Null in development, where no server has painted the page. */
export function readBoot(): Boot | null {
  const text = document.getElementById("boot")?.textContent;
  if (!text) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isBoot(value) ? value : null;
  } catch {
    return null;
  }
}

/** The screen time of the page itself, from the `Server-Timing` header of the navigation. */
export function navigationScreenMs(): number | null {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return navigation?.serverTiming?.find(({ name }) => name === "screen")?.duration ?? null;
}
