import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";

/** Goes to an address of the terminal; with `replace`, without a new step in the history. */
export function useGo(): (href: string, replace?: boolean) => void {
  const { history } = useRouter();
  return useCallback(
    (href, replace = false) => {
      if (replace) history.replace(href);
      else history.push(href);
    },
    [history],
  );
}
