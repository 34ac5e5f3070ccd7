import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Main } from "../../components/Main.tsx";
import { PanelNote, PanelProblem, PanelSkeleton } from "../../components/PanelParts.tsx";
import { AddressMark } from "../../components/traders/AddressMark.tsx";
import { useActions } from "../../lib/actions.ts";
import type { FoundWallet, WalletsFound } from "../../lib/apiTypes.ts";
import { utc } from "../../lib/format.ts";
import { go, type PageProps } from "../../lib/navigation.ts";
import { recentVisits } from "../../lib/recent.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { changeSearch, GUIDE, walletHref } from "./address.ts";
import { walletName } from "./identity.ts";
import { primeWallets } from "./primeWallet.ts";
import { walletsFound } from "./walletQueries.ts";

interface WalletsPageProps extends Pick<PageProps, "search"> {
  /** The wallets that are followed; comes from another feature, through the app. */
  followed: ReactNode;
}

/** Finds a wallet by address, name or profile, and remembers those that were opened in this browser. */
export function WalletsPage({ search, followed }: WalletsPageProps) {
  const input = useRef<HTMLInputElement>(null);
  useTitle("Wallets");
  useActions([
    { id: "filter", title: "Find a wallet", group: "Page", keys: "/", run: () => input.current?.focus() },
  ]);
  const text = (search.q ?? "").trim();
  return (
    <Main className="page wallets">
      <div className="hd">
        <div className="t">
          <h1>Wallets</h1>
        </div>
        <search>
          <form
            className="chips"
            method="get"
            action="/wallets"
            onSubmit={(event) => {
              event.preventDefault();
              if (text !== "") go(walletHref(text));
            }}
          >
            <label className="chip search wide">
              <Icon name="search" />
              <input
                ref={input}
                type="search"
                name="q"
                defaultValue={search.q}
                placeholder="0x address, user name or profile address"
                aria-label="Find a wallet by address, name or profile"
                autoComplete="off"
                spellCheck={false}
                maxLength={200}
                onChange={(event) => changeSearch({ q: event.target.value || undefined })}
              />
              <kbd>/</kbd>
            </label>
            <noscript>
              <button className="chip" type="submit">
                Find
              </button>
            </noscript>
          </form>
        </search>
        <p className="sub">
          A wallet that is not known yet is imported when it is asked for.{" "}
          <a className="link" href="/wallets/compare">
            Compare two to four
          </a>{" "}
          <a className="link" href={GUIDE}>
            What the figures mean
          </a>
        </p>
      </div>
      {text === "" ? (
        <>
          {followed}
          <Recent />
        </>
      ) : (
        <Candidates text={text} />
      )}
    </Main>
  );
}

/** What the server wrote into the page is put where its queries look for it. */
WalletsPage.prime = primeWallets;

function Candidates({ text }: { text: string }) {
  const { data: found, error, refetch, isPlaceholderData } = useQuery(walletsFound(text));
  return (
    <section className="card" aria-label="Wallets found" aria-live="polite" aria-busy={isPlaceholderData}>
      <h2>Found</h2>
      {found ? (
        found.wallets.length === 0 ? (
          <PanelNote>{whyNone(found)}</PanelNote>
        ) : (
          <ul className="wlist">
            {found.wallets.map((candidate) => (
              <Candidate key={candidate.address} candidate={candidate} />
            ))}
          </ul>
        )
      ) : error ? (
        <PanelProblem error={error} what="The search" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={4} />
      )}
    </section>
  );
}

function whyNone({ contract, upstream_answered }: WalletsFound): string {
  if (contract !== null) {
    return `This is the address of the exchange's contract "${contract}", which is nobody's wallet.`;
  }
  return upstream_answered
    ? "Neither this server nor Polymarket knows a wallet of this name."
    : "This server holds no wallet of this name. Polymarket was not asked or has not answered.";
}

function Candidate({ candidate }: { candidate: FoundWallet }) {
  const { address, imported, last_active_at } = candidate;
  return (
    <li>
      <a href={walletHref(address)}>
        <AddressMark address={address} />
        <b>{walletName(candidate)}</b> <span className="mono mut">{address}</span>
        <span className="end mut">
          {imported ? `last active ${utc(last_active_at)}` : "not imported yet"}
        </span>
      </a>
    </li>
  );
}

const isWallet = ({ href }: { href: string }) => /^\/wallets\/(?!compare)[^/]+$/.test(href);

function Recent() {
  const [visits] = useState(() => recentVisits().filter(isWallet));
  return (
    <section className="card" aria-label="Recently opened">
      <h2>
        Recently opened
        <span className="sub">in this browser</span>
      </h2>
      {visits.length === 0 ? (
        <PanelNote>
          None yet. Names on the tape and in the list of holders of a market lead to their wallets.
        </PanelNote>
      ) : (
        <ul className="wlist">
          {visits.map(({ href, title }) => (
            <li key={href}>
              <a href={href}>
                <AddressMark address={addressIn(href)} />
                <b>{title}</b> <span className="mono mut">{addressIn(href)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const addressIn = (href: string) => href.slice("/wallets/".length);
