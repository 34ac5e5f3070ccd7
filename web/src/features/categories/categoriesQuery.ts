import { queryOptions } from "@tanstack/react-query";
import type { CategoryRow, ItemMetadata } from "../../lib/apiTypes.ts";
import { api, unwrap } from "../../lib/client.ts";
import { categoryKeys } from "./keys.ts";
import type { CategoriesAnswer } from "./primeCategories.ts";

/** Every category with its figures and its most traded markets. */
export const categories = queryOptions<CategoriesAnswer>({
  queryKey: categoryKeys.all,
  meta: { live: true },
  queryFn: ({ signal }) =>
    unwrap<CategoryRow[], ItemMetadata>(api.GET("/api/polymarket/categories", { signal })),
});
