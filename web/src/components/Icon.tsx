const PATHS = {
  markets: "M2 3.5h12M2 8h12M2 12.5h7",
  events:
    "M2 4.5A1.5 1.5 0 0 1 3.5 3h9A1.5 1.5 0 0 1 14 4.5v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 12.5zM2 6.5h12M5.5 1.5v3M10.5 1.5v3",
  wallets: "M2.5 5h11v8h-11zM2.5 5l8.5-2.2V5M10.3 9h1.2",
  whales: "M1.5 8.5c0 3 2.5 4.5 6 4.5s6-2 6-5.5M13.5 7.5l-2-3M13.5 7.5l1.3-3M4.6 9.6h.1",
  signals: "M3 6v4M6.3 3.5v9M9.7 5.5v5M13 7v2",
  insiders:
    "M1.5 8s2.4-4 6.5-4 6.5 4 6.5 4-2.4 4-6.5 4-6.5-4-6.5-4zM8 6.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2",
  scores: "M2 13.5h12M3.5 11 7 7l2.5 2L13 4.5",
  map: "M2 3h12v10H2zM8.5 3v10M8.5 8.5H14M2 9.5h6.5",
  categories: "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
  search: "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zM10.5 10.5l4 4",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M12.8 3.2l-1 1M4.2 11.8l-1 1",
  moon: "M13.6 9.6A5.8 5.8 0 0 1 6.4 2.4a5.8 5.8 0 1 0 7.2 7.2z",
  system: "M2 3h12v8H2zM5.5 14h5M8 11v3",
  rows: "M2 3.5h12M2 6.5h12M2 9.5h12M2 12.5h12",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative line icon; the control around it carries the name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="i"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" fill="currentColor" aria-hidden="true">
      <path d="M1 15 6.4 5.2 9 9.6 11.8 3 17 15h-3.6l-2-4.9L9 15.2 6.3 10.6 4.1 15z" />
    </svg>
  );
}

/** The small mark of a category, tinted and drawn by the stylesheet. */
export function CategoryMark({ category, isBig = false }: { category: string | null; isBig?: boolean }) {
  const slug = category ?? "unknown";
  return (
    <span
      className={`ic cat-${slug}${isBig ? " big" : ""}`}
      title={slug === "unknown" ? "no category" : slug}
    />
  );
}
