/** Everything but the profile is of one import of the history: the next one is asked for anew. */
export const walletKeys = {
  profile: (id: string) => ["wallet", id] as const,
  part: (subject: { address: string; importedAt: string }, part: string, query: object = {}) =>
    ["wallet-part", subject.address, part, subject.importedAt, query] as const,
  search: (text: string) => ["wallet-search", text] as const,
};
