import { words } from "../../lib/format.ts";

/** A figure, or the reason why the history does not support it; neither where it is not defined. */
export interface Told<Value> {
  value?: Value | null;
  withheld?: string | null;
  /** What it is not below, although it is withheld. */
  at_least?: Value | null;
}

/** The figure, where there is one. */
export function knownOf<Value>(figure: Told<Value> | null | undefined): Value | null {
  return figure?.value ?? null;
}

const WHY: Readonly<Record<string, string>> = {
  gap: "the history misses something, or contradicts itself",
  capped: "only a part of the history is held",
  transfer_cost: "shares came from or went to another wallet, and nobody knows what they cost",
  conversion_cost: "nobody knows which shares a conversion gave",
  no_mark: "something that is held has no price",
  no_fee: "the source does not tell the fee from the price",
  no_close_time: "a resolved market does not say when it was",
};

/** Why a figure is withheld, as the rest of a sentence. */
export function whyWithheld(reason: string): string {
  return WHY[reason] ?? words(reason);
}

const DOUBTS: Readonly<Record<string, string>> = {
  oversold: "more was sold or merged than the history shows was held",
  redemption: "a redemption paid what the shares held cannot pay",
  transfer_in: "shares came from another wallet",
  transfer_out: "shares went to another wallet",
  overconverted: "more was converted than the history shows was held",
  unknown_conversion: "a conversion of which nobody knows what was given",
  unreadable: "an entry that cannot be booked",
  size_differs: "Polymarket reports another number of shares",
  bought_differs: "Polymarket reports another number of shares ever bought",
  not_in_history: "Polymarket reports this position, and the history does not have it",
  cash_differs: "the wallet's cash is not what the history leaves",
  unknown_fee: "a fee that the source does not tell from the price",
};

/** What makes a position doubtful, as a sentence without its end. */
export function doubtText(doubt: string): string {
  return DOUBTS[doubt] ?? words(doubt);
}

const SHORTFALLS: Readonly<Record<string, (list: string) => string>> = {
  capped: (list) => `Polymarket stops listing ${list} at its limit`,
  broken: (list) => `the list of ${list} broke off`,
  unreadable: (list) => `rows of ${list} could not be read`,
};

/** Why a history is not full, as a sentence without its end: `activity_capped`, or what makes its books doubtful. */
export function shortfallText(reason: string): string {
  if (reason === "too_large") return "it is too large to be imported whole";
  const [, list, how] = reason.match(/^(.+)_([a-z]+)$/) ?? [];
  const known = list !== undefined && how !== undefined ? SHORTFALLS[how] : undefined;
  return known && list ? known(words(list)) : doubtText(reason);
}

const CLASSES: Readonly<Record<string, string>> = {
  none: "They agree within the tolerance.",
  gap: "The history misses something, so ours is withheld.",
  transfer: "Shares came from or went to other wallets, which Polymarket counts differently.",
  mark_timing: "The difference is in what open positions are worth: another price at another moment.",
  method:
    "One of them has the fees in it and the other has not, or they realise profits by different methods.",
  neg_risk: "Conversions, whose cost Polymarket allots differently.",
  unclassified: "Nothing in the records explains this difference. This wallet is not ranked.",
};

/** Why our number and the venue's differ, in plain words. */
export function classText(name: string): string {
  return CLASSES[name] ?? words(name);
}

const MEASURES: Readonly<Record<string, string>> = {
  positions: "Profit of positions, before fees",
  realized: "Realised, before fees",
  realised: "Realised, before fees",
  after_fees: "Profit of positions, after fees",
  economic: "After fees, with rewards and rebates",
  settled: "Realised after fees, with rewards and rebates",
};

/** The name of a measure that both tell. */
export function measureText(measure: string): string {
  return MEASURES[measure] ?? words(measure);
}
