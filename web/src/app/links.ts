import { besideHref } from "../lib/beside.ts";
import { go } from "../lib/navigation.ts";

/** Paths that the terminal draws itself; all others are the server's. */
const OWN_PATHS = /^\/((markets|events|wallets|signals|scores)(\/[^/]+)?|map|categories|whales|insiders)\/?$/;

/** The address a click leads to inside the terminal, or null when the browser should follow it. */
function ownAddress(event: MouseEvent): { href: string; isReplacing: boolean } | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target || link.hasAttribute("download")) return null;
  if (link.origin !== window.location.origin || !OWN_PATHS.test(link.pathname)) return null;
  const isSamePlace = link.pathname === window.location.pathname && link.search === window.location.search;
  if (isSamePlace && link.hash !== "") return null;
  const { beside } = link.dataset;
  if (beside) return { href: besideHref(beside), isReplacing: false };
  return { href: link.pathname + link.search, isReplacing: "replace" in link.dataset };
}

/** Takes the wallet at the side of the page away. */
export const closeBeside = () => go(besideHref(undefined), true);

/**
 * Lets plain links move within the terminal without loading a page. Links are written the same by the server and by
 * React, can be opened in a new tab and copied. `data-beside` names a wallet that is opened at the side of the page instead. `data-replace` marks those that change a filter in place.
 */
export function followLinks(): void {
  document.addEventListener("click", (event) => {
    const address = ownAddress(event);
    if (address === null) return;
    event.preventDefault();
    go(address.href, address.isReplacing);
  });
}
