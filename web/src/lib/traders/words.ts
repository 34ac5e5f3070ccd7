import { count, fixed, moneyExact, percent, signed, UNKNOWN, words } from "../format.ts";
import type { Ingredient } from "./contract.ts";

/** A wallet's name, unless it is none: upstream calls the nameless by their address and a number. */
export function ownName(name: string | null): string | null {
  return name === null || /^0x[0-9a-fA-F]{40}/.test(name) ? null : name;
}

/** Every class of wallets, in the order in which charts and lists name them. */
export const CLASSES = ["whale", "smart", "new", "other", "maker_like", "bot_like"] as const;

const CLASS_WORDS: Readonly<Record<string, string>> = {
  whale: "whale",
  smart: "smart money",
  maker_like: "maker-like",
  bot_like: "bot-like",
  new: "new wallet",
  other: "other",
};

/** The class of a wallet in words; none is said to be what it is only like. */
export function classText(name: string): string {
  return CLASS_WORDS[name] ?? words(name);
}

export const SCORE_KINDS = ["smart_money", "whale", "reputation", "maker", "bot"] as const;

const SCORE_WORDS: Readonly<Record<string, string>> = {
  whale: "Whale",
  smart_money: "Smart money",
  reputation: "Reputation",
  maker: "Maker-like",
  bot: "Bot-like",
};

export function scoreText(kind: string): string {
  return SCORE_WORDS[kind] ?? words(kind);
}

export type VerdictName = (typeof VERDICTS)[number];

export const VERDICTS = ["scored", "too_few", "withheld", "excluded"] as const;

const VERDICT_WORDS: Readonly<Record<string, string>> = {
  scored: "scored",
  too_few: "too few events to say",
  withheld: "withheld",
  excluded: "excluded",
};

export function verdictText(verdict: string): string {
  return VERDICT_WORDS[verdict] ?? words(verdict);
}

const REASONS: Readonly<Record<string, string>> = {
  unproven: "nothing stands out against chance",
  too_few_events: "too few settled events",
  too_few_fills: "too few fills",
  not_whole: "the history is not whole",
  history_not_whole: "the history is not whole",
  incomplete: "the history is not whole",
  capped: "Polymarket does not list the beginning of the history",
  gap: "the history misses something",
  unreconciled: "our books and Polymarket's differ, and nothing explains it",
  maker_like: "it trades like a market maker",
  bot_like: "it trades like a program",
  maker: "it trades like a market maker",
  bot: "it trades like a program",
  no_scale: "there is nothing to measure it by",
  withdrawn: "it errs more often than it declares",
  no_population: "all wallets together have not been scored yet",
  no_side: "it pointed nowhere",
  no_entry: "there was no price when it was published",
  no_price: "no price was recorded when it was due",
};

/** Why a figure is not there, as the rest of a sentence. */
export function reasonText(reason: string): string {
  return REASONS[reason] ?? words(reason);
}

const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  smart_money: "Smart money",
  divergence: "Divergence",
  flip: "Flip",
  accumulation: "Accumulation",
  momentum: "Momentum",
  volume: "Volume",
  size: "Large trade",
};

export const SIGNAL_KINDS = Object.keys(SIGNAL_WORDS);

/** What a kind of signal is called. */
export function signalText(kind: string): string {
  return SIGNAL_WORDS[kind] ?? words(kind).replace(/^./, (first) => first.toUpperCase());
}

const BASES: Readonly<Record<string, string>> = {
  feed: "the public tape, which names takers only",
  activity: "the activity of single wallets",
  chain: "the exchange's own events",
  holders: "Polymarket's list of the largest holders",
};

/** What a finding rests on, as the rest of a sentence. */
export function basisText(basis: string): string {
  return BASES[basis] ?? words(basis);
}

/** An ingredient's value in its unit; unknown where it is. */
export function ingredientText({ value, unit }: Pick<Ingredient, "value" | "unit">): string {
  if (value === null || !Number.isFinite(value)) return "unknown";
  switch (unit) {
    case "usd":
      return moneyExact(value);
    case "share":
      return percent(value);
    case "probability":
      return value !== 0 && Math.abs(value) < 0.0005 ? "<0.001" : fixed(value, 3);
    case "log_odds":
      return `${signed(value, 2)} log-odds`;
    case "count":
      return Number.isInteger(value) ? count(value) : fixed(value, 1);
    case "days":
      return `${count(value)} d`;
    case "score":
      return fixed(value, 0);
    case "sd":
      return deviations(value);
    default:
      return signed(value, 3).replace("+", "");
  }
}

/** A part of something that it may well exceed: in percent, and from tenfold on how many times it is: `61%`, `224×`. */
export function ratio(part: number | null): string {
  return part !== null && part >= 9.995 ? `${count(part)}×` : percent(part);
}

/** Standard deviations with their sign: `+3.4 sd`. */
export function deviations(value: number | null): string {
  return value === null ? UNKNOWN : `${value > 0 ? "+" : ""}${fixed(value, 1)} sd`;
}

/** A score, 0 to 100, with its interval: `62 [48, 74]`. */
export function scoreSpan(value: number | null, low: number | null, high: number | null): string {
  if (value === null) return UNKNOWN;
  return `${fixed(value, 0)}${low === null || high === null ? "" : ` [${fixed(low, 0)}, ${fixed(high, 0)}]`}`;
}

/** A rate with its interval in percent, and of how many: `4.1% [2.7, 6.2] of 1,000`. */
export function rateOf(
  rate: number | null,
  low: number | null,
  high: number | null,
  n: number | null,
): string {
  if (rate === null) return n === null ? UNKNOWN : `unknown of ${count(n)}`;
  const digits = Math.abs(high ?? rate) < 0.0995 ? 1 : 0;
  const ends =
    low === null || high === null ? "" : ` [${fixed(low * 100, digits)}, ${fixed(high * 100, digits)}]`;
  return `${fixed(rate * 100, digits)}%${ends}${n === null ? "" : ` of ${count(n)}`}`;
}

/** Cents a share with their sign and interval: `+1.2¢ [−0.3, 2.7]`. */
export function centsSpan(
  value: number | null | undefined,
  low?: number | null,
  high?: number | null,
): string {
  if (value == null) return UNKNOWN;
  const ends = low == null || high == null ? "" : ` [${fixed(low * 100, 1)}, ${fixed(high * 100, 1)}]`;
  return `${signed(value * 100, 1)}¢${ends}`;
}
