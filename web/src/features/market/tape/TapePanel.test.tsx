import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { MarketDetail, TradeRow } from "../../../lib/apiTypes.ts";
import { marketKeys } from "../keys.ts";
import { TapePanel } from "./TapePanel.tsx";
import { type Tape, withTrades } from "./tape.ts";

const market = { market_id: "7", outcomes: ["Yes", "No"], tick_size: 0.01 } as unknown as MarketDetail;
const trade = (id: string, second: number): TradeRow => ({
  trade_id: id,
  market_id: "7",
  confirmed: true,
  traded_at: new Date(second * 1_000).toISOString(),
  outcome: 1,
  side: "sell",
  price: 0.25,
  shares: second,
  usdc: second / 4,
  wallet: null,
  name: null,
  transaction_hash: null,
  canonical_price: 0.75,
});

function show(tape: Tape) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  const key = marketKeys.tape("7", 0);
  client.setQueryData(key, tape);
  const { container } = render(
    <QueryClientProvider client={client}>
      <TapePanel market={market} isSimulated search={{}} />
    </QueryClientProvider>,
  );
  const shares = () =>
    [...container.querySelectorAll("tbody td:nth-child(4)")].map((cell) => cell.textContent);
  const arrive = (...trades: TradeRow[]) =>
    act(() => client.setQueryData<Tape>(key, (present) => present && withTrades(present, trades)));
  return { container, shares, arrive };
}

describe("the tape on screen", () => {
  afterEach(cleanup);

  it("names the outcome that the stream gives by number", () => {
    const { container } = show({
      trades: [trade("a", 10)],
      nextCursor: null,
      completeFrom: null,
      completeTo: null,
    });
    expect(container.querySelector("tbody tr")?.textContent).toContain("sell No25.0¢10");
  });

  it("stands still while paused, counts what comes, and catches up", async () => {
    const { shares, arrive } = show({
      trades: [trade("a", 10)],
      nextCursor: null,
      completeFrom: null,
      completeTo: null,
    });
    fireEvent.click(screen.getByRole("button", { name: "Pause" }));
    await arrive(trade("b", 11), trade("c", 12));
    expect(shares()).toEqual(["10"]);
    fireEvent.click(await screen.findByRole("button", { name: "Resume, 2 new" }));
    expect(shares()).toEqual(["12", "11", "10"]);
  });

  it("keeps the rows that are there when one comes", async () => {
    const { container, arrive } = show({
      trades: [trade("a", 10)],
      nextCursor: null,
      completeFrom: null,
      completeTo: null,
    });
    const before = container.querySelector("tbody tr");
    await arrive(trade("b", 11));
    await screen.findByText("11");
    expect(container.querySelector("tbody tr:last-child")).toBe(before);
  });

  it("says that nothing was recorded", () => {
    expect(
      show({ trades: [], nextCursor: null, completeFrom: null, completeTo: null }).container.textContent,
    ).toContain("No trade has been recorded");
  });
});
