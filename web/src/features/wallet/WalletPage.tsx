import { useQuery } from "@tanstack/react-query";
import { Main } from "../../components/Main.tsx";
import { CopyableId, Fact, Instant, PageSkeleton } from "../../components/PageParts.tsx";
import { PanelNote, PanelProblem, PanelSkeleton } from "../../components/PanelParts.tsx";
import { ErrorState } from "../../components/State.tsx";
import { AddressMark } from "../../components/traders/AddressMark.tsx";
import { FollowChip, toggleFollow } from "../../components/traders/FollowStar.tsx";
import { useActions } from "../../lib/actions.ts";
import type { WalletMetadata, WalletProfile } from "../../lib/apiTypes.ts";
import { cycle } from "../../lib/display.ts";
import { shortHash, words } from "../../lib/format.ts";
import { go, type PageProps } from "../../lib/navigation.ts";
import { useVisit } from "../../lib/recent.ts";
import { useStore } from "../../lib/store.ts";
import { copy } from "../../lib/toast.ts";
import { followed, isFollowed } from "../../lib/traders/follow.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { changeSearch, compareHref, walletHref } from "./address.ts";
import { BreakdownPanel } from "./figures/BreakdownPanel.tsx";
import { CalendarPanel } from "./figures/CalendarPanel.tsx";
import { CalibrationPanel } from "./figures/CalibrationPanel.tsx";
import { FactsPanel } from "./figures/FactsPanel.tsx";
import { HistoryNotice, NoHistory } from "./ImportState.tsx";
import { walletName } from "./identity.ts";
import { PnlPanel } from "./pnl/PnlPanel.tsx";
import { ReconciliationPanel } from "./pnl/ReconciliationPanel.tsx";
import { ClosedPanel, ScatterPanel } from "./positions/ClosedPanel.tsx";
import { ExposurePanel } from "./positions/ExposurePanel.tsx";
import { PositionsPanel } from "./positions/PositionsPanel.tsx";
import { primeWallet } from "./primeWallet.ts";
import { ScoresPanel } from "./scores/ScoresPanel.tsx";
import { ActivityPanel } from "./trades/ActivityPanel.tsx";
import { TradesPanel } from "./trades/TradesPanel.tsx";
import { Badges, HeadFigures, HistoryLine } from "./WalletHead.tsx";
import {
  DEFAULT_RANGE,
  PNL_RANGES,
  type PnlRange,
  rangeOf,
  type Subject,
  walletMetrics,
  walletProfile,
} from "./walletQueries.ts";

/** One wallet in one scroll: who it is, what it made and how, what it holds and did, and where the venue differs. */
export function WalletPage({ id, search }: PageProps) {
  const { data: answer, error, refetch } = useQuery(walletProfile(id));
  const name = answer && walletName(answer.data);
  const list = useStore(followed);
  useTitle(name);
  useVisit(answer ? walletHref(answer.data.address) : "", name);
  useActions([
    {
      id: "copy-link",
      title: "Copy a link to this wallet",
      group: "Page",
      keys: "y",
      run: () => void copy(window.location.href, "Link"),
    },
    ...(answer
      ? [
          {
            id: "follow-wallet",
            title: isFollowed(list, answer.data.address) ? "Unfollow this wallet" : "Follow this wallet",
            group: "Page" as const,
            keys: "s",
            run: () => toggleFollow({ address: answer.data.address, name: walletName(answer.data) }),
          },
        ]
      : []),
    {
      id: "compare-wallet",
      title: "Compare this wallet with others",
      group: "Page",
      run: () => go(compareHref([answer?.data.address ?? id])),
    },
  ]);
  if (answer) return <Wallet profile={answer.data} metadata={answer.metadata} search={search} />;
  if (error) {
    return (
      <Main className="page wallet">
        <ErrorState isPage error={error} retry={() => void refetch()} />
      </Main>
    );
  }
  return <PageSkeleton className="wallet" />;
}

/** What the server wrote into the page is put where its queries look for it. */
WalletPage.prime = primeWallet;

interface WalletProps {
  profile: WalletProfile;
  metadata: WalletMetadata;
  search: UrlSearch;
}

function Wallet({ profile, metadata, search }: WalletProps) {
  const { address, history } = profile;
  const subject = history && { address, importedAt: history.imported_at };
  return (
    <Main className="page wallet">
      <div className="hd">
        <p className="crumb">
          <a href="/wallets">Wallets</a>
        </p>
        <div className="t">
          <AddressMark address={address} isBig />
          <h1>{walletName(profile)}</h1>
          <span className="end">
            <FollowChip address={address} name={profile.name ?? profile.pseudonym} />
            <a className="chip" href={compareHref([address])}>
              Compare
            </a>
            {!metadata.simulated && (
              <a
                className="chip"
                href={`https://polymarket.com/profile/${address}`}
                rel="noopener"
                target="_blank"
              >
                Polymarket ↗
              </a>
            )}
          </span>
        </div>
        <Badges profile={profile} />
        {subject && <HeadFigures subject={subject} />}
        <p className="sub">
          <HistoryLine profile={profile} />
          {metadata.resolved_from && (
            <span title={metadata.resolved_from}>
              {metadata.resolved_by === "key"
                ? `${shortHash(metadata.resolved_from)} signs for this account, whose wallet is shown`
                : `asked for as ${metadata.resolved_from}`}
            </span>
          )}
        </p>
      </div>
      <HistoryNotice profile={profile} />
      {subject === null || profile.import.state === "empty" ? (
        <NoHistory profile={profile} />
      ) : (
        <Panels subject={subject} profile={profile} isSimulated={metadata.simulated} search={search} />
      )}
    </Main>
  );
}

interface PanelsProps {
  subject: Subject;
  profile: WalletProfile;
  isSimulated: boolean;
  search: UrlSearch;
}

function Panels({ subject, profile, isSimulated, search }: PanelsProps) {
  const range = rangeOf(search);
  const showRange = (next: PnlRange) => changeSearch({ range: next === DEFAULT_RANGE ? undefined : next });
  useActions([
    {
      id: "chart-range",
      title: "Next range of the chart",
      group: "Page",
      keys: "t",
      run: () => showRange(cycle(PNL_RANGES, range)),
    },
  ]);
  return (
    <div className="body">
      <div className="left">
        <PnlPanel subject={subject} name={walletName(profile)} range={range} onRange={showRange} />
        <ScoresPanel address={subject.address} />
        <Metrics subject={subject} />
        <PositionsPanel subject={subject} />
        <ClosedPanel subject={subject} />
        <TradesPanel subject={subject} isSimulated={isSimulated} search={search} />
      </div>
      <aside className="right" aria-label="Reconciliation, exposure, activity and identity">
        <ReconciliationPanel subject={subject} range={range} />
        <ExposurePanel subject={subject} />
        <ActivityPanel subject={subject} search={search} />
        <Identity profile={profile} />
      </aside>
    </div>
  );
}

function Metrics({ subject }: { subject: Subject }) {
  const { data: metrics, error, refetch } = useQuery(walletMetrics(subject));
  if (metrics === undefined) {
    return (
      <section className="card" aria-label="Performance">
        <h2>Performance</h2>
        {error ? (
          <PanelProblem error={error} what="The figures" retry={() => void refetch()} />
        ) : (
          <PanelSkeleton lines={16} />
        )}
      </section>
    );
  }
  if (metrics === null) {
    return (
      <section className="card" aria-label="Performance">
        <h2>Performance</h2>
        <PanelNote>The figures of this wallet are not computed yet.</PanelNote>
      </section>
    );
  }
  return (
    <>
      <FactsPanel metrics={metrics} />
      <div className="pair even">
        <CalibrationPanel calibration={metrics.calibration} />
        <ScatterPanel subject={subject} />
      </div>
      <CalendarPanel settled={metrics.settled} />
      <BreakdownPanel metrics={metrics} />
    </>
  );
}

/** Who it says it is, and where we know it from. */
function Identity({ profile }: { profile: WalletProfile }) {
  return (
    <section className="card identity">
      <h2>Identity</h2>
      <dl className="kv">
        <Fact label="Address">
          <CopyableId value={profile.address} name="Address" />
        </Fact>
        <Fact label="Name">{profile.name ?? <span className="mut">—</span>}</Fact>
        <Fact label="Pseudonym">{profile.pseudonym ?? <span className="mut">—</span>}</Fact>
        {profile.bio && <Fact label="About">{profile.bio}</Fact>}
        {profile.x_username && <Fact label="X">@{profile.x_username}</Fact>}
        <Fact label="Joined">
          <Instant value={profile.joined_at} />
        </Fact>
        <Fact label="First trade">
          <Instant value={profile.history?.first_active_at ?? null} />
        </Fact>
        <Fact label="Last active">
          <Instant value={profile.history?.last_active_at ?? null} />
        </Fact>
        <Fact label="Found">
          <Instant value={profile.found_at} />
          {profile.found_by && <small className="mut"> {words(profile.found_by)}</small>}
        </Fact>
        <Fact label="Identity asked">
          <Instant value={profile.identity_observed_at} />
        </Fact>
      </dl>
    </section>
  );
}
