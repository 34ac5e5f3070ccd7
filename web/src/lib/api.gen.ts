/**
 * This file mirrors the server's OpenAPI document; `npm run gen` regenerates it.
 * Do not make direct changes to the file.
 */

export interface paths {
  "/api/polymarket/markets": {
    get: operations["list_markets"];
  };
  "/api/polymarket/markets/{id}": {
    get: operations["get_market"];
  };
  "/api/polymarket/events": {
    get: operations["list_events"];
  };
  "/api/polymarket/events/{slug}": {
    get: operations["get_event"];
  };
  "/api/polymarket/events/related": {
    get: operations["list_related_markets"];
  };
  "/api/polymarket/search": {
    get: operations["search_catalogue"];
  };
  "/api/polymarket/sync": {
    get: operations["get_sync"];
    post: operations["start_sync"];
  };
}
export interface components {
  schemas: {
    EventRef: { event_id: string; slug: string; title: string };
    Resolution: {
      outcome_index: number | null;
      outcome: string | null;
      payouts: number[] | null;
      basis: "payout" | "uma";
    };
    MarketRow: {
      market_id: string;
      condition_id: string | null;
      slug: string;
      title: string;
      group_title: string | null;
      event: components["schemas"]["EventRef"] | null;
      category: string | null;
      tags: string[];
      image: string | null;
      outcomes: string[];
      outcome_prices: (number | null)[];
      token_ids: string[];
      price: number | null;
      best_bid: number | null;
      best_ask: number | null;
      spread: number | null;
      last_trade_price: number | null;
      change_1h: number | null;
      change_24h: number | null;
      change_7d: number | null;
      change_30d: number | null;
      volume_24h: number | null;
      volume_7d: number | null;
      volume_30d: number | null;
      volume_1y: number | null;
      volume_total: number | null;
      liquidity: number | null;
      competitive: number | null;
      status: "open" | "closed" | "resolved";
      active: boolean;
      closed: boolean;
      accepting_orders: boolean;
      awaiting_resolution: boolean;
      resolution: components["schemas"]["Resolution"] | null;
      uma_status: string | null;
      neg_risk: boolean;
      fee_rate: number | null;
      rewards: boolean;
      new: boolean;
      tick_size: number | null;
      min_order_size: number | null;
      start_date: string | null;
      end_date: string | null;
      closed_at: string | null;
      created_at: string | null;
      observed_at: string;
    };
    MarketDetail: components["schemas"]["MarketRow"] & {
      description: string | null;
      resolution_source: string | null;
      question_id: string | null;
      neg_risk_market_id: string | null;
      fee_type: string | null;
      upstream_updated_at: string | null;
      siblings_total: number;
    };
    RelatedMarket: components["schemas"]["MarketRow"] & {
      similarity: number;
      shared_tags: string[];
    };
    TopMarket: {
      market_id: string;
      slug: string;
      title: string;
      group_title: string | null;
      price: number | null;
      change_24h: number | null;
    };
    EventRow: {
      event_id: string;
      slug: string;
      title: string;
      category: string | null;
      tags: string[];
      image: string | null;
      status: "open" | "closed";
      market_count: number;
      open_market_count: number;
      volume_24h: number | null;
      volume_total: number | null;
      liquidity: number | null;
      open_interest: number | null;
      start_date: string | null;
      end_date: string | null;
      closed_at: string | null;
      neg_risk: boolean;
      neg_risk_augmented: boolean;
      series_slug: string | null;
      top_markets: components["schemas"]["TopMarket"][];
      observed_at: string;
    };
    EventDetail: components["schemas"]["EventRow"] & {
      description: string | null;
      resolution_source: string | null;
      markets: components["schemas"]["MarketRow"][];
    };
    FacetCount: { value: string; label: string; count: number; selected: boolean };
    Facets: {
      category: components["schemas"]["FacetCount"][];
      status: components["schemas"]["FacetCount"][];
      closes: components["schemas"]["FacetCount"][];
      traits: components["schemas"]["FacetCount"][];
      tags: components["schemas"]["FacetCount"][];
    };
    ListMetadata: {
      total: number;
      page: number;
      limit: number;
      offset: number;
      next_cursor: string | null;
      stale: boolean;
      last_synced: string | null;
      as_of: string;
      source: string;
      completeness: "full" | "partial" | "empty";
      simulated: boolean;
      generation: number;
      facets?: components["schemas"]["Facets"] | null;
    };
    ItemMetadata: {
      stale: boolean;
      last_synced: string | null;
      as_of: string;
      source: string;
      completeness: "full" | "partial" | "empty";
      simulated: boolean;
      generation: number;
    };
    SyncStatus: {
      sync_id: string;
      kind: "full" | "hot" | "follow";
      trigger: "schedule" | "manual" | "cli";
      status: "queued" | "running" | "success" | "partial" | "failed";
      started_at: string;
      finished_at: string | null;
      duration_ms: number | null;
      pages: number;
      events_seen: number;
      markets_seen: number;
      inserted: number;
      updated: number;
      unchanged: number;
      quarantined: number;
      swept: number;
      error: string | null;
    };
    SyncOverview: {
      running: components["schemas"]["SyncStatus"] | null;
      last: components["schemas"]["SyncStatus"] | null;
      recent: components["schemas"]["SyncStatus"][];
    };
    SearchResults: {
      markets: {
        market_id: string;
        slug: string;
        title: string;
        event_title: string | null;
        price: number | null;
        status: "open" | "closed" | "resolved";
      }[];
      events: { event_id: string; slug: string; title: string; market_count: number }[];
    };
    ErrorBody: {
      code: string;
      message: string;
      details: {
        request_id?: string | null;
        fields?: { field: string; message: string; value?: string | null }[] | null;
      };
    };
  };
}
interface Failure {
  success: boolean;
  error: components["schemas"]["ErrorBody"];
}
interface Answer<Data, Metadata> {
  200: {
    headers: { [name: string]: unknown };
    content: { "application/json": { success: boolean; data: Data; metadata: Metadata } };
  };
  default: {
    headers: { [name: string]: unknown };
    content: { "application/json": Failure };
  };
}
type ListQuery = { [name: string]: string | number | boolean | undefined };
export interface operations {
  list_markets: {
    parameters: { query?: ListQuery };
    responses: Answer<components["schemas"]["MarketRow"][], components["schemas"]["ListMetadata"]>;
  };
  get_market: {
    parameters: { path: { id: string } };
    responses: Answer<components["schemas"]["MarketDetail"], components["schemas"]["ItemMetadata"]>;
  };
  list_events: {
    parameters: { query?: ListQuery };
    responses: Answer<components["schemas"]["EventRow"][], components["schemas"]["ListMetadata"]>;
  };
  get_event: {
    parameters: { path: { slug: string } };
    responses: Answer<components["schemas"]["EventDetail"], components["schemas"]["ItemMetadata"]>;
  };
  list_related_markets: {
    parameters: { query?: ListQuery };
    responses: Answer<
      components["schemas"]["RelatedMarket"][],
      components["schemas"]["ItemMetadata"]
    >;
  };
  search_catalogue: {
    parameters: { query?: ListQuery };
    responses: Answer<
      components["schemas"]["SearchResults"],
      components["schemas"]["ItemMetadata"]
    >;
  };
  get_sync: {
    parameters: { query?: never };
    responses: Answer<components["schemas"]["SyncOverview"], components["schemas"]["ItemMetadata"]>;
  };
  start_sync: {
    parameters: { query?: never };
    responses: Answer<components["schemas"]["SyncStatus"], components["schemas"]["ItemMetadata"]>;
  };
}
