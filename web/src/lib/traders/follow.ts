import { readStored, writeStored } from "../storage.ts";
import { createStore, type Store } from "../store.ts";

/** A wallet that the reader follows, in this browser until there are accounts. */
export interface Followed {
  /** In lower case. */
  address: string;
  /** What it was called when it was followed; null where it had no name. */
  name: string | null;
}

/** Wallets that can be followed: as many as one request of the API narrows a list to. */
export const MOST_FOLLOWED = 50;

export const FOLLOW_KEY = "cascadian.followed";
const ADDRESS = /^0x[0-9a-f]{40}$/;
const LONGEST_NAME = 80;

function isFollowedList(value: unknown): value is Followed[] {
  return (
    Array.isArray(value) &&
    value.every(
      (wallet: Partial<Followed> | null) =>
        typeof wallet?.address === "string" &&
        ADDRESS.test(wallet.address) &&
        (wallet.name === null || typeof wallet.name === "string"),
    )
  );
}

function stored(): readonly Followed[] {
  return readStored<readonly Followed[]>(FOLLOW_KEY, [], isFollowedList).slice(0, MOST_FOLLOWED);
}

/** The wallets that are followed, the first followed first. Other tabs of this browser see changes at once. */
export const followed: Store<readonly Followed[]> = createStore(stored());

window.addEventListener("storage", ({ key }) => {
  // A null key: everything was cleared.
  if (key === FOLLOW_KEY || key === null) followed.set(stored());
});

/** What came of asking to follow a wallet. `unkept`: followed until the page is left, because the browser keeps nothing. */
export type Follow = "followed" | "known" | "full" | "unkept";

function keep(next: readonly Followed[]): boolean {
  const isKept = writeStored(FOLLOW_KEY, next);
  followed.set(next);
  return isKept;
}

export function isFollowed(list: readonly Followed[], address: string): boolean {
  const sought = address.toLowerCase();
  return list.some((wallet) => wallet.address === sought);
}

/** Follows a wallet, unless it is followed already or the list is full. */
export function follow(address: string, name: string | null): Follow {
  const list = followed.get();
  if (isFollowed(list, address)) return "known";
  if (list.length >= MOST_FOLLOWED) return "full";
  return keep([...list, { address: address.toLowerCase(), name }]) ? "followed" : "unkept";
}

/** Follows a wallet no longer. */
export function unfollow(address: string): void {
  const gone = address.toLowerCase();
  keep(followed.get().filter((wallet) => wallet.address !== gone));
}

/** One wallet a line: the address, then its name where it has one. What {@link readWallets} reads. */
export function followedText(list: readonly Followed[]): string {
  return list.map(({ address, name }) => (name === null ? address : `${address} ${name}`)).join("\n");
}

/** What a text of wallets holds: each wallet once, and how many lines name none. */
export interface ReadWallets {
  wallets: Followed[];
  unreadable: number;
}

/** Reads wallets from a text, one a line, in any case; empty lines and those that begin with `#` say nothing. */
export function readWallets(text: string): ReadWallets {
  const wallets = new Map<string, Followed>();
  let unreadable = 0;
  for (const line of text.split(/\r?\n/).map((raw) => raw.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const [, address, rest = ""] = line.match(/^(0x[0-9a-fA-F]{40})(?:[\s,;]+(.*))?$/) ?? [];
    if (address === undefined) {
      unreadable += 1;
      continue;
    }
    const key = address.toLowerCase();
    const name = rest.trim().slice(0, LONGEST_NAME) || null;
    if (!wallets.has(key)) wallets.set(key, { address: key, name });
  }
  return { wallets: [...wallets.values()], unreadable };
}

/** How an import ended. */
export interface Imported {
  added: number;
  known: number;
  /** Not followed, because the list is full. */
  over: number;
  unreadable: number;
  isKept: boolean;
}

/** Follows the wallets of a text besides those that are followed already. */
export function importWallets(text: string): Imported {
  const list = followed.get();
  const { wallets, unreadable } = readWallets(text);
  const unknown = wallets.filter(({ address }) => !isFollowed(list, address));
  const added = unknown.slice(0, Math.max(0, MOST_FOLLOWED - list.length));
  return {
    added: added.length,
    known: wallets.length - unknown.length,
    over: unknown.length - added.length,
    unreadable,
    isKept: keep([...list, ...added]),
  };
}

/** What came of an import, in words. */
export function importedText({ added, known, over, unreadable, isKept }: Imported): string {
  const parts = [
    `${added} followed`,
    known > 0 && `${known} already were`,
    over > 0 && `${over} left out: at most ${MOST_FOLLOWED} wallets can be followed`,
    unreadable > 0 && `${unreadable} lines name no wallet`,
    !isKept && "this browser does not keep them after the page is left",
  ];
  return `${parts.filter(Boolean).join("; ")}.`;
}
