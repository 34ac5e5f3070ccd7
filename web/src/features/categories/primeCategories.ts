import type { QueryClient } from "@tanstack/react-query";
import type { CategoryRow, ItemMetadata } from "../../lib/apiTypes.ts";
import type { Answer } from "../../lib/client.ts";
import { categoryKeys } from "./keys.ts";

export type CategoriesAnswer = Answer<CategoryRow[], ItemMetadata>;

/** Puts the page's own answer where the page looks for it. */
export function primeCategories(client: QueryClient, _id: string, answer: unknown): void {
  client.setQueryData(categoryKeys.all, answer as CategoriesAnswer);
}
