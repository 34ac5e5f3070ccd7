import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { hasMoved } from "../lib/navigation.ts";

interface MainProps {
  /** Kind of page, for the stylesheet: `list`, `page market`. */
  className: string;
  isBusy?: boolean;
  ref?: Ref<HTMLElement>;
  children?: ReactNode;
}

/**
 * A page's content. After a move within the terminal it takes the focus that went down with the page before, so that
 * the keyboard and the screen reader go on from here.
 */
export function Main({ className, isBusy, ref, children }: MainProps) {
  const element = useRef<HTMLElement>(null);
  useImperativeHandle(ref, () => element.current as HTMLElement);
  useEffect(() => {
    const focused = document.activeElement;
    const isLost = focused === null || focused === document.body;
    if (hasMoved() && isLost) element.current?.focus({ preventScroll: true });
  }, []);
  return (
    <main className={`main ${className}`} id="main" ref={element} tabIndex={-1} aria-busy={isBusy}>
      {children}
    </main>
  );
}
