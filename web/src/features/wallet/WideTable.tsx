import type { ReactNode } from "react";

/** A box in which a table wider than the page scrolls, by keyboard as well. */
export function WideTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="wide-table" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
