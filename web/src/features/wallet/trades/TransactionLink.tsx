import { copy } from "../../../lib/toast.ts";

const EXPLORER = "https://polygonscan.com/tx/";

/** A transaction by the beginning of its hash, linked to a block explorer; in a simulated world it can only be copied. */
export function TransactionLink({ hash, isSimulated }: { hash: string | null; isSimulated: boolean }) {
  if (hash === null) return <span className="mut">—</span>;
  const text = `${hash.slice(0, 6)}…`;
  return isSimulated ? (
    <button
      type="button"
      className="hash"
      title={`Copy ${hash}`}
      onClick={() => void copy(hash, "Transaction hash")}
    >
      {text}
    </button>
  ) : (
    <a className="hash" href={`${EXPLORER}${hash}`} rel="noopener noreferrer" target="_blank" title={hash}>
      {text}
    </a>
  );
}
