export const paletteKeys = {
  search: (text: string) => ["search", text] as const,
};
