import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { type ReactNode, useDeferredValue, useEffect, useRef, useState } from "react";
import { type Action, actions } from "../../lib/actions.ts";
import { besideHref } from "../../lib/beside.ts";
import { cents, count, shortHash } from "../../lib/format.ts";
import { go } from "../../lib/navigation.ts";
import { recentVisits } from "../../lib/recent.ts";
import { useStore } from "../../lib/store.ts";
import { followed } from "../../lib/traders/follow.ts";
import { entityFromText } from "./entity.ts";
import { searchCatalogue, searchWallets } from "./searchQuery.ts";

interface PaletteProps {
  onClose(): void;
}

/** The front door: markets, events, pages and actions by a few letters, or by a pasted id or address. */
export function Palette({ onClose }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const sought = useDeferredValue(text.trim());
  const { data: found, error } = useQuery(searchCatalogue(sought));
  const { data: wallets } = useQuery(searchWallets(sought));
  const offered = useStore(actions);
  const [visits] = useState(recentVisits);
  const own = useStore(followed);

  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector("input")?.focus();
  }, []);

  const close = () => dialog.current?.close();
  const open = (href: string) => {
    close();
    go(href);
  };
  const run = (action: Action) => {
    close();
    action.run();
  };
  const entity = entityFromText(text);
  const listed = offered.filter((action) => !action.keyboardOnly && matches(action.title, sought));
  const hits = sought === "" ? undefined : found;
  const starred =
    sought === ""
      ? []
      : own.filter(
          ({ address, name }) => matches(name ?? "", sought) || address.startsWith(sought.toLowerCase()),
        );
  const shownVisits = sought === "" ? visits : [];

  // Results come after the text: the first of them is selected again whenever another stands first.
  const first =
    [
      ...(entity ? [`open ${entity.id}`] : []),
      ...shownVisits.map(({ href }) => `recent ${href}`),
      ...starred.map(({ address }) => `followed ${address}`),
      ...(hits?.markets ?? []).map((market) => `market ${market.market_id}`),
      ...(hits?.events ?? []).map((event) => `event ${event.event_id}`),
      ...(wallets ?? []).map(({ address }) => `wallet ${address}`),
      ...listed.map(({ id }) => `action ${id}`),
    ][0] ?? "";
  const [selected, setSelected] = useState(first);
  useEffect(() => setSelected(first), [first]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog by itself
    <dialog
      ref={dialog}
      aria-label="Find markets, events, wallets and actions"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <Command shouldFilter={false} loop label="Find" value={selected} onValueChange={setSelected}>
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder="Search, or paste a slug, id or polymarket.com address"
          maxLength={500}
        />
        <Command.List>
          {error && <p className="warn">Search failed: {error.message}</p>}
          <Command.Empty>Nothing found</Command.Empty>
          {entity && (
            <Command.Group heading="Open">
              <Item value={`open ${entity.id}`} onSelect={() => open(entity.href)}>
                <span className="t">
                  {KINDS[entity.kind]} <span className="mono">{entity.id}</span>
                </span>
              </Item>
            </Command.Group>
          )}
          {shownVisits.length > 0 && (
            <Command.Group heading="Recent">
              {shownVisits.map((visit) => (
                <Item key={visit.href} value={`recent ${visit.href}`} onSelect={() => open(visit.href)}>
                  <span className="t">{visit.title}</span>
                </Item>
              ))}
            </Command.Group>
          )}
          {starred.length > 0 && (
            <Command.Group heading="Followed">
              {starred.map(({ address, name }) => (
                <Item key={address} value={`followed ${address}`} onSelect={() => open(besideHref(address))}>
                  <span className="t">{name ?? shortHash(address)}</span>
                  <span className="n mono">{shortHash(address)}</span>
                </Item>
              ))}
            </Command.Group>
          )}
          {hits && hits.markets.length > 0 && (
            <Command.Group heading="Markets">
              {hits.markets.map((market) => (
                <Item
                  key={market.market_id}
                  value={`market ${market.market_id}`}
                  onSelect={() => open(`/markets/${market.slug}`)}
                >
                  <span className="t">{market.title}</span>
                  {market.event_title && market.event_title !== market.title && (
                    <small>{market.event_title}</small>
                  )}
                  <span className="n">{market.status === "open" ? cents(market.price) : market.status}</span>
                </Item>
              ))}
            </Command.Group>
          )}
          {hits && hits.events.length > 0 && (
            <Command.Group heading="Events">
              {hits.events.map((event) => (
                <Item
                  key={event.event_id}
                  value={`event ${event.event_id}`}
                  onSelect={() => open(`/events/${event.slug}`)}
                >
                  <span className="t">{event.title}</span>
                  <span className="n">{count(event.market_count)} markets</span>
                </Item>
              ))}
            </Command.Group>
          )}
          {wallets && wallets.length > 0 && (
            <Command.Group heading="Wallets">
              {wallets.map(({ address, name, pseudonym }) => (
                <Item key={address} value={`wallet ${address}`} onSelect={() => open(besideHref(address))}>
                  <span className="t">{name ?? pseudonym ?? shortHash(address)}</span>
                  <span className="n mono">{shortHash(address)}</span>
                </Item>
              ))}
            </Command.Group>
          )}
          {listed.length > 0 && (
            <Command.Group heading="Actions">
              {listed.map((action) => (
                <Item key={action.id} value={`action ${action.id}`} onSelect={() => run(action)}>
                  <span className="t">{action.title}</span>
                  {action.keys && (
                    <span className="n">
                      <kbd>{action.keys}</kbd>
                    </span>
                  )}
                </Item>
              ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </dialog>
  );
}

const KINDS = { market: "Market", event: "Event", wallet: "Wallet" } as const;

/** Every word sought begins a word of the title. */
function matches(title: string, sought: string): boolean {
  const words = title.toLowerCase().split(/\s+/);
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}

function Item({ value, onSelect, children }: { value: string; onSelect(): void; children: ReactNode }) {
  return (
    <Command.Item value={value} onSelect={onSelect}>
      {children}
    </Command.Item>
  );
}
