import * as v from "valibot";
import type { MarketsQuery } from "../../lib/apiTypes.ts";
import { TAPE_COLUMN_IDS, TAPE_COUNTS, TAPE_WINDOWS } from "../../lib/tape.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { RANGE_FILTERS } from "./filters.ts";

/** One value that the API accepts for a parameter: the lists below cannot drift from it. */
type Accepted<Name extends keyof MarketsQuery> =
  NonNullable<MarketsQuery[Name]> extends readonly (infer Item)[] ? Item : NonNullable<MarketsQuery[Name]>;

export const STATUSES = [
  "open",
  "closed",
  "resolved",
  "all",
] as const satisfies readonly Accepted<"status">[];
export type Status = (typeof STATUSES)[number];

export const CATEGORIES = [
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
  "unknown",
] as const satisfies readonly Accepted<"category">[];
export const CLOSES = [
  "day",
  "week",
  "month",
  "later",
  "awaiting",
  "unknown",
] as const satisfies readonly Accepted<"closes">[];
export const TRAITS = [
  "neg_risk",
  "fee_free",
  "rewards",
  "accepting_orders",
  "new",
] as const satisfies readonly Accepted<"traits">[];

export const SORT_COLUMNS = [
  "volume_24h",
  "volume_7d",
  "volume_30d",
  "volume_total",
  "liquidity",
  "price",
  "spread",
  "change_1h",
  "change_24h",
  "change_7d",
  "change_30d",
  "end_date",
  "created_at",
  "title",
  "competitive",
  "relevance",
  "smart_imbalance",
  "smart_voices",
  ...TAPE_COLUMN_IDS,
] as const satisfies readonly Accepted<"sort">[];
export type SortColumn = (typeof SORT_COLUMNS)[number];

/** Columns that the API sorts by at once, at most. */
const MAX_SORTS = 4;

export interface Sort {
  column: SortColumn;
  descending: boolean;
}

export const DEFAULT_COLUMNS: readonly string[] = [
  "title",
  "price",
  "change_24h",
  "volume_24h",
  "liquidity",
  "spread",
  "end_date",
];

/** A screen: what is asked of the catalogue and which columns show the answer. Its one home is the URL. */
export interface Screen {
  q: string;
  status: Status;
  category: readonly string[];
  tag: readonly string[];
  closes: readonly string[];
  traits: readonly string[];
  /** Bounds by the API's parameter, such as `price_min`, in the API's units. */
  bounds: Readonly<Record<string, number>>;
  ends_after: string | null;
  ends_before: string | null;
  /** Upstream's own flags, for links that carry them; the terminal offers `status` instead. */
  active: "true" | "false" | null;
  closed: "true" | "false" | null;
  /** Empty means the server's default. */
  sort: readonly Sort[];
  /** Empty means the default columns. */
  cols: readonly string[];
}

/** A parameter of the address that could not be understood and was left out. */
export interface Ignored {
  field: string;
  value: string;
  message: string;
}

export const EMPTY_SCREEN: Screen = {
  q: "",
  status: "open",
  category: [],
  tag: [],
  closes: [],
  traits: [],
  bounds: {},
  ends_after: null,
  ends_before: null,
  active: null,
  closed: null,
  sort: [],
  cols: [],
};

const ALIASES: Readonly<Record<string, string>> = {
  volume_min: "volume_24h_min",
  volume_max: "volume_24h_max",
};

const csv = v.pipe(
  v.string(),
  v.transform((text) => [
    ...new Set(
      text
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    ),
  ]),
);
const csvOf = (values: readonly string[]) =>
  v.pipe(csv, v.array(v.picklist(values, `must be among ${values.join(", ")}`)));
const slugs = v.pipe(csv, v.array(v.pipe(v.string(), v.regex(/^[\w-]+$/, "must be tag slugs"))));
const flag = v.picklist(["true", "false"] as const, "must be true or false");
const instant = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), "must be a date and time such as 2026-03-01T00:00:00Z"),
);

const sortList = v.pipe(
  csv,
  v.array(
    v.pipe(
      v.string(),
      v.transform((text): Sort => {
        const descending = text.startsWith("-");
        return { column: text.slice(descending ? 1 : 0) as SortColumn, descending };
      }),
      v.check(
        ({ column }) => SORT_COLUMNS.includes(column),
        "must be sortable columns, descending with a leading minus",
      ),
    ),
  ),
  v.maxLength(MAX_SORTS, `must be at most ${MAX_SORTS} columns`),
);

function bound(lowest: number | null, highest: number | null) {
  return v.pipe(
    v.string(),
    v.transform(Number),
    v.check((value) => Number.isFinite(value), "must be a number"),
    v.check((value) => lowest === null || value >= lowest, `must be at least ${lowest}`),
    v.check((value) => highest === null || value <= highest, `must be at most ${highest}`),
  );
}

const BOUND_SCHEMAS = new Map<string, ReturnType<typeof bound>>(
  RANGE_FILTERS.flatMap(({ name, lowest, highest }) => {
    const schema = bound(lowest, highest);
    return [[`${name}_min`, schema] as const, [`${name}_max`, schema] as const];
  }),
);

const FIELD_SCHEMAS = {
  q: v.pipe(v.string(), v.maxLength(200, "must be at most 200 characters")),
  status: v.picklist(STATUSES, `must be among ${STATUSES.join(", ")}`),
  category: csvOf(CATEGORIES),
  tag: slugs,
  closes: csvOf(CLOSES),
  traits: csvOf(TRAITS),
  ends_after: instant,
  ends_before: instant,
  active: flag,
  closed: flag,
  sort: sortList,
  cols: v.pipe(csv, v.array(v.pipe(v.string(), v.regex(/^\w+$/, "must be column names")))),
} as const;

/** Parameters of the address that belong to the page rather than to the screen, or page the server's HTML. */
const OTHER_PARAMETERS = new Set(["density", "limit", "offset", "cursor", "facets"]);

/** Reads a screen from the address. What cannot be understood is left out and reported, never guessed. */
export function parseScreen(search: UrlSearch): { screen: Screen; ignored: Ignored[] } {
  const found: Record<string, unknown> = {};
  const bounds: Record<string, number> = {};
  const ignored: Ignored[] = [];
  for (const [given, value] of Object.entries(search)) {
    const field = ALIASES[given] ?? given;
    if (OTHER_PARAMETERS.has(field)) continue;
    const boundSchema = BOUND_SCHEMAS.get(field);
    const schema = boundSchema ?? FIELD_SCHEMAS[field as keyof typeof FIELD_SCHEMAS];
    if (schema === undefined) {
      ignored.push({ field: given, value, message: "is not a filter of this page" });
      continue;
    }
    const result = v.safeParse(schema, String(value));
    if (!result.success) {
      ignored.push({ field: given, value, message: result.issues[0].message });
    } else if (boundSchema) {
      bounds[field] = result.output as number;
    } else {
      found[field] = result.output;
    }
  }
  return { screen: { ...EMPTY_SCREEN, ...found, bounds }, ignored };
}

/** The screen as address parameters, in a fixed order and without defaults: one screen has one address. */
export function screenToSearch(screen: Screen): Record<string, string> {
  const search: Record<string, string> = {};
  const put = (name: string, value: string | null) => {
    if (value) search[name] = value;
  };
  put("q", screen.q);
  put("status", screen.status === EMPTY_SCREEN.status ? null : screen.status);
  put("category", screen.category.join(","));
  put("tag", screen.tag.join(","));
  put("closes", screen.closes.join(","));
  put("traits", screen.traits.join(","));
  for (const name of BOUND_SCHEMAS.keys()) {
    const value = screen.bounds[name];
    if (value !== undefined) search[name] = String(value);
  }
  put("ends_after", screen.ends_after);
  put("ends_before", screen.ends_before);
  put("active", screen.active);
  put("closed", screen.closed);
  put("sort", screen.sort.map(({ column, descending }) => `${descending ? "-" : ""}${column}`).join(","));
  put("cols", screen.cols.join(","));
  return search;
}

/** The screen as the API's query: the address without what only the page understands. */
export function screenToQuery(screen: Screen): Record<string, string> {
  const { cols: _cols, ...query } = screenToSearch(screen);
  return query;
}

/** The columns a screen shows; the first is always the title. */
export function visibleColumns(screen: Screen): readonly string[] {
  return screen.cols.length > 0 ? screen.cols : DEFAULT_COLUMNS;
}

/** The order that the server applies to this screen. */
export function effectiveSort(screen: Screen): readonly Sort[] {
  if (screen.sort.length > 0) return screen.sort;
  return [{ column: screen.q ? "relevance" : "volume_24h", descending: true }];
}

/**
 * The order after a click on a column's header: descending first (ascending for text and dates), then the reverse,
 * then the default. With `isAdditional` the column is added behind the present ones or reversed in place.
 */
export function nextSort(screen: Screen, column: SortColumn, isAdditional: boolean): readonly Sort[] {
  const startsDescending = column !== "title" && column !== "end_date";
  const current = effectiveSort(screen);
  const known = current.find((sort) => sort.column === column);
  if (isAdditional) {
    if (!known) return [...current.slice(0, MAX_SORTS - 1), { column, descending: startsDescending }];
    return current.map((sort) => (sort === known ? { column, descending: !known.descending } : sort));
  }
  if (!known || current.length > 1) return [{ column, descending: startsDescending }];
  if (known.descending === startsDescending) return [{ column, descending: !startsDescending }];
  return [];
}

/** Adds a value to a list filter, or takes it out. */
export function toggled(values: readonly string[], value: string): readonly string[] {
  return values.includes(value) ? values.filter((kept) => kept !== value) : [...values, value];
}

export const PERIODS = ["10m", "1h", "6h", "12h", "24h", "7d", "30d"] as const;
export type Period = (typeof PERIODS)[number];

/** The period whose change is shown; without a change, that of the first column that has a period. */
export function shownPeriod(screen: Screen): Period | null {
  const shown = visibleColumns(screen);
  const change = PERIODS.find((period) => shown.includes(`change_${period}`));
  return change ?? PERIODS.find((period) => shown.some((column) => column.endsWith(`_${period}`))) ?? null;
}

const OF_PERIOD = new RegExp(`^(change|volume|${TAPE_COUNTS.join("|")})_(${PERIODS.join("|")})$`);

/**
 * The column of another period that stands for this one. Upstream counts volumes of a day and longer, the tape those
 * of shorter windows; what only the tape counts is not known beyond a day.
 */
function inPeriod(column: string, period: Period): string {
  const figure = OF_PERIOD.exec(column)?.[1];
  if (figure === undefined) return column;
  const isCounted = (TAPE_WINDOWS as readonly string[]).includes(period);
  if (figure === "change") return `change_${period}`;
  if (figure === "volume" || figure === "taker_volume") {
    return isCounted && period !== "24h" ? `taker_volume_${period}` : `volume_${period}`;
  }
  return `${figure}_${isCounted ? period : "24h"}`;
}

/** The screen with the columns that have a period, and an order by them, moved to another period. */
export function withPeriod(screen: Screen, period: Period): Screen {
  const cols = [...new Set(visibleColumns(screen).map((column) => inPeriod(column, period)))];
  const columns = [...new Set(screen.sort.map(({ column }) => inPeriod(column, period) as SortColumn))];
  const sort = columns.map((column) => ({
    column,
    descending: screen.sort.find((kept) => inPeriod(kept.column, period) === column)?.descending ?? true,
  }));
  const isDefault = cols.join() === DEFAULT_COLUMNS.join();
  return { ...screen, cols: isDefault ? [] : cols, sort };
}
