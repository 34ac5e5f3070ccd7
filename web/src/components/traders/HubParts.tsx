import { type ReactNode, useEffect, useRef } from "react";
import { timeOfDay, venueAndUtc } from "../../lib/format.ts";
import { ErrorState, State } from "../State.tsx";

interface TabsProps {
  label: string;
  tabs: readonly { id: string; label: string; href: string }[];
  current: string;
}

/** The lists of a hub, as links that keep its filters. */
export function Tabs({ label, tabs, current }: TabsProps) {
  const bar = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is brought into view where not all fit
  useEffect(() => {
    const present = bar.current?.querySelector<HTMLElement>("a.on");
    if (bar.current && present) bar.current.scrollLeft = present.offsetLeft - bar.current.offsetLeft - 24;
  }, [current]);
  return (
    <nav className="tabs" aria-label={label} ref={bar}>
      {tabs.map(({ id, label: name, href }) => (
        <a
          key={id}
          href={href}
          className={id === current ? "on" : undefined}
          aria-current={id === current ? "page" : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}

interface EmptyBoardProps {
  /** What must come first, where no row could be there yet. */
  waitingFor: string | null;
  /** Of what there is none. */
  what: string;
  /** The address without filters, where some are set. */
  resetHref: string | null;
}

/** In place of rows: what they wait for, or that the filters leave none. */
export function EmptyBoard({ waitingFor, what, resetHref }: EmptyBoardProps) {
  if (waitingFor !== null) {
    return (
      <State title="Nothing yet">
        <p>{waitingFor}</p>
      </State>
    );
  }
  return (
    <State title={`No ${what}${resetHref ? " with these filters" : ""}`}>
      {resetHref && (
        <p>
          <a className="chip" href={resetHref} data-replace>
            Take the filters out
          </a>
        </p>
      )}
    </State>
  );
}

/** In place of rows of the followed wallets while nobody is followed. */
export function NobodyFollowed({ allHref }: { allHref: string }) {
  return (
    <State title="You follow no wallet yet">
      <p>The star beside a wallet's name, on any page, follows it. The list stays in this browser.</p>
      <p className="buttons">
        <a className="chip" href={allHref} data-replace>
          Show all wallets
        </a>
        <a className="chip" href="/wallets">
          Followed wallets
        </a>
      </p>
    </State>
  );
}

interface BoardStateProps {
  error: Error | null;
  retry(): void;
}

/** Rows before their first answer, or why there is none. */
export function BoardWait({ error, retry }: BoardStateProps) {
  if (error) return <ErrorState error={error} retry={retry} />;
  return (
    <div className="scroll wait" aria-busy="true">
      {SKELETONS.map((key) => (
        <span key={key} className="skel" />
      ))}
    </div>
  );
}

const SKELETONS = Array.from({ length: 14 }, (_, index) => `row ${index}`);

/** When the rows were read, as the answer says. */
export function AsOf({ metadata }: { metadata: unknown }) {
  const asOf = (metadata as { as_of?: unknown } | null | undefined)?.as_of;
  if (typeof asOf !== "string") return null;
  return (
    <time dateTime={asOf} title={venueAndUtc(asOf)}>
      as of {timeOfDay(asOf)}
    </time>
  );
}

interface MoreRowsProps {
  shown: number;
  hasMore: boolean;
  isFetching: boolean;
  error: Error | null;
  onMore(): void;
  children?: ReactNode;
}

/** Under the rows: how many are shown, and a way to the next ones. */
export function MoreRows({ shown, hasMore, isFetching, error, onMore, children }: MoreRowsProps) {
  return (
    <div className="foot2 pages">
      <span>
        {shown} {shown === 1 ? "row" : "rows"}
        {hasMore ? ", more follow" : ", all there are"}
      </span>
      {hasMore && (
        <button type="button" className="chip" disabled={isFetching} onClick={onMore}>
          {isFetching ? "Loading" : "More"}
        </button>
      )}
      {error && (
        <span className="warn" role="status">
          Not refreshed: {error.message}
        </span>
      )}
      <span className="end">{children}</span>
    </div>
  );
}
