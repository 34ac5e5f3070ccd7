import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { BoardAnswer } from "../../lib/traders/boardQueries.ts";
import type { Signal, SignalPage, SignalResult } from "../../lib/traders/contract.ts";
import { SPEC } from "./board.tsx";

/** What the stream says of signals: one that is new, or the result of one. */
export type SignalNews =
  | { kind: "published"; signal: Signal }
  | { kind: "settled"; id: string; result: SignalResult };

/** The news in a message of the stream, or null when it is not understood. */
export function readNews(text: string): SignalNews | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  const candidate = data as Partial<Signal> | null;
  if (typeof candidate?.id !== "string") return null;
  if (typeof candidate.published_at === "string") return { kind: "published", signal: candidate as Signal };
  return candidate.result ? { kind: "settled", id: candidate.id, result: candidate.result } : null;
}

type Ledger = InfiniteData<BoardAnswer<SignalPage>, string | null>;

/** The ledger with a result filled in; the same object where it has no such signal. */
export function withResult(ledger: Ledger, id: string, result: SignalResult): Ledger {
  const has = ledger.pages.some(({ data }) => data.rows.some((row) => row.id === id));
  if (!has) return ledger;
  const pages = ledger.pages.map((page) => ({
    ...page,
    data: { ...page.data, rows: page.data.rows.map((row) => (row.id === id ? { ...row, result } : row)) },
  }));
  return { ...ledger, pages };
}

/** A burst of news asks for the ledger again at most this often. */
const PACE_MS = 2_000;

function take(client: QueryClient, news: SignalNews, refresh: () => void): void {
  if (news.kind === "settled") {
    for (const [key] of client.getQueriesData<Ledger>({ queryKey: ["board", SPEC.path] })) {
      client.setQueryData<Ledger>(key, (ledger) => ledger && withResult(ledger, news.id, news.result));
    }
    void client.invalidateQueries({ queryKey: ["signal", news.id] });
  }
  refresh();
}

/** Keeps the ledger current by the stream: results at once, new rows and the tally a moment later. */
export function useSignalFeed(): void {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ["board", SPEC.path] });
      }, PACE_MS);
    };
    const source = new EventSource("/api/polymarket/stream?kinds=signal,signal_result");
    for (const kind of ["signal", "signal_result"]) {
      source.addEventListener(kind, (message) => {
        const news = readNews((message as MessageEvent<string>).data);
        if (news !== null) take(client, news, refresh);
      });
    }
    // What was missed cannot be told apart from what was not there.
    source.addEventListener("reset", refresh);
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [client]);
}
