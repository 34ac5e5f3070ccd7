import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useEscape } from "../lib/escape.ts";

interface PopoverProps {
  /** The button's content. */
  label: ReactNode;
  /** Name of the dialog for screen readers. */
  name: string;
  className?: string;
  /** Which edge of the button the panel keeps to. */
  align?: "start" | "end";
  children: (close: () => void) => ReactNode;
}

/** A button and the panel it opens. Escape and a click elsewhere close it; focus goes in and comes back. */
export function Popover({ label, name, className = "chip", align = "start", children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEscape(isOpen, close);

  useEffect(() => {
    if (!isOpen) return;
    panel.current?.querySelector<HTMLElement>("input, button, a")?.focus();
    const closeOutside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, [isOpen]);

  return (
    <div className="pop" ref={root}>
      <button
        type="button"
        ref={button}
        className={className}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <div
          className={align === "end" ? "popover end" : "popover"}
          id={id}
          role="dialog"
          aria-label={name}
          ref={panel}
        >
          {children(close)}
        </div>
      )}
    </div>
  );
}
