import type { ReactNode } from "react";
import { ApiError, type FailureCode } from "../lib/client.ts";
import { copy } from "../lib/toast.ts";

interface StateProps {
  title: string;
  kind?: "empty" | "error" | "offline";
  /** It is all there is on the page, so that its title is the page's. */
  isPage?: boolean;
  children?: ReactNode;
}

/** What stands where data would be: nothing found, an error, no connection. */
export function State({ title, kind = "empty", isPage = false, children }: StateProps) {
  const Heading = isPage ? "h1" : "h2";
  return (
    <div className="state" data-kind={kind} role={kind === "empty" ? "status" : "alert"}>
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}

const TITLES: Readonly<Partial<Record<FailureCode, string>>> = {
  invalid_query: "This query is not understood",
  market_not_found: "There is no such market",
  event_not_found: "There is no such event",
  wallet_not_found: "No wallet goes by this name",
  protocol_contract: "This is a contract, nobody's wallet",
  route_not_found: "There is nothing at this address",
  not_ready: "The server is still loading its catalogue",
  rate_limited: "Too many requests",
  database_unavailable: "The database is not reachable",
  upstream_unavailable: "Polymarket is not reachable",
  timeout: "The server took too long",
  unreachable: "No connection to the server",
};

export function errorTitle(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong in this page";
  return TITLES[error.code] ?? "The request failed";
}

/** A failed request: what failed, its code and id, and what to do about it. */
export function ErrorState({
  error,
  retry,
  isPage,
}: {
  error: unknown;
  retry?: () => void;
  isPage?: boolean;
}) {
  const message = error instanceof Error ? error.message : String(error);
  const isApi = error instanceof ApiError;
  const report = isApi
    ? `${error.code}${error.requestId ? ` · ${error.requestId}` : ""}: ${message}`
    : message;
  return (
    <State
      title={errorTitle(error)}
      kind={isApi && error.code === "unreachable" ? "offline" : "error"}
      isPage={isPage}
    >
      <p>{message}</p>
      {isApi && error.fields.length > 0 && (
        <ul>
          {error.fields.map(({ field, message: reason, value }) => (
            <li key={field}>
              <code>{field}</code>
              {value ? ` = ${value}` : ""}: {reason}
            </li>
          ))}
        </ul>
      )}
      {isApi && (
        <p className="mono">
          {error.code}
          {error.requestId ? ` · request ${error.requestId}` : ""}
        </p>
      )}
      <p className="buttons">
        {retry && (
          <button type="button" className="chip" onClick={retry}>
            Try again
          </button>
        )}
        <button type="button" className="chip" onClick={() => void copy(report, "Report")}>
          Copy report
        </button>
      </p>
    </State>
  );
}
