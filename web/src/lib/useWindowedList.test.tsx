import { QueryClient, QueryClientProvider, queryOptions } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";
import type { ListMetadata } from "./apiTypes.ts";
import type { UrlSearch } from "./urlSearch.ts";
import { type ListWindow, useWindowedList } from "./useWindowedList.ts";
import { WINDOW_ROWS } from "./windows.ts";

const TOTAL = 1_284;

/** A list of rows `<q>-<index>`, answered when the test says so. */
function slowList() {
  const asked: string[] = [];
  const gates = new Map<string, () => void>();
  const windowOptions = (query: UrlSearch, offset: number) =>
    queryOptions<ListWindow<string>>({
      queryKey: ["rows", query, offset],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: async () => {
        const name = `${query.q} ${offset}`;
        asked.push(name);
        await new Promise<void>((answer) => gates.set(name, answer));
        const length = Math.min(WINDOW_ROWS, TOTAL - offset);
        return {
          data: Array.from({ length }, (_, row) => `${query.q}-${offset + row}`),
          metadata: { total: TOTAL, offset } as ListMetadata,
          screenMs: null,
          query,
        };
      },
    });
  const answer = async (name: string) => {
    await waitFor(() => expect(gates.has(name)).toBe(true));
    await act(async () => gates.get(name)?.());
  };
  return { asked, windowOptions, answer };
}

function render(source: ReturnType<typeof slowList>) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(({ query }: { query: UrlSearch }) => useWindowedList(query, source.windowOptions), {
    initialProps: { query: { q: "a" } },
    wrapper,
  });
}

describe("a long list in windows", () => {
  it("fetches the windows that come into view, and only those", async () => {
    const source = slowList();
    const { result } = render(source);
    await source.answer("a 0");
    await waitFor(() => expect(result.current.total).toBe(TOTAL));
    act(() => result.current.showRange(640, 675));
    await source.answer("a 600");
    await waitFor(() => expect(result.current.rowAt(650)).toBe("a-650"));
    expect(result.current.rowAt(0)).toBe("a-0");
    expect(result.current.rowAt(350)).toBeUndefined();
    expect(source.asked).not.toContain("a 300");
  });

  it("keeps the whole previous result until the next has come", async () => {
    const source = slowList();
    const { result, rerender } = render(source);
    await source.answer("a 0");
    await waitFor(() => expect(result.current.total).toBe(TOTAL));
    act(() => result.current.showRange(140, 170));
    await source.answer("a 100");
    await waitFor(() => expect(result.current.rowAt(150)).toBe("a-150"));

    rerender({ query: { q: "b" } });
    expect(result.current.isSuperseded).toBe(true);
    expect(result.current.rowAt(150)).toBe("a-150");

    await source.answer("b 0");
    await waitFor(() => expect(result.current.isSuperseded).toBe(false));
    expect(result.current.rowAt(5)).toBe("b-5");
    expect(result.current.rowAt(150)).toBeUndefined();
  });

  it("does not change what it returns when nothing has changed", async () => {
    const source = slowList();
    const { result, rerender } = render(source);
    await source.answer("a 0");
    await waitFor(() => expect(result.current.total).toBe(TOTAL));
    const { windows, rowAt } = result.current;
    rerender({ query: { q: "a" } });
    expect(result.current.windows).toBe(windows);
    expect(result.current.rowAt).toBe(rowAt);
  });
});
