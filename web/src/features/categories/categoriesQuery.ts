import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { ItemMetadata } from "../../lib/apiTypes.ts";
import { type Answer, unwrap } from "../../lib/client.ts";
import { type CategoryRow, liveApi } from "../../lib/live-contract.ts";

export type CategoriesAnswer = Answer<CategoryRow[], ItemMetadata>;

const KEY = ["categories"] as const;

/** Every category with its figures and its most traded markets. */
export const categories = queryOptions<CategoriesAnswer>({
  queryKey: KEY,
  meta: { live: true },
  queryFn: ({ signal }) =>
    unwrap<CategoryRow[], ItemMetadata>(liveApi.GET("/api/polymarket/categories", { signal })),
});

/** Puts the page's own answer where the page looks for it. */
export function primeCategories(client: QueryClient, answer: CategoriesAnswer): void {
  client.setQueryData(KEY, answer);
}
