import { useQueries, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Main } from "../../components/Main.tsx";
import { PanelNote } from "../../components/PanelParts.tsx";
import { errorTitle } from "../../components/State.tsx";
import { AddressMark } from "../../components/traders/AddressMark.tsx";
import { Profit } from "../../components/traders/Profit.tsx";
import { WideTable } from "../../components/traders/WideTable.tsx";
import { useActions } from "../../lib/actions.ts";
import type { WalletMetrics, WalletValue } from "../../lib/apiTypes.ts";
import { count, duration, fixed, money, percent, shortHash, utc } from "../../lib/format.ts";
import { go, type PageProps } from "../../lib/navigation.ts";
import { copy } from "../../lib/toast.ts";
import { useTitle } from "../../lib/useTitle.ts";
import { comparedOf, compareHref, MOST_COMPARED, walletHref } from "./address.ts";
import { edgeText, rateText, signOf } from "./figures/interval.ts";
import { Told } from "./figures/Told.tsx";
import { walletName } from "./identity.ts";
import { primeCompare } from "./primeWallet.ts";
import {
  type ProfileAnswer,
  type Subject,
  walletMetrics,
  walletProfile,
  walletValue,
} from "./walletQueries.ts";

/** Two to four wallets beside each other, by the same figures over the same lengths. */
export function ComparePage({ search }: PageProps) {
  const named = comparedOf(search.w);
  const wallets = named.slice(0, MOST_COMPARED);
  const profiles = useQueries({ queries: wallets.map((id) => walletProfile(id)) });
  useTitle("Compare wallets");
  useActions([
    {
      id: "copy-link",
      title: "Copy a link to this comparison",
      group: "Page",
      keys: "y",
      run: () => void copy(window.location.href, "Link"),
    },
  ]);
  return (
    <Main className="page wallets compare">
      <div className="hd">
        <p className="crumb">
          <a href="/wallets">Wallets</a>
        </p>
        <div className="t">
          <h1>Compare wallets</h1>
        </div>
        {wallets.length < MOST_COMPARED && <Adder wallets={wallets} />}
        {named.length > MOST_COMPARED && (
          <p className="sub warn">
            Only the first {MOST_COMPARED} of {count(named.length)} are shown.
          </p>
        )}
      </div>
      <section className="card">
        {wallets.length === 0 ? (
          <PanelNote>Add two to four wallets by address, name or profile.</PanelNote>
        ) : (
          <Table wallets={wallets} profiles={profiles} />
        )}
        {wallets.length === 1 && <PanelNote>Add another one to compare it with.</PanelNote>}
      </section>
    </Main>
  );
}

/** What the server wrote into the page is put where its queries look for it. */
ComparePage.prime = primeCompare;

/** Adds a wallet; a plain form, so that it works without a script as well. */
function Adder({ wallets }: { wallets: readonly string[] }) {
  return (
    <form
      className="chips"
      method="get"
      action="/wallets/compare"
      onSubmit={(event) => {
        event.preventDefault();
        const added = String(new FormData(event.currentTarget).get("added") ?? "").trim();
        if (added === "") return;
        event.currentTarget.reset();
        go(compareHref([...wallets, added]), true);
      }}
    >
      {wallets.map((wallet) => (
        <input key={wallet} type="hidden" name="w" value={wallet} />
      ))}
      <label className="chip search wide">
        <Icon name="search" />
        <input
          name="added"
          placeholder="0x address, user name or profile address"
          aria-label="Wallet to add"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
        />
      </label>
      <button className="chip" type="submit">
        Add
      </button>
    </form>
  );
}

type Profile = { data?: ProfileAnswer; error: Error | null };

function subjectOf({ data }: Profile): Subject | null {
  const history = data?.data.history;
  return data && history ? { address: data.data.address, importedAt: history.imported_at } : null;
}

interface TableProps {
  wallets: readonly string[];
  profiles: readonly Profile[];
}

function Table({ wallets, profiles }: TableProps) {
  return (
    <WideTable label="Wallets beside each other">
      <table className="mini compared">
        <caption className="sr">Wallets beside each other</caption>
        <thead>
          <tr>
            <th className="l" scope="col">
              Figure
            </th>
            {wallets.map((wallet, index) => (
              <th key={wallet} scope="col">
                <Name
                  wallet={wallet}
                  profile={profiles[index]}
                  others={wallets.filter((other) => other !== wallet)}
                />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th className="l" scope="row">
              History
            </th>
            {wallets.map((wallet, index) => (
              <td key={wallet}>
                <History profile={profiles[index]} />
              </td>
            ))}
          </tr>
          {ROWS.map((row) => (
            <tr key={row.label}>
              <th className="l" scope="row" title={row.title}>
                {row.label}
              </th>
              {wallets.map((wallet, index) => {
                const profile = profiles[index];
                const subject = profile ? subjectOf(profile) : null;
                return (
                  <td key={wallet}>
                    {subject ? <Cell row={row} subject={subject} /> : <span className="mut">—</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function Name({
  wallet,
  profile,
  others,
}: {
  wallet: string;
  profile: Profile | undefined;
  others: readonly string[];
}) {
  const known = profile?.data?.data;
  return (
    <span className="who">
      <AddressMark address={known?.address ?? wallet} />
      <a href={walletHref(known?.address ?? wallet)} title={known?.address ?? wallet}>
        {known ? walletName(known) : shortHash(wallet)}
      </a>
      <a className="chip-x" href={compareHref(others)} aria-label={`Take ${wallet} out`} data-replace>
        <Icon name="close" />
      </a>
    </span>
  );
}

function History({ profile }: { profile: Profile | undefined }) {
  const known = profile?.data?.data;
  if (known === undefined) {
    return profile?.error ? (
      <span className="warn" title={profile.error.message}>
        {errorTitle(profile.error)}
      </span>
    ) : (
      <span className="skel" />
    );
  }
  if (known.history === null) return <span className="mut">{known.import.state}</span>;
  const { completeness, since } = known.history;
  return (
    <span
      className={completeness === "full" ? undefined : "warn"}
      title={since ? `Since ${utc(since)}` : undefined}
    >
      {completeness}
    </span>
  );
}

interface Row {
  label: string;
  title: string;
  cell(metrics: WalletMetrics, value: WalletValue | undefined): ReactNode;
}

function Cell({ row, subject }: { row: Row; subject: Subject }) {
  const { data: metrics, error } = useQuery(walletMetrics(subject));
  const { data: value } = useQuery(walletValue(subject));
  if (metrics) return row.cell(metrics, value);
  if (metrics === null) return <span className="mut">—</span>;
  return error ? <span className="warn">failed</span> : <span className="skel" />;
}

const record = (
  label: string,
  title: string,
  show: (one: NonNullable<WalletMetrics["all_time"]["value"]>) => ReactNode,
): Row => ({
  label,
  title,
  cell: ({ all_time }) => <Told figure={all_time}>{show}</Told>,
});

const ROWS: readonly Row[] = [
  {
    label: "Positions",
    title: "At best bids",
    cell: (_, value) =>
      value ? (
        <Told figure={{ value: value.value_usdc, withheld: value.withheld }}>{(usdc) => money(usdc)}</Told>
      ) : (
        <span className="skel" />
      ),
  },
  {
    label: "Total profit",
    title: "Realised and unrealised after fees, with rewards",
    cell: ({ totals }) => <Told figure={totals.total}>{(usdc) => <Profit value={usdc} />}</Told>,
  },
  {
    label: "Return",
    title: "Total on what was put into positions",
    cell: ({ totals }) => <Told figure={totals.roi}>{(roi) => percent(roi)}</Told>,
  },
  record("Settled events", "Over for the wallet", ({ events }) => count(events)),
  record("Win rate", "Of events with a profit or a loss; 95% interval", ({ win_rate, wins, losses }) => (
    <>
      {rateText(win_rate)} <span className="mut">of {count(wins + losses)}</span>
    </>
  )),
  record(
    "Edge per $1",
    "What a dollar staked came to more than the price paid; clustered by event",
    ({ edge }) => (
      <>
        <span className={signOf(edge)}>{edgeText(edge)}</span>
        {edge && <span className="mut"> of {count(edge.n)}</span>}
      </>
    ),
  ),
  record("Profit factor", "Gains over losses", ({ profit_factor }) => fixed(profit_factor, 2)),
  ...[20, 50, 100].map(
    (length): Row => ({
      label: `Drawdown, last ${length}`,
      title: "Only drawdowns of equal length compare",
      cell: ({ courses }) => (
        <Told figure={courses}>
          {(all) => {
            const course = all.find(({ last_events }) => last_events === length)?.course;
            return course ? money(course.drawdown_usdc) : <span className="mut">fewer events</span>;
          }}
        </Told>
      ),
    }),
  ),
  {
    label: "Brier skill",
    title: "1 − Brier / what it would be if every price paid were right, every event weighing the same",
    cell: ({ calibration }) => <Told figure={calibration}>{({ by_event }) => fixed(by_event.skill, 3)}</Told>,
  },
  {
    label: "Median hold",
    title: "Of positions",
    cell: ({ hold_time }) => <Told figure={hold_time}>{({ median_s }) => duration(median_s * 1_000)}</Told>,
  },
  {
    label: "Effective events",
    title: "1 / HHI of the money put in",
    cell: ({ concentration }) => (
      <Told figure={concentration}>{({ effective_events }) => fixed(effective_events, 1)}</Told>
    ),
  },
  {
    label: "Trades a day",
    title: "From the first to the last",
    cell: ({ frequency }) => <Told figure={frequency}>{({ per_day }) => fixed(per_day, 1)}</Told>,
  },
  {
    label: "Maker share",
    title: "Dollars filled as maker of all",
    cell: ({ maker_share }) => <Told figure={maker_share}>{(share) => percent(share)}</Told>,
  },
];
