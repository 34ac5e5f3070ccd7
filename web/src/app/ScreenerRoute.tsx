import { lazy, Suspense } from "react";
import { ScreenerPage } from "../features/screener/ScreenerPage.tsx";
import type { MarketRow } from "../lib/apiTypes.ts";
import type { PageProps } from "../lib/navigation.ts";

const MarketPanel = lazy(async () => ({
  default: (await import("../features/market/MarketPanel.tsx")).MarketPanel,
}));

function Panel(props: { market: MarketRow; onClose(): void }) {
  return (
    <Suspense fallback={<aside className="panel" aria-busy="true" />}>
      <MarketPanel {...props} />
    </Suspense>
  );
}

/** The screener with the market feature's details at its side: features do not know each other, the app does. */
export function ScreenerRoute({ search }: PageProps) {
  return <ScreenerPage search={search} Panel={Panel} />;
}
