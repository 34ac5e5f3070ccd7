import type { BoardColumn } from "../../components/traders/Board.tsx";
import { type BoardKind, BoardList } from "../../components/traders/BoardList.tsx";
import { Profit } from "../../components/traders/Profit.tsx";
import { AuditBadges, ScoreReasons, Verdict } from "../../components/traders/ScoreParts.tsx";
import { WalletName } from "../../components/traders/WalletName.tsx";
import { ago, count, percent, utc } from "../../lib/format.ts";
import { useNow } from "../../lib/time.ts";
import type { Population, Score, Scoreboard } from "../../lib/traders/contract.ts";
import { changedHref } from "../../lib/traders/filters.ts";
import { SCORE_KINDS, scoreText, VERDICTS, type VerdictName, verdictText } from "../../lib/traders/words.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import { SPECS } from "./tabs.ts";

const columns: readonly BoardColumn<Score>[] = [
  {
    id: "rank",
    header: "#",
    isQuiet: true,
    place: "p5",
    cell: ({ rank }) =>
      rank !== null && (
        <>
          <span className="phone-only">rank </span>
          {count(rank)}
        </>
      ),
  },
  {
    id: "wallet",
    header: "Wallet",
    isText: true,
    place: "p1",
    cell: ({ wallet }) => <WalletName wallet={wallet} />,
  },
  {
    id: "score",
    header: "Score of 100, with its interval",
    isText: true,
    place: "p3",
    cell: (score) => <Verdict score={score} />,
  },
  {
    id: "n",
    header: "n",
    description: "Observations it rests on: events for skill and size, fills for makers and bots",
    place: "p2",
    cell: ({ n }) => (
      <span>
        <span className="phone-only">n </span>
        {count(n)}
      </span>
    ),
  },
  {
    id: "profit",
    header: "Profit",
    description: "By our books, after fees; a fact beside the score, not a part of it",
    place: "p4",
    cell: ({ profit_usdc, unreconciled }) => (
      <>
        <span className="phone-only mut">profit </span>
        <Profit value={profit_usdc} />
        {unreconciled === true && (
          <span className="warn" title="Our books and Polymarket's differ, and nothing explains it">
            {" "}
            ≠
          </span>
        )}
      </>
    ),
  },
  {
    id: "version",
    header: "Version",
    isQuiet: true,
    cell: ({ version }) => <>v{version}</>,
  },
  {
    id: "as_of",
    header: "As of",
    isQuiet: true,
    cell: ({ as_of }, now) => <span title={utc(as_of)}>{ago(as_of, now)}</span>,
  },
];

function boardOf(kind: string): BoardKind<Score> {
  return {
    spec: SPECS.scoreboard,
    name: "scoreboard",
    what: "wallets",
    columns,
    keyOf: ({ wallet }) => wallet.address,
    reasons: (score) => <ScoreReasons score={score} kind={kind} />,
  };
}

const BOARDS = new Map(SCORE_KINDS.map((kind) => [kind as string, boardOf(kind)]));

/** Wallets by one score, and those that cannot be said or are not ranked, each with the reason. */
export function ScoreboardTab({ search }: { search: UrlSearch }) {
  const kind = SCORE_KINDS.find((known) => known === search.score) ?? "whale";
  const verdict = VERDICTS.find((known) => known === search.verdict) ?? "scored";
  const board = BOARDS.get(kind);
  if (board === undefined) return null;
  return (
    <BoardList<Score, Scoreboard>
      kind={board}
      path="/whales"
      search={search}
      lead={(data) => <Lead data={data} kind={kind} verdict={verdict} search={search} />}
    />
  );
}

interface LeadProps {
  data: Scoreboard;
  kind: string;
  verdict: VerdictName;
  search: UrlSearch;
}

function Lead({ data, kind, verdict, search }: LeadProps) {
  const { population, withdrawn } = data;
  return (
    <>
      {withdrawn && (
        <p className="notice" data-kind="error" role="status">
          This score is withdrawn since {utc(withdrawn.since)}. {withdrawn.reason} Nobody is ranked by it
          until it errs less than it declares.
        </p>
      )}
      <div className="lead">
        <div className="ph">
          <Choice
            label="Score"
            options={SCORE_KINDS.map((name) => ({
              name,
              text: scoreText(name),
              href: changedHref("/whales", search, { score: name === "whale" ? undefined : name }),
            }))}
            current={kind}
          />
          <Choice
            label="Verdict"
            options={VERDICTS.map((name) => ({
              name,
              text: verdictText(name),
              count: population?.[name],
              href: changedHref("/whales", search, { verdict: name === "scored" ? undefined : name }),
            }))}
            current={verdict}
          />
        </div>
        {population ? (
          <PopulationLine population={population} kind={kind} />
        ) : (
          <p className="sub">All wallets together have not been scored yet.</p>
        )}
        <p className="sub audited">
          <AuditBadges audit={data.audit} kind={kind} />
          <a className="link" href={`/scores/${kind}`}>
            What it means, and how often it is wrong
          </a>
        </p>
      </div>
    </>
  );
}

function PopulationLine({ population, kind }: { population: Population; kind: string }) {
  const now = useNow();
  const { scored, too_few, withheld, excluded, discoveries, fdr, pi0, as_of } = population;
  const all = scored + too_few + withheld + excluded;
  return (
    <p className="sub">
      <b>{count(scored)}</b> of {count(all)} wallets can be scored.
      {discoveries !== null && fdr !== null && (
        <>
          {" "}
          <b>{count(discoveries)}</b> stand out at a false discovery rate of {percent(fdr)}.
        </>
      )}
      {pi0 !== null && ` An estimated ${percent(pi0)} have no skill to find.`}
      {kind === "maker" || kind === "bot" ? " Public fills cannot show quoting, hence “-like”." : ""}{" "}
      <span title={utc(as_of)}>Scored together {ago(as_of, now)}.</span>
    </p>
  );
}

interface ChoiceProps {
  label: string;
  options: readonly { name: string; text: string; href: string; count?: number }[];
  current: string;
}

function Choice({ label, options, current }: ChoiceProps) {
  return (
    <nav className="seg" aria-label={label}>
      {options.map(({ name, text, href, count: known }) => (
        <a
          key={name}
          href={href}
          className={name === current ? "on" : undefined}
          aria-current={name === current ? "true" : undefined}
          data-replace
        >
          {text}
          {known !== undefined && <small> {count(known)}</small>}
        </a>
      ))}
    </nav>
  );
}
