import { useEffect } from "react";

/** The document's title while the component is mounted. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title) document.title = `${title} · Cascadian`;
  }, [title]);
}
