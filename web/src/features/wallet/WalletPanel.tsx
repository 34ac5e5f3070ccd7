import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Icon } from "../../components/Icon.tsx";
import { PanelNote, PanelProblem, PanelSkeleton } from "../../components/PanelParts.tsx";
import { FollowChip } from "../../components/traders/FollowStar.tsx";
import { Profit } from "../../components/traders/Profit.tsx";
import type { WalletProfile } from "../../lib/apiTypes.ts";
import { useEscape } from "../../lib/escape.ts";
import { cents, count, money, shares } from "../../lib/format.ts";
import { compareHref, walletHref } from "./address.ts";
import { HistoryNotice, NoHistory } from "./ImportState.tsx";
import { walletName } from "./identity.ts";
import { MarketCell } from "./positions/Compared.tsx";
import { ExposurePanel } from "./positions/ExposurePanel.tsx";
import { sortedPositions } from "./positions/order.ts";
import { Address, Badges, HeadFigures, HistoryLine } from "./WalletHead.tsx";
import { type Subject, walletPositions, walletProfile } from "./walletQueries.ts";

const SHOWN_POSITIONS = 8;

/** A wallet beside whatever page named it: who it is, its record and what it holds. */
export function WalletPanel({ id, onClose }: { id: string; onClose(): void }) {
  const { data: answer, error, refetch } = useQuery(walletProfile(id));
  const panel = useRef<HTMLElement>(null);
  useEscape(true, onClose);
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  const profile = answer?.data;
  return (
    <aside className="panel over" aria-label="Details of the wallet" ref={panel} tabIndex={-1}>
      <div className="t">
        <h2>
          <a href={walletHref(profile?.address ?? id)}>{profile ? walletName(profile) : "Wallet"}</a>
        </h2>
        <button type="button" className="icon" aria-label="Close the side panel" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {profile ? (
        <Details profile={profile} />
      ) : error ? (
        <PanelProblem error={error} what="The wallet" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={8} />
      )}
    </aside>
  );
}

function Details({ profile }: { profile: WalletProfile }) {
  const { address, history } = profile;
  const subject = history && { address, importedAt: history.imported_at };
  return (
    <>
      <Address profile={profile} />
      <Badges profile={profile} />
      <p className="pbuttons">
        <FollowChip address={address} name={profile.name ?? profile.pseudonym} />
        <a className="chip" href={walletHref(address)}>
          Whole page
        </a>
        <a className="chip" href={compareHref([address])}>
          Compare
        </a>
      </p>
      <HistoryNotice profile={profile} />
      {subject === null || profile.import.state === "empty" ? (
        <NoHistory profile={profile} />
      ) : (
        <>
          <HeadFigures subject={subject} isShort />
          <p className="sub">
            <HistoryLine profile={profile} />
          </p>
          <Held subject={subject} />
          <ExposurePanel subject={subject} />
        </>
      )}
    </>
  );
}

function Held({ subject }: { subject: Subject }) {
  const { data: positions, error, refetch } = useQuery(walletPositions(subject));
  if (positions === undefined) {
    return error ? (
      <PanelProblem error={error} what="The positions" retry={() => void refetch()} />
    ) : (
      <PanelSkeleton lines={6} />
    );
  }
  const largest = sortedPositions(positions, "value").slice(0, SHOWN_POSITIONS);
  return (
    <section>
      <h3>Largest of {count(positions.length)} open positions</h3>
      {largest.length === 0 ? (
        <PanelNote>Nothing is held of a market that is not resolved.</PanelNote>
      ) : (
        <table className="mini held">
          <thead>
            <tr>
              <th className="l" scope="col">
                Market
              </th>
              <th scope="col">Value</th>
              <th scope="col">Unrealised</th>
            </tr>
          </thead>
          <tbody>
            {largest.map((position) => (
              <tr key={position.market.token_id ?? position.market.condition_id}>
                <td className="l">
                  <MarketCell market={position.market} />
                </td>
                <td title={`${shares(position.shares)} shares at ${cents(position.mark_price)}`}>
                  {money(position.value_usdc)}
                </td>
                <td>
                  <Profit value={position.unrealized_usdc} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
