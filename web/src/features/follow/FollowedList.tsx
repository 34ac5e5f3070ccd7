import { useId, useState } from "react";
import { PanelNote } from "../../components/PanelParts.tsx";
import { AddressMark } from "../../components/traders/AddressMark.tsx";
import { FollowStar } from "../../components/traders/FollowStar.tsx";
import { shortHash } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";
import { copy, toast } from "../../lib/toast.ts";
import {
  followed,
  followedText,
  importedText,
  importWallets,
  MOST_FOLLOWED,
} from "../../lib/traders/follow.ts";

/** The wallets that are followed in this browser, to be taken out, copied and brought in as text. */
export function FollowedList() {
  const list = useStore(followed);
  const [isImporting, setImporting] = useState(false);
  return (
    <section className="card followed" aria-label="Followed wallets">
      <div className="ph">
        <h2>
          Followed
          <span className="sub">
            {list.length} of at most {MOST_FOLLOWED}, kept in this browser
          </span>
        </h2>
        <span className="plegend">
          {list.length > 0 && (
            <>
              <a className="chip" href="/whales?followed=1">
                Their trades
              </a>
              <button
                type="button"
                className="chip"
                onClick={() => void copy(followedText(list), "The list of followed wallets")}
              >
                Copy as text
              </button>
              <a
                className="chip"
                href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${followedText(list)}\n`)}`}
                download="followed-wallets.txt"
              >
                Save as file
              </a>
            </>
          )}
          <button
            type="button"
            className="chip"
            aria-expanded={isImporting}
            onClick={() => setImporting(!isImporting)}
          >
            Import
          </button>
        </span>
      </div>
      {isImporting && <ImportForm onDone={() => setImporting(false)} />}
      {list.length === 0 ? (
        <PanelNote>
          None yet. The star beside a wallet's name, on any page, follows it. Followed wallets narrow trades,
          positions and flips to theirs, and markets say which of them hold what.
        </PanelNote>
      ) : (
        <ul className="wlist">
          {list.map(({ address, name }) => (
            <li key={address} className="starred">
              <FollowStar address={address} name={name} />
              <a href={`/wallets/${address}`}>
                <AddressMark address={address} />
                <b>{name ?? shortHash(address)}</b> <span className="mono mut">{address}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ImportForm({ onDone }: { onDone(): void }) {
  const [text, setText] = useState("");
  const hint = useId();
  return (
    <form
      className="import"
      onSubmit={(event) => {
        event.preventDefault();
        const result = importWallets(text);
        toast(importedText(result), result.over + result.unreadable > 0 ? "error" : "info");
        if (result.added > 0 || result.known > 0) onDone();
      }}
    >
      <textarea
        rows={5}
        aria-label="Wallets to follow, one address a line"
        aria-describedby={hint}
        placeholder="0x…"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p className="sub" id={hint}>
        One 0x address a line; a name may follow it. Lines that begin with # are left out.
      </p>
      <p className="pbuttons">
        <button type="submit" className="chip primary" disabled={text.trim() === ""}>
          Follow these
        </button>
        <button type="button" className="chip" onClick={onDone}>
          Cancel
        </button>
      </p>
    </form>
  );
}
