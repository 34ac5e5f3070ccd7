import { useStore } from "../../lib/store.ts";
import { toast } from "../../lib/toast.ts";
import { follow, followed, isFollowed, MOST_FOLLOWED, unfollow } from "../../lib/traders/follow.ts";
import { ownName } from "../../lib/traders/words.ts";

interface FollowProps {
  address: string;
  name: string | null;
}

/** Follows the wallet, or no longer does, and says so where that is not seen. */
export function toggleFollow({ address, name }: FollowProps): void {
  if (isFollowed(followed.get(), address)) {
    unfollow(address);
    return;
  }
  const outcome = follow(address, ownName(name));
  if (outcome === "full") {
    toast(
      `${MOST_FOLLOWED} wallets are followed, and no more can be. Take one out at Wallets first.`,
      "error",
    );
  } else if (outcome === "unkept") {
    toast("Followed until you leave: this browser keeps nothing for this site.", "error");
  }
}

/** A star that follows a wallet: filled while it is followed. */
export function FollowStar({ address, name }: FollowProps) {
  const isOn = isFollowed(useStore(followed), address);
  return (
    <button
      type="button"
      className="star"
      aria-pressed={isOn}
      aria-label={`Follow ${name ?? address}`}
      title={isOn ? "Followed. Press to stop" : "Follow this wallet"}
      onClick={() => toggleFollow({ address, name })}
    >
      <Star />
    </button>
  );
}

/** The same with words, for heads and panels. */
export function FollowChip({ address, name }: FollowProps) {
  const isOn = isFollowed(useStore(followed), address);
  return (
    <button
      type="button"
      className="chip follow"
      aria-pressed={isOn}
      onClick={() => toggleFollow({ address, name })}
    >
      <Star />
      {isOn ? "Followed" : "Follow"}
    </button>
  );
}

function Star() {
  return (
    <svg className="i" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 1.9l1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.7l-3.8 2 .7-4.3-3.1-3 4.3-.6z" />
    </svg>
  );
}
