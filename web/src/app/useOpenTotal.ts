import { useQuery } from "@tanstack/react-query";
import { marketsTotal } from "../features/screener/marketsQuery.ts";

/** How many markets are open in the whole catalogue; undefined until known. */
export function useOpenTotal(): number | undefined {
  return useQuery(marketsTotal("open")).data;
}
