import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type {
  ClosedPosition,
  ItemMetadata,
  WalletActivity,
  WalletActivityQuery,
  WalletExposure,
  WalletListMetadata,
  WalletMetadata,
  WalletMetricsAnswer,
  WalletPnl,
  WalletPosition,
  WalletProfile,
  WalletsFound,
  WalletValue,
} from "../../lib/apiTypes.ts";
import { type Answer, api, unwrap } from "../../lib/client.ts";
import { ask } from "../../lib/traders/boardQueries.ts";
import type { WalletScores } from "../../lib/traders/contract.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { walletKeys } from "./keys.ts";

/** A wallet whose history is held. What is asked about it is of one import: the next one is asked anew. */
export interface Subject {
  address: string;
  importedAt: string;
}

export type ProfileAnswer = Answer<WalletProfile, WalletMetadata>;

/** How often an import is looked after, in milliseconds. */
const WATCH_MS: Readonly<Record<string, number>> = {
  importing: 1_500,
  waiting: 3_000,
  unknown: 3_000,
  failed: 30_000,
};
const ROWS_A_PAGE = 100;
const VALUE_REFRESH_MS = 60_000;

export const PNL_RANGES = ["1d", "1w", "1m", "1y", "all"] as const;
export type PnlRange = (typeof PNL_RANGES)[number];
export const DEFAULT_RANGE: PnlRange = "all";

/** The range of the chart that the page's address names. */
export const rangeOf = ({ range }: UrlSearch): PnlRange =>
  PNL_RANGES.find((known) => known === range) ?? DEFAULT_RANGE;

/** Who a wallet is, and how far its history is. Asking for one that is not known begins its import. */
export function walletProfile(id: string) {
  return queryOptions<ProfileAnswer>({
    queryKey: walletKeys.profile(id),
    refetchInterval: ({ state }) => WATCH_MS[state.data?.data.import.state ?? ""] ?? false,
    queryFn: ({ signal }) =>
      unwrap<WalletProfile, WalletMetadata>(
        api.GET("/api/polymarket/wallet/{address}/profile", {
          params: { path: { address: id } },
          signal,
        }),
      ),
  });
}

/** What the wallet is worth now. */
export function walletValue(subject: Subject) {
  return queryOptions({
    queryKey: walletKeys.part(subject, "value"),
    refetchInterval: VALUE_REFRESH_MS,
    queryFn: async ({ signal }) => {
      const request = api.GET("/api/polymarket/wallet/{address}/value", {
        params: { path: { address: subject.address } },
        signal,
      });
      return (await unwrap<WalletValue, WalletMetadata>(request)).data;
    },
  });
}

/** Profit over time by source, and ours beside the venue's. */
export function walletPnl(subject: Subject, range: PnlRange) {
  return queryOptions({
    queryKey: walletKeys.part(subject, "pnl", { range }),
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const request = api.GET("/api/polymarket/wallet/{address}/pnl", {
        params: { path: { address: subject.address }, query: { range } },
        signal,
      });
      return (await unwrap<WalletPnl, WalletMetadata>(request)).data;
    },
  });
}

/** How the wallet trades. */
export function walletMetrics(subject: Subject) {
  return queryOptions({
    queryKey: walletKeys.part(subject, "metrics"),
    queryFn: async ({ signal }) => {
      const request = api.GET("/api/polymarket/wallet/{address}/metrics", {
        params: { path: { address: subject.address } },
        signal,
      });
      return (await unwrap<WalletMetricsAnswer, WalletMetadata>(request)).data.metrics;
    },
  });
}

/** What the wallet holds, marked now. */
export function walletPositions(subject: Subject) {
  return queryOptions({
    queryKey: walletKeys.part(subject, "positions"),
    refetchInterval: VALUE_REFRESH_MS,
    queryFn: async ({ signal }) => {
      const request = api.GET("/api/polymarket/wallet/{address}/positions", {
        params: { path: { address: subject.address } },
        signal,
      });
      return (await unwrap<WalletPosition[], WalletListMetadata>(request)).data;
    },
  });
}

/** What the wallet stands to have when its open events end. */
export function walletExposure(subject: Subject) {
  return queryOptions({
    queryKey: walletKeys.part(subject, "exposure"),
    queryFn: async ({ signal }) => {
      const request = api.GET("/api/polymarket/wallet/{address}/exposure", {
        params: { path: { address: subject.address } },
        signal,
      });
      return (await unwrap<WalletExposure[], WalletListMetadata>(request)).data;
    },
  });
}

/** Positions that are over, the last first, page by page. */
export function closedPositions(subject: Subject) {
  return infiniteQueryOptions({
    queryKey: walletKeys.part(subject, "closed-positions"),
    initialPageParam: 0,
    queryFn: ({ signal, pageParam }) =>
      unwrap<ClosedPosition[], WalletListMetadata>(
        api.GET("/api/polymarket/wallet/{address}/closed-positions", {
          params: { path: { address: subject.address }, query: { limit: ROWS_A_PAGE, offset: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (last, pages) =>
      last.data.length < ROWS_A_PAGE ? undefined : pages.length * ROWS_A_PAGE,
  });
}

/** What a list of trades is narrowed by, in the API's names. */
export type ActivityFilter = Pick<WalletActivityQuery, "side" | "min_usdc"> & {
  /** Words of `kind`, separated by commas. */
  kinds?: string;
};

/** What the wallet did, the newest first, page by page. */
export function walletActivity(subject: Subject, part: "trades" | "activity", filter: ActivityFilter) {
  return infiniteQueryOptions({
    queryKey: walletKeys.part(subject, part, filter),
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      unwrap<WalletActivity[], WalletListMetadata>(
        api.GET(`/api/polymarket/wallet/{address}/${part}`, {
          params: {
            path: { address: subject.address },
            query: { ...filter, limit: ROWS_A_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: ({ metadata }) => metadata.next_cursor ?? undefined,
  });
}

/** What a wallet is scored and was, and the owner it seems to have. */
export function walletScores(address: string) {
  return queryOptions({
    queryKey: ["wallet-scores", address],
    queryFn: async ({ signal }) =>
      (await ask<WalletScores>("/api/polymarket/wallet/{address}/scores", {}, signal, { address })).data,
  });
}

/** How long a text must rest before wallets are looked for: Polymarket is asked as well. */
const REST_MS = 250;

/** Resolves after so long, unless nobody waits any more. */
async function rest(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  signal.throwIfAborted();
}

/** Wallets for an address, a name or a profile's address; idle while there is no text. */
export function walletsFound(text: string) {
  return queryOptions({
    queryKey: walletKeys.search(text),
    enabled: text !== "",
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      await rest(signal);
      const request = api.GET("/api/polymarket/wallets/search", { params: { query: { q: text } }, signal });
      return (await unwrap<WalletsFound, ItemMetadata>(request)).data;
    },
  });
}
