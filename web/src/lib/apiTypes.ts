import type { components, paths } from "./api.gen.ts";

type Schemas = components["schemas"];

/** Parameters of the two lists, as the API reads them. */
export type MarketsQuery = NonNullable<paths["/api/polymarket/markets"]["get"]["parameters"]["query"]>;
export type EventsQuery = NonNullable<paths["/api/polymarket/events"]["get"]["parameters"]["query"]>;

export type MarketRow = Schemas["MarketRow"];
export type MarketDetail = Schemas["MarketDetail"];
export type RelatedMarket = Schemas["RelatedMarket"];
export type EventRow = Schemas["EventRow"];
export type EventDetail = Schemas["EventDetail"];
export type Facets = Schemas["Facets"];
export type FacetCount = Schemas["FacetCount"];
export type ListMetadata = Schemas["ListMetadata"];
export type GenerationTick = Schemas["GenerationTick"];
export type SyncStatus = Schemas["SyncStatus"];
export type SyncOverview = Schemas["SyncOverview"];
export type SearchResults = Schemas["SearchResults"];
export type ItemMetadata = Schemas["ItemMetadata"];
export type FieldError = Schemas["FieldError"];
export type ErrorCode = Schemas["ErrorCode"];
export type ErrorBody = Schemas["ErrorBody"];
