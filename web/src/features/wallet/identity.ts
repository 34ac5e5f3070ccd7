import type { WalletProfile } from "../../lib/apiTypes.ts";
import { shortHash } from "../../lib/format.ts";

/** What a wallet is called: by its owner, else by upstream, else by its address. */
export function walletName({
  name,
  pseudonym,
  address,
}: Pick<WalletProfile, "name" | "pseudonym" | "address">): string {
  return name ?? pseudonym ?? shortHash(address);
}
