export const paletteKeys = {
  search: (text: string) => ["search", text] as const,
  wallets: (text: string) => ["search-wallets", text] as const,
};
