/** The wallet endpoints until `api.gen.ts` has them. */
import createClient from "openapi-fetch";
import type { ItemMetadata } from "../../lib/apiTypes.ts";
import type {
  ClosedPosition,
  WalletActivity,
  WalletCandidate,
  WalletExposure,
  WalletMetrics,
  WalletPnl,
  WalletPosition,
  WalletProfile,
  WalletValue,
} from "./contract.ts";

/** What a page of a list says of the whole. */
export type PageMetadata = ItemMetadata & { total?: number | null; next_cursor?: string | null };
export type ProfileMetadata = ItemMetadata & { resolved_from?: string | null };

interface Answers<Data, Metadata> {
  responses: { 200: { content: { "application/json": { data: Data; metadata: Metadata } } } };
}
interface OfWallet<Data, Metadata = ItemMetadata> {
  get: Answers<Data, Metadata> & {
    parameters: { query?: Record<string, unknown>; path: { address: string } };
  };
}

interface Paths {
  "/api/polymarket/wallet/{address}/profile": OfWallet<WalletProfile, ProfileMetadata>;
  "/api/polymarket/wallet/{address}/value": OfWallet<WalletValue>;
  "/api/polymarket/wallet/{address}/pnl": OfWallet<WalletPnl>;
  "/api/polymarket/wallet/{address}/metrics": OfWallet<WalletMetrics>;
  "/api/polymarket/wallet/{address}/positions": OfWallet<WalletPosition[]>;
  "/api/polymarket/wallet/{address}/exposure": OfWallet<WalletExposure[]>;
  "/api/polymarket/wallet/{address}/closed-positions": OfWallet<ClosedPosition[], PageMetadata>;
  "/api/polymarket/wallet/{address}/trades": OfWallet<WalletActivity[], PageMetadata>;
  "/api/polymarket/wallet/{address}/activity": OfWallet<WalletActivity[], PageMetadata>;
  "/api/polymarket/wallets/search": {
    get: Answers<WalletCandidate[], ItemMetadata> & { parameters: { query: { q: string; limit?: number } } };
  };
}

export const walletApi = createClient<Paths>({ baseUrl: "" });
