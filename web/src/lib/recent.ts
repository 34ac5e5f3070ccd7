import { useEffect } from "react";
import { readStored, writeStored } from "./storage.ts";

/** A page that was opened, newest first. */
export interface Visit {
  href: string;
  title: string;
}

const KEY = "cascadian.recent";
const KEPT = 8;

function isVisitList(value: unknown): value is Visit[] {
  return (
    Array.isArray(value) &&
    value.every(
      (visit: Partial<Visit> | null) =>
        typeof visit?.title === "string" && typeof visit.href === "string" && visit.href.startsWith("/"),
    )
  );
}

export function recentVisits(): Visit[] {
  return readStored<Visit[]>(KEY, [], isVisitList);
}

/** Remembers in this browser that a page was opened, once it knows its title. */
export function useVisit(href: string, title: string | undefined): void {
  useEffect(() => {
    if (!title) return;
    const others = recentVisits().filter((visit) => visit.href !== href);
    writeStored(KEY, [{ href, title }, ...others].slice(0, KEPT));
  }, [href, title]);
}
