import { queryOptions } from "@tanstack/react-query";
import type { ItemMetadata } from "../../lib/apiTypes.ts";
import { unwrap } from "../../lib/client.ts";
import { type CategoryRow, liveApi } from "../../lib/live-contract.ts";
import { categoryKeys } from "./keys.ts";
import type { CategoriesAnswer } from "./primeCategories.ts";

/** Every category with its figures and its most traded markets. */
export const categories = queryOptions<CategoriesAnswer>({
  queryKey: categoryKeys.all,
  meta: { live: true },
  queryFn: ({ signal }) =>
    unwrap<CategoryRow[], ItemMetadata>(liveApi.GET("/api/polymarket/categories", { signal })),
});
