import type { ReactNode, Ref } from "react";

interface WideTableProps {
  label: string;
  className?: string;
  /** It scrolls downward too, under its header. */
  isTall?: boolean;
  ref?: Ref<HTMLElement>;
  children: ReactNode;
}

/** A box in which a table wider than its place scrolls, by keyboard as well. */
export function WideTable({ label, className = "", isTall = false, ref, children }: WideTableProps) {
  return (
    <section
      className={`wide-table ${isTall ? "tall " : ""}${className}`.trimEnd()}
      ref={ref}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
    >
      {children}
    </section>
  );
}
