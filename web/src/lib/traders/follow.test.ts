import { beforeEach, describe, expect, it } from "vitest";
import {
  FOLLOW_KEY,
  follow,
  followed,
  followedText,
  importedText,
  importWallets,
  isFollowed,
  MOST_FOLLOWED,
  readWallets,
  unfollow,
} from "./follow.ts";

const wallet = (index: number) => `0x${index.toString(16).padStart(40, "0")}`;
const kept = () => JSON.parse(localStorage.getItem(FOLLOW_KEY) ?? "null");

/** What another tab does: it writes, and this one hears of it. */
function otherTab(value: unknown): void {
  localStorage.setItem(FOLLOW_KEY, JSON.stringify(value));
  window.dispatchEvent(new StorageEvent("storage", { key: FOLLOW_KEY }));
}

describe("followed wallets", () => {
  beforeEach(() => {
    localStorage.clear();
    window.dispatchEvent(new StorageEvent("storage", { key: null }));
  });

  it("are kept once, in either case, until they are taken out", () => {
    expect(follow(`0x${"AB".repeat(20)}`, "Ann")).toBe("followed");
    expect(follow(`0x${"ab".repeat(20)}`, null)).toBe("known");
    expect(isFollowed(followed.get(), `0x${"aB".repeat(20)}`)).toBe(true);
    expect(kept()).toEqual([{ address: `0x${"ab".repeat(20)}`, name: "Ann" }]);
    unfollow(`0x${"AB".repeat(20)}`);
    expect(followed.get()).toEqual([]);
    expect(kept()).toEqual([]);
  });

  it("are at most so many", () => {
    for (let index = 0; index < MOST_FOLLOWED; index++) expect(follow(wallet(index), null)).toBe("followed");
    expect(follow(wallet(MOST_FOLLOWED), null)).toBe("full");
    expect(followed.get()).toHaveLength(MOST_FOLLOWED);
  });

  it("are those of the other tabs as well", () => {
    otherTab([{ address: wallet(7), name: null }]);
    expect(followed.get()).toEqual([{ address: wallet(7), name: null }]);
  });

  it("are none where the browser holds something else", () => {
    otherTab([{ address: "0x12", name: null }]);
    expect(followed.get()).toEqual([]);
    otherTab({ address: wallet(1) });
    expect(followed.get()).toEqual([]);
  });

  it("go to a text and back", () => {
    follow(wallet(1), "Ann of two words");
    follow(wallet(2), null);
    const text = followedText(followed.get());
    expect(readWallets(text)).toEqual({ wallets: followed.get(), unreadable: 0 });
  });

  it("are read from a text by lines, and what is none is counted", () => {
    const text = `# mine\n\n${wallet(1)}, Ann\r\n${wallet(1)}\n0x12\nhello ${wallet(3)}`;
    expect(readWallets(text)).toEqual({ wallets: [{ address: wallet(1), name: "Ann" }], unreadable: 2 });
  });

  it("are imported up to the limit, and it is said what was left out", () => {
    follow(wallet(0), null);
    const text = Array.from({ length: MOST_FOLLOWED + 2 }, (_, index) => wallet(index)).join("\n");
    const result = importWallets(text);
    expect(result).toEqual({ added: MOST_FOLLOWED - 1, known: 1, over: 2, unreadable: 0, isKept: true });
    expect(importedText(result)).toBe(
      `${MOST_FOLLOWED - 1} followed; 1 already were; 2 left out: at most ${MOST_FOLLOWED} wallets can be followed.`,
    );
    expect(kept()).toHaveLength(MOST_FOLLOWED);
  });
});
