import { shortHash } from "../../lib/format.ts";
import type { WalletRef } from "../../lib/traders/contract.ts";
import { classText, ownName } from "../../lib/traders/words.ts";
import { AddressMark } from "./AddressMark.tsx";
import { FollowStar } from "./FollowStar.tsx";

/** A wallet wherever it is named: its mark, its page beside the present one, its class, and a star to follow it. */
export function WalletName({ wallet, isNew = false }: { wallet: WalletRef; isNew?: boolean }) {
  const { address, name, owner } = wallet;
  const shown = ownName(name);
  return (
    <span className="who">
      <FollowStar address={address} name={name} />
      <AddressMark address={address} />
      <a href={`/wallets/${address}`} data-beside={address} title={address}>
        {shown ?? <span className="mono">{shortHash(address)}</span>}
      </a>
      {wallet.class !== null && wallet.class !== "other" && (
        <span className="tag">{classText(wallet.class)}</span>
      )}
      {isNew && wallet.class !== "new" && <span className="tag">{classText("new")}</span>}
      {owner !== null && owner.wallets > 1 && (
        <span
          className="tag"
          title="Pattern consistent with one owner. One owner of several wallets is nothing forbidden"
        >
          <span className="sr">one of {owner.wallets} wallets of one owner, by pattern</span>
          <span aria-hidden="true">×{owner.wallets}</span>
        </span>
      )}
    </span>
  );
}
