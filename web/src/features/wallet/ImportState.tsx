import { State } from "../../components/State.tsx";
import type { WalletProfile } from "../../lib/apiTypes.ts";
import { count, until, utc } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import { shortfallText } from "./told.ts";

/** In place of the wallet's figures while no history is held: where its import stands, and what happens next. */
export function NoHistory({ profile }: { profile: WalletProfile }) {
  const { state, progress_rows, attempts, last_error, due_at } = profile.import;
  const now = useNow();
  switch (state) {
    case "importing":
      return (
        <State title="The history is being imported">
          <p>
            {progress_rows === null ? "It has begun." : `${count(progress_rows)} rows so far.`} This page
            fills by itself.
          </p>
        </State>
      );
    case "failed":
      return (
        <State title="The import failed" kind="error">
          <p>
            {last_error ?? "No reason was given."} It was tried {count(attempts)}{" "}
            {attempts === 1 ? "time" : "times"} and is tried again{" "}
            {due_at === null ? "later" : <time title={utc(due_at)}>in {until(due_at, now)}</time>}.
          </p>
        </State>
      );
    case "empty":
      return (
        <State title="This wallet has never traded">
          <p>
            Its import ended, and Polymarket knows nothing that it ever did. An address that owns a Polymarket
            account is not the account's own address: look for the one on the profile page.
          </p>
        </State>
      );
    case "unknown":
      return (
        <State title="This wallet was not known until now">
          <p>
            Its import has just been asked for. Nothing is said about it before it ends; this page fills by
            itself.
          </p>
        </State>
      );
    default:
      return (
        <State title="The history is not imported yet">
          <p>It waits for its import. This page fills by itself.</p>
        </State>
      );
  }
}

/** Above the figures of a history that is not full: what is withheld, and why; and how an import that runs gets on. */
export function HistoryNotice({ profile }: { profile: WalletProfile }) {
  const { history, import: running } = profile;
  const now = useNow();
  if (history === null) return null;
  const isCapped = history.completeness === "capped";
  const isTooLarge = history.reasons.includes("too_large");
  const reasons = history.reasons.map(shortfallText);
  const extent = isTooLarge
    ? `The history is held up to ${utc(history.until)} only: it is larger than this server keeps. `
    : isCapped && history.since !== null
      ? `The history begins at ${utc(history.since)}: Polymarket lists nothing earlier. `
      : "The history is incomplete. ";
  return (
    <>
      {history.completeness !== "full" && (
        <p className="notice" data-kind="stale" role="status">
          {extent}
          {reasons.length > 0 && `${sentence(reasons)} `}
          Withheld: totals, win rate, edge, calibration, drawdown and streaks. Shown: positions whose own
          history is complete, and what is recorded. What would help:{" "}
          {isTooLarge
            ? "a larger limit (wallet-rows) of the server, whose next import reads on."
            : isCapped
              ? "the chain's own record of the time before, which this server does not read."
              : `another import, which checks everything anew${
                  running.due_at === null ? "" : `; the next is due ${dueText(running.due_at, now)}`
                }.`}
        </p>
      )}
      {running.state === "importing" && (
        <p className="notice" role="status">
          News is being imported
          {running.progress_rows !== null && `, ${count(running.progress_rows)} rows so far`}; the figures are
          those of the last import.
        </p>
      )}
      {running.last_error && running.state !== "importing" && (
        <p className="notice" data-kind="stale" role="status">
          The last try to import news failed: {running.last_error} The figures are those of the last import.
        </p>
      )}
    </>
  );
}

const dueText = (due: string, now: number) => (Date.parse(due) <= now ? "now" : `in ${until(due, now)}`);

const sentence = (reasons: readonly string[]) =>
  `${reasons.join("; ").replace(/^./, (first) => first.toUpperCase())}.`;
