import type { paths } from "../api.gen.ts";
import { categoryLabel } from "../format.ts";
import { stringifySearch, type UrlSearch } from "../urlSearch.ts";
import type { Followed } from "./follow.ts";
import { CLASSES, classText, SCORE_KINDS, SIGNAL_KINDS, scoreText, signalText } from "./words.ts";

interface Choice {
  kind: "choice";
  label: string;
  /** Values besides the empty one, each with its name. */
  options: readonly (readonly [string, string])[];
  /** What the empty value says. */
  any: string;
}

interface Amount {
  kind: "amount";
  label: string;
  most?: number;
  step: number;
}

interface Text {
  kind: "text";
  label: string;
  placeholder: string;
  /** What a value must look like, as in `input[pattern]`. */
  pattern: string;
}

export type Filter = Choice | Amount | Text;

const named = (values: readonly string[], name: (value: string) => string) =>
  values.map((value) => [value, name(value)] as const);

const TIMEFRAMES = ["1h", "6h", "24h", "7d", "30d", "all"];
const CATEGORIES = [
  "politics",
  "world",
  "sports",
  "crypto",
  "economy",
  "finance",
  "tech",
  "science",
  "culture",
  "weather",
];

/** Every filter of the boards, under the API's name of its parameter. */
export const FILTERS = {
  timeframe: { kind: "choice", label: "last", any: "24h", options: named(TIMEFRAMES, (value) => value) },
  min_usdc: { kind: "amount", label: "from $", step: 100 },
  max_usdc: { kind: "amount", label: "to $", step: 100 },
  category: {
    kind: "choice",
    label: "category",
    any: "all",
    options: named(CATEGORIES, (value) => categoryLabel(value)),
  },
  class: { kind: "choice", label: "class", any: "all", options: named(CLASSES, classText) },
  side: {
    kind: "choice",
    label: "toward",
    any: "both",
    options: [
      ["yes", "Yes"],
      ["no", "No"],
    ],
  },
  action: {
    kind: "choice",
    label: "action",
    any: "both",
    options: [
      ["buy", "bought"],
      ["sell", "sold"],
    ],
  },
  score: { kind: "choice", label: "score", any: "whale", options: named(SCORE_KINDS.slice(0, 3), scoreText) },
  min_score: { kind: "amount", label: "score from", most: 100, step: 1 },
  wallet: {
    kind: "text",
    label: "wallet",
    placeholder: "0x…",
    pattern: "0x[0-9a-fA-F]{40}",
  },
  status: {
    kind: "choice",
    label: "result",
    any: "all",
    options: [
      ["open", "open"],
      ["settled", "settled"],
      ["void", "void"],
    ],
  },
  kind: { kind: "choice", label: "kind", any: "all", options: named(SIGNAL_KINDS, signalText) },
  layer: {
    kind: "choice",
    label: "layer",
    any: "both",
    options: [
      ["pair", "wallet on an event"],
      ["history", "account"],
    ],
  },
} as const satisfies Readonly<Record<string, Filter>>;

export type FilterName = keyof typeof FILTERS;

/** A list with filters: where it is asked for, what narrows it and what else its address may carry. */
export interface BoardSpec {
  /** The API's path. */
  path: keyof paths;
  /** Filters shown, in their order. */
  filters: readonly FilterName[];
  /** Other parameters that the API takes. */
  others: readonly string[];
  /** The timeframe without a choice. */
  timeframe?: string;
  /** It can be narrowed to several wallets. */
  byWallets?: boolean;
  /** What a filter is called here, where it is about something else than elsewhere. */
  labels?: Readonly<Partial<Record<FilterName, string>>>;
}

/**
 * What the API is asked for an address: only what its route takes, because it refuses anything else. `followed=1` is a
 * list of the reader's own; null: it is asked for, and nobody is followed.
 */
export function boardQuery(
  { filters, others, byWallets }: BoardSpec,
  search: UrlSearch,
  followedWallets: readonly Followed[],
): Record<string, string> | null {
  const query: Record<string, string> = {};
  for (const name of [...filters, ...others]) {
    const value = search[name];
    if (value !== undefined) query[name] = value;
  }
  // A score without a bound narrows nothing, but on a board of scores.
  if (query.min_score === undefined && filters.includes("min_score") && !others.includes("score"))
    delete query.score;
  if (byWallets && search.followed === "1") {
    if (followedWallets.length === 0) return null;
    // One wallet or several: the route takes not both.
    delete query.wallet;
    query.wallets = followedWallets.map(({ address }) => address).join(",");
  }
  return query;
}

/** Whether anything narrows this list. */
export function isNarrowed({ filters, byWallets }: BoardSpec, search: UrlSearch): boolean {
  return (
    filters.some((name) => search[name] !== undefined) || (byWallets === true && search.followed === "1")
  );
}

/** The address with some parameters changed, undefined taking one out; a page further down and an open row are left. */
export function changedHref(
  path: string,
  search: UrlSearch,
  change: Readonly<Record<string, string | undefined>>,
): string {
  return `${path}${stringifySearch({ ...search, cursor: undefined, why: undefined, ...change })}`;
}

/** Where the same rows are as a file for spreadsheets. */
export function csvHref(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}.csv${stringifySearch(query)}`;
}
