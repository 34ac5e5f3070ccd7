import { lazy, Suspense } from "react";
import type { MarketRow } from "../lib/apiTypes.ts";

const MarketPanel = lazy(async () => ({
  default: (await import("../features/market/MarketPanel.tsx")).MarketPanel,
}));

/** A market's details beside the screener, loaded when they are first wanted. */
export function SidePanel(props: { market: MarketRow; onClose(): void }) {
  return (
    <Suspense fallback={<aside className="panel" aria-busy="true" />}>
      <MarketPanel {...props} />
    </Suspense>
  );
}
