import type { ReactNode } from "react";
import { everyZone, utc } from "../lib/format.ts";
import { useNow } from "../lib/time.ts";
import { copy } from "../lib/toast.ts";
import { Icon } from "./Icon.tsx";
import { Main } from "./Main.tsx";

/** One figure of a page's header. */
export function Figure({
  label,
  title,
  isBig = false,
  className,
  children,
}: {
  label: string;
  title?: string;
  isBig?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className={isBig ? "big" : undefined} title={title}>
      <dt>{label}</dt>
      <dd className={className}>{children}</dd>
    </div>
  );
}

/** One line of a table of facts. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** An identifier in full, cut by the layout, with a button that copies it. */
export function CopyableId({ value, name }: { value: string | null; name: string }) {
  if (!value) return <span className="mut">—</span>;
  return (
    <span className="id">
      <span className="mono" title={value}>
        {value}
      </span>
      <button
        type="button"
        className="icon"
        aria-label={`Copy ${name}`}
        onClick={() => void copy(value, name)}
      >
        <Icon name="copy" />
      </button>
    </span>
  );
}

/** An instant in UTC; pointing at it tells it in the reader's zone, in the venue's and its age. */
export function Instant({ value }: { value: string | null }) {
  const now = useNow();
  if (!value) return <span className="mut">—</span>;
  return (
    <time dateTime={value} title={everyZone(value, now)}>
      {utc(value)}
    </time>
  );
}

const URL_PATTERN = /(https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:])/;

/** Upstream's text in paragraphs, with its addresses as links. */
export function Prose({ text }: { text: string }) {
  const paragraphs = text
    .split(/\n{2,}|\r\n\r\n/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean);
  return (
    <div className="prose">
      {paragraphs.map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs have no other identity and never move
        <p key={index}>{paragraph.split(URL_PATTERN).map((part, place) => linked(part, place))}</p>
      ))}
    </div>
  );
}

function linked(part: string, place: number): ReactNode {
  if (!/^https?:\/\//.test(part)) return part;
  return (
    <a key={`${place}-${part}`} href={part} rel="noopener noreferrer nofollow" target="_blank">
      {part}
    </a>
  );
}

/** The geometry of a page before its first answer. */
export function PageSkeleton({ className }: { className: string }) {
  return (
    <Main className={`page ${className}`} isBusy>
      <div className="hd">
        <p className="crumb">
          <span className="skel" />
        </p>
        <div className="t">
          <span className="skel wide" />
        </div>
        <div className="facts">
          <span className="skel" />
          <span className="skel" />
          <span className="skel" />
        </div>
      </div>
    </Main>
  );
}
