/** What a pasted text points at: a market, an event or a wallet of the terminal. */
export interface Entity {
  kind: "market" | "event" | "wallet";
  /** Slug, market id, condition id, address or user name, as given. */
  id: string;
  href: string;
}

const CONDITION_ID = /^0x[0-9a-f]{64}$/i;
const ADDRESS = /^0x[0-9a-f]{40}$/i;
const MARKET_ID = /^\d{1,12}$/;
/** Slugs have hyphens; a single word is more likely a search. */
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)+$/;

function market(id: string): Entity {
  return { kind: "market", id, href: `/markets/${encodeURIComponent(id)}` };
}

function event(id: string): Entity {
  return { kind: "event", id, href: `/events/${encodeURIComponent(id)}` };
}

function wallet(id: string): Entity {
  return { kind: "wallet", id, href: `/wallets/${encodeURIComponent(id)}` };
}

function fromUrl(text: string): Entity | null {
  let url: URL;
  try {
    url = new URL(text.includes("://") ? text : `https://${text}`);
  } catch {
    return null;
  }
  if (!/(^|\.)polymarket\.com$/.test(url.hostname)) return null;
  const parts = url.pathname.split("/").filter(Boolean);
  // Profiles: /profile/0x…, /@name.
  const named = parts.find((part) => /^@[\w.-]+$/.test(part));
  const profile = parts[parts.indexOf("profile") + 1];
  if (named) return wallet(named.slice(1));
  if (parts.includes("profile") && profile) return wallet(profile);
  const place = parts.findIndex((part) => part === "event" || part === "market");
  if (place < 0) return null;
  const first = parts[place + 1];
  const second = parts[place + 2];
  if (first === undefined) return null;
  if (parts[place] === "market") return market(first);
  return second === undefined ? event(first) : market(second);
}

/** Recognises a condition id, market id, slug, wallet or polymarket.com address; null for anything else. */
export function entityFromText(text: string): Entity | null {
  const given = text.trim();
  if (CONDITION_ID.test(given)) return market(given.toLowerCase());
  if (ADDRESS.test(given)) return wallet(given.toLowerCase());
  if (MARKET_ID.test(given) || SLUG.test(given)) return market(given);
  if (/^(https?:\/\/)?([\w-]+\.)*polymarket\.com\//i.test(given)) return fromUrl(given);
  return null;
}
