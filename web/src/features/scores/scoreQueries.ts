import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../lib/traders/boardQueries.ts";
import type { Audit, ScoreDefinition } from "../../lib/traders/contract.ts";

/** What each score means. */
export const definitions = queryOptions<ScoreDefinition[]>({
  queryKey: ["score-definitions"],
  queryFn: async ({ signal }) => (await ask<ScoreDefinition[]>("/api/scores", {}, signal)).data,
});

/** How a score does on wallets of which it is known what they are. */
export const auditOf = (kind: string) =>
  queryOptions<Audit>({
    queryKey: ["score-audit", kind],
    queryFn: async ({ signal }) => (await ask<Audit>("/api/scores/{kind}/audit", {}, signal, { kind })).data,
  });
