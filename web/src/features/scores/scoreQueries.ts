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

/** What one score means; null of a claim that is no score, such as that of owners of several wallets. */
export const definitionOf = (kind: string) =>
  queryOptions<ScoreDefinition | null>({
    queryKey: ["score-definition", kind],
    queryFn: async ({ signal }) => {
      const { data } = await ask<ScoreDefinition[]>("/api/scores", {}, signal);
      return data.find((known) => known.kind === kind) ?? null;
    },
  });
