export const marketKeys = {
  detail: (id: string) => ["market", id] as const,
  related: (marketId: string) => ["related", marketId] as const,
  siblings: (eventSlug: string) => ["market-siblings", eventSlug] as const,
};
