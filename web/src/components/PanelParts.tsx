import type { ReactNode } from "react";
import { ApiError } from "../lib/client.ts";
import { errorTitle } from "./State.tsx";

/** The geometry of a panel before its first answer; invisible for the first moments, so that a fast answer shows none. */
export function PanelSkeleton({ lines }: { lines: number }) {
  return (
    <div className="pskel" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without content have no other identity
        <span key={index} className="skel" />
      ))}
    </div>
  );
}

/** What a panel says in place of its content: nothing recorded, not known. */
export function PanelNote({ children }: { children: ReactNode }) {
  return <p className="pnote">{children}</p>;
}

/** In place of a chart whose code could not be had: the server is away, or is another version by now. */
export function MissingChart() {
  return (
    <div className="pnote" role="status">
      <p>
        <b>The chart could not be loaded.</b> The server may be away or may have been updated. What it shows
        is in the table below.
      </p>
      <p className="pbuttons">
        <button type="button" className="chip" onClick={() => window.location.reload()}>
          Load the page again
        </button>
      </p>
    </div>
  );
}

interface PanelProblemProps {
  error: unknown;
  /** What is missing, as the beginning of a sentence: "The order book". */
  what: string;
  retry(): void;
}

/** Whether the server has no such data at all, rather than failing to give it. */
function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** A panel that could not be filled: what failed, its code and id, and a way to try again. */
export function PanelProblem({ error, what, retry }: PanelProblemProps) {
  const message = error instanceof Error ? error.message : String(error);
  const id = error instanceof ApiError && error.requestId ? ` · ${error.requestId}` : "";
  return (
    <div className="pnote" role="status">
      <p>
        <b>{isAbsent(error) ? `${what} is not known to this server.` : `${what}: ${errorTitle(error)}.`}</b>
      </p>
      {!isAbsent(error) && <p>{message}</p>}
      <p className="pbuttons">
        <button type="button" className="chip" onClick={retry}>
          Try again
        </button>
        {error instanceof ApiError && (
          <span className="mono mut">
            {error.code}
            {id}
          </span>
        )}
      </p>
    </div>
  );
}

/** Above content that could not be refreshed and is the last good one. */
export function StaleNote({ error }: { error: Error | null }) {
  if (error === null) return null;
  return (
    <p className="pstale" role="status">
      Not refreshed: {error.message} This is the last good answer.
    </p>
  );
}

interface SegmentedProps<Value extends string> {
  legend: string;
  value: Value;
  options: readonly { value: Value; label: string; title?: string; className?: string }[];
  onChange(value: Value): void;
}

/** One choice of a few, as a row of buttons. */
export function Segmented<Value extends string>({ legend, value, options, onChange }: SegmentedProps<Value>) {
  return (
    <fieldset className="seg">
      <legend className="sr">{legend}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          title={option.title}
          className={option.className}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
