import type { components } from "./api.gen.ts";

type Schemas = components["schemas"];

export type MarketRow = Schemas["MarketRow"];
export type MarketDetail = Schemas["MarketDetail"];
export type RelatedMarket = Schemas["RelatedMarket"];
export type EventRow = Schemas["EventRow"];
export type EventDetail = Schemas["EventDetail"];
export type Facets = Schemas["Facets"];
export type FacetCount = Schemas["FacetCount"];
export type ListMetadata = Schemas["ListMetadata"];
export type SyncStatus = Schemas["SyncStatus"];
export type SyncOverview = Schemas["SyncOverview"];
export type SearchResults = Schemas["SearchResults"];
export type ErrorBody = Schemas["ErrorBody"];
