import type { QueryClient } from "@tanstack/react-query";
import type {
  ClosedPosition,
  WalletActivity,
  WalletExposure,
  WalletListMetadata,
  WalletMetadata,
  WalletMetrics,
  WalletMetricsAnswer,
  WalletPnl,
  WalletPosition,
  WalletProfile,
  WalletsFound,
  WalletValue,
} from "../../lib/apiTypes.ts";
import type { Answer } from "../../lib/client.ts";
import type { WalletScores } from "../../lib/traders/contract.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { walletKeys } from "./keys.ts";
import { filterOf, kindsOf } from "./trades/tradeFilter.ts";
import {
  closedPositions,
  type ProfileAnswer,
  rangeOf,
  type Subject,
  walletActivity,
  walletExposure,
  walletMetrics,
  walletPnl,
  walletPositions,
  walletScores,
  walletsFound,
  walletValue,
} from "./walletQueries.ts";

type List<Row> = Answer<Row[], WalletListMetadata>;

/** What the server wrote into a wallet's page: the answers of its parts. Null is what it could not have in time. */
interface Handed {
  profile: WalletProfile;
  parts: null | {
    value: WalletValue | null;
    metrics: WalletMetricsAnswer | null;
    pnl: WalletPnl | null;
    scores: WalletScores | null;
    positions: WalletPosition[] | null;
    exposure: WalletExposure[] | null;
    closed: List<ClosedPosition> | null;
    trades: List<WalletActivity> | null;
    activity: List<WalletActivity> | null;
  };
}

function subjectOf({ address, history }: WalletProfile): Subject | null {
  return history && { address, importedAt: history.imported_at };
}

/** Puts the page's own answers where its panels look for them. */
export function primeWallet(client: QueryClient, id: string, answer: unknown, search: UrlSearch): void {
  const { data, metadata, screenMs } = answer as Answer<Handed, WalletMetadata>;
  const { profile, parts } = data;
  client.setQueryData<ProfileAnswer>(walletKeys.profile(id), { data: profile, metadata, screenMs });
  const subject = subjectOf(profile);
  if (subject === null || parts === null) return;
  const { value, metrics, pnl, scores, positions, exposure, closed, trades, activity } = parts;
  if (value) client.setQueryData(walletValue(subject).queryKey, value);
  if (metrics) client.setQueryData(walletMetrics(subject).queryKey, metrics.metrics);
  if (pnl) client.setQueryData(walletPnl(subject, rangeOf(search)).queryKey, pnl);
  if (scores) client.setQueryData(walletScores(subject.address).queryKey, scores);
  if (positions) client.setQueryData(walletPositions(subject).queryKey, positions);
  if (exposure) client.setQueryData(walletExposure(subject).queryKey, exposure);
  if (closed) client.setQueryData(closedPositions(subject).queryKey, { pages: [closed], pageParams: [0] });
  const first = (page: List<WalletActivity>) => ({ pages: [page], pageParams: [null] });
  if (trades)
    client.setQueryData(walletActivity(subject, "trades", filterOf(search)).queryKey, first(trades));
  if (activity && !kindsOf(search).kinds)
    client.setQueryData(walletActivity(subject, "activity", {}).queryKey, first(activity));
}

/** Puts what was found for the text of the page's address where the list looks for it. */
export function primeWallets(client: QueryClient, _id: string, answer: unknown, search: UrlSearch): void {
  const text = (search.q ?? "").trim();
  if (text !== "") client.setQueryData(walletsFound(text).queryKey, (answer as { data: WalletsFound }).data);
}

interface Compared {
  profile: WalletProfile;
  metadata: WalletMetadata;
  value: WalletValue | null;
  metrics: WalletMetrics | null;
}

/** Puts the answers about wallets that are compared where their columns look for them. */
export function primeCompare(client: QueryClient, _id: string, answer: unknown): void {
  const { data, screenMs } = answer as Answer<[string, Compared | null][], unknown>;
  for (const [id, known] of data) {
    if (known === null) continue;
    const { profile, metadata, value, metrics } = known;
    client.setQueryData<ProfileAnswer>(walletKeys.profile(id), { data: profile, metadata, screenMs });
    const subject = subjectOf(profile);
    if (subject && value) client.setQueryData(walletValue(subject).queryKey, value);
    if (subject && metrics) client.setQueryData(walletMetrics(subject).queryKey, metrics);
  }
}
