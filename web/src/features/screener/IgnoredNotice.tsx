import type { Ignored } from "./screen.ts";

/** Says which parameters of the address were left out, and why. */
export function IgnoredNotice({ ignored }: { ignored: readonly Ignored[] }) {
  if (ignored.length === 0) return null;
  return (
    <p className="notice" data-kind="error" role="status">
      Left out of this address:{" "}
      {ignored.map(({ field, value, message }) => `${field}=${value} ${message}`).join("; ")}
    </p>
  );
}
