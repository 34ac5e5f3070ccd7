//! Scores of wallets: as they stand, as they were, what they are made of, and how often they are wrong.

use chrono::{DateTime, Utc};
use domain::{
    null_audit::{Line, Results, Subject, Trial},
    scores::ScoreKind,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::intelligence::boards::{scores::StandingScore, standing::LastAudit};
use store::intelligence::scores::ScoreRun;
use utoipa::ToSchema;

use super::{Evidence, Ingredient, ScoreName, WalletRef, words};

/// A score of a wallet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreRow {
    /// Which score: `whale`, `smart_money`, `reputation`, `maker` or `bot`.
    pub kind: String,
    /// The how-manieth of the list, from 1; null outside a ranking, and where the list is narrowed to some wallets.
    pub rank: Option<u32>,
    /// Whose.
    pub wallet: WalletRef,
    /// 0 to 100; null unless the verdict is `scored`.
    pub value: Option<f64>,
    /// The lower end of its interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Observations it rests on.
    pub n: u32,
    /// Of the definition.
    pub version: i16,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// When it was last found to be still so.
    pub checked_at: DateTime<Utc>,
    /// `scored`; `too_few` to say; `withheld`: the history does not support it; `excluded`: of a kind that is not
    /// ranked.
    pub verdict: String,
    /// Why it is withheld or excluded, by name.
    pub reason: Option<String>,
    /// What it was made from.
    pub ingredients: Vec<Ingredient>,
    /// The records.
    pub evidence: Vec<Evidence>,
    /// What the wallet made in all by our books; null unknown.
    pub profit_usdc: Option<f64>,
    /// Whether what upstream reports of the wallet differs from our books; null before its first import.
    pub unreconciled: Option<bool>,
}

impl ScoreRow {
    /// A score as held. Of a score that is withdrawn no number is told.
    pub fn of(score: &StandingScore, wallet: WalletRef, is_withdrawn: bool) -> Self {
        let if_shown = |number: Option<f64>| number.filter(|_| !is_withdrawn);
        let mut evidence = Evidence::read(&score.evidence, None, Some(&wallet.address));
        evidence.push(Evidence::wallet(&wallet.address));
        Self {
            kind: score.kind.clone(),
            rank: None,
            value: if_shown(score.value),
            low: if_shown(score.low),
            high: if_shown(score.high),
            n: score.n,
            version: score.version,
            as_of: score.as_of,
            checked_at: score.checked_at,
            verdict: if is_withdrawn { "withheld" } else { score.verdict.as_str() }.to_owned(),
            reason: if is_withdrawn { Some("withdrawn".to_owned()) } else { score.reason.clone() },
            ingredients: Ingredient::read(&score.ingredients),
            evidence,
            profit_usdc: None,
            unreconciled: None,
            wallet,
        }
    }
}

/// What was learned from all wallets together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoredPopulation {
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Wallets with a score.
    pub scored: u32,
    /// Wallets with too few observations.
    pub too_few: u32,
    /// Wallets whose history does not support one.
    pub withheld: u32,
    /// Wallets of a kind that is not ranked.
    pub excluded: u32,
    /// Variance of skill among wallets; null where it is not estimated.
    pub tau2: Option<f64>,
    /// Part of wallets without skill; null where it is not estimated.
    pub pi0: Option<f64>,
    /// Wallets below the declared false discovery rate.
    pub discoveries: Option<f64>,
    /// That rate.
    pub fdr: Option<f64>,
}

impl ScoredPopulation {
    /// A run as held.
    pub fn of(run: &ScoreRun) -> Self {
        let [scored, too_few, withheld, excluded] = run.counts;
        let known = |name: &str| run.population.get(name).and_then(Value::as_f64);
        Self {
            as_of: run.as_of,
            scored,
            too_few,
            withheld,
            excluded,
            tau2: known("tau2"),
            pi0: known("pi0"),
            discoveries: known("discoveries"),
            fdr: known("fdr"),
        }
    }
}

/// How a score did at its last trial of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrialSummary {
    /// `synthetic`: made-up wallets without skill. `redrawn`: real bets with outcomes drawn by their prices.
    /// `planted`: a simulated world of which it is known who is what.
    pub trial: String,
    /// Whether errors were within the budget.
    pub is_within: bool,
    /// When.
    pub ran_at: DateTime<Utc>,
    /// Part of wallets without skill that it called skilled; null where the trial does not say.
    pub type1: Option<f64>,
    /// Part of skilled wallets that it found; null where the trial does not say.
    pub power: Option<f64>,
}

impl TrialSummary {
    fn of(audit: &LastAudit) -> Self {
        let rate = |name: &str| audit.results.lines.iter().find(|line| line.name == name)?.rate;
        Self {
            trial: audit.trial.clone(),
            is_within: audit.is_within,
            ran_at: audit.ran_at,
            type1: rate("type1"),
            power: rate("power"),
        }
    }
}

/// A score that is over its error budget, and is shown nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreWithdrawal {
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Which scores may be shown, by their last audits.
#[derive(Debug, Clone, Default)]
pub struct ScoreStanding(Vec<LastAudit>);

impl ScoreStanding {
    /// By the last audits of the present versions.
    pub fn new(audits: Vec<LastAudit>) -> Self {
        Self(audits)
    }

    /// The last audits of something.
    pub fn audits(&self, subject: Subject) -> impl Iterator<Item = &LastAudit> {
        self.0.iter().filter(move |audit| audit.kind == subject.slug())
    }

    /// How a score did.
    pub fn trials(&self, score: ScoreName) -> Vec<TrialSummary> {
        self.audits(Subject::Score(score)).map(TrialSummary::of).collect()
    }

    /// Why a score is not shown; `None` where it may be.
    pub fn withdrawn(&self, score: ScoreName) -> Option<ScoreWithdrawal> {
        self.over_budget(Subject::Score(score))
    }

    /// Which errors of something are over their budget, and since when; `None` where none is.
    pub fn over_budget(&self, subject: Subject) -> Option<ScoreWithdrawal> {
        let failed = || self.audits(subject).filter(|audit| !audit.is_within);
        let since = failed().map(|audit| audit.over_since.unwrap_or(audit.ran_at)).min()?;
        let over = |audit: &LastAudit| {
            let named = audit.results.over().map(|line| reason(&audit.trial, line));
            named.collect::<Vec<_>>()
        };
        let reasons: Vec<_> = failed().flat_map(over).collect();
        let reason = if reasons.is_empty() {
            let trials: Vec<_> = failed().map(|audit| audit.trial.as_str()).collect();
            format!(
                "Its errors are over the declared budget in the last trial: {}.",
                trials.join(", ")
            )
        } else {
            format!("Its errors are over the declared budget: {}.", reasons.join("; "))
        };
        Some(ScoreWithdrawal { reason, since })
    }

    /// Whether whale score, smart-money score and reputation may be shown.
    pub fn shown(&self) -> [bool; 3] {
        [ScoreKind::Whale, ScoreKind::Smart, ScoreKind::Reputation]
            .map(|score| self.withdrawn(score).is_none())
    }
}

/// An error that is over its budget, for people.
fn reason(trial: &str, line: &Line) -> String {
    let percent =
        |part: Option<f64>| part.map_or_else(String::new, |part| format!("{:.1} %", 100.0 * part));
    let (rate, budget) = (percent(line.rate), percent(line.budget));
    format!("{} ({trial}): {rate} where {budget} are allowed", line.label)
}

/// A ranking of wallets by a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Scoreboard {
    /// The rows.
    pub rows: Vec<ScoreRow>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
    /// What must come first, where there is no row and none could be there yet.
    pub waiting_for: Option<String>,
    /// What was learned from all wallets together; null before the first time.
    pub population: Option<ScoredPopulation>,
    /// How the score did at its last trials; empty before the first.
    pub audit: Vec<TrialSummary>,
    /// Why it is not shown: then there are no rows. Null while it may be.
    pub withdrawn: Option<ScoreWithdrawal>,
}

/// What a score is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreDefinition {
    /// Its name.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Of the definition. Scores of two versions are never compared.
    pub version: i16,
    /// What it says.
    pub definition: String,
    /// How it is computed.
    pub formula: String,
    /// Below what nothing is said.
    pub needs: String,
    /// The part of wallets without what it looks for that it may call to have it; null of a score that measures and
    /// does not test.
    pub budget: Option<f64>,
    /// Of those that are named after correction for how many were tested, the part that may be named wrongly; null of
    /// a score that names nobody.
    pub false_discovery: Option<f64>,
    /// What it is counted in.
    pub unit: String,
    /// Where it is explained.
    pub doc_href: String,
}

/// The present version of a definition.
pub fn version_of(subject: Subject) -> i16 {
    i16::try_from(subject.version()).unwrap_or(i16::MAX)
}

/// What a score is.
pub fn definition(score: ScoreName) -> ScoreDefinition {
    let (definition, formula, needs) = match score {
        ScoreKind::Whale => (
            "How large a wallet's trades and positions are for the markets it is in, and in what part of its \
                 events. Beside it stands the fixed rule: a position that cost or is worth more than $10,000.",
            "100·√(S·C): S mean over events of 1 − 2^(−t), t the median of z/3, volume/2 %, depth/5 % of the \
                 largest trade or position; C part of events with t ≥ 1",
            "3 events with two measures",
        ),
        ScoreKind::Smart => (
            "How much better than the prices it paid a wallet's bets came true, shrunk toward nothing by how \
                 little evidence there is and how many wallets were looked at. One bet an event counts, at the price \
                 paid first. Makers and bots are not scored.",
            "100·(1 − local fdr)·(1 − e^(−θ/0.5)), θ = (θ_all + 2·θ_recent)/3, 0 below 0",
            "10 events, a whole history",
        ),
        ScoreKind::Reputation => (
            "How long a wallet's record is, how steady, and how likely it did better than prices.",
            "100·(0.5·n/(n + 50)·P(θ > 0) + 0.3·(1 − 2^(−days/365)) + 0.2·months active)",
            "10 events, a whole history that agrees with the venue",
        ),
        ScoreKind::Maker => (
            "How much a wallet's public fills look like those of a market maker. They cannot show quoting, \
                 hence the likeness.",
            "log-odds −1 + Σ w·(2·clamp((x − from)/(to − from), 0, 1) − 1) of maker share, two-sidedness, \
                 splits and merges, markets, profit by volume, hours",
            "50 fills",
        ),
        ScoreKind::Bot => (
            "How much a wallet's public fills look like a program's: pace, hours of the day, regular gaps, \
                 sizes that repeat.",
            "log-odds −1 + Σ w·(2·clamp((x − from)/(to − from), 0, 1) − 1) of fills a day, hours, gaps, \
                 distinct sizes, markets",
            "50 fills",
        ),
    };
    ScoreDefinition {
        kind: score.slug().to_owned(),
        title: words::title(Subject::Score(score)).to_owned(),
        version: version_of(Subject::Score(score)),
        definition: definition.to_owned(),
        formula: formula.to_owned(),
        needs: needs.to_owned(),
        budget: score.budget().type1,
        false_discovery: score.budget().false_discovery,
        unit: "0 to 100".to_owned(),
        doc_href: format!("/scores/{}", score.slug()),
    }
}

/// Something that was counted at a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditLine {
    /// Its name; `type1` and `power` are also shown with scoreboards.
    pub name: String,
    /// The name in words.
    pub label: String,
    /// Of so many.
    pub n: u64,
    /// So many.
    pub k: u64,
    /// k of n; null of none.
    pub rate: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// What is to be known of it.
    pub note: Option<String>,
    /// The most that the rate may be; null where it is no error that is budgeted for.
    pub budget: Option<f64>,
    /// Whether it is more than that, by more than chance would have in one look of a thousand.
    pub is_over: bool,
}

/// How many of the first of a ranking were what it looks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditRanking {
    /// By what was ranked.
    pub name: String,
    /// So many first.
    pub top: u64,
    /// So many right.
    pub hits: u64,
    /// Of them.
    pub rate: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How far a score tells what came later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditPersistence {
    /// Rank correlation.
    pub rho: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Wallets.
    pub n: u64,
}

/// All that was counted at a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditResults {
    /// Rates.
    pub lines: Vec<AuditLine>,
    /// Rankings.
    pub rankings: Vec<AuditRanking>,
    /// Whether ranks last; null where it was not looked at.
    pub persistence: Option<AuditPersistence>,
    /// What the dice began with; null without dice.
    pub seed: Option<u64>,
    /// How long it took; null where nobody looked.
    pub seconds: Option<f64>,
}

impl From<&Results> for AuditResults {
    fn from(results: &Results) -> Self {
        let line = |line: &Line| AuditLine {
            name: line.name.clone(),
            label: line.label.clone(),
            n: line.n,
            k: line.k,
            rate: line.rate,
            low: line.low,
            high: line.high,
            note: line.note.clone(),
            budget: line.budget,
            is_over: line.is_over,
        };
        let rankings = results.rankings.iter().map(|first| AuditRanking {
            name: first.name.clone(),
            top: first.top,
            hits: first.hits,
            rate: first.rate,
            low: first.low,
            high: first.high,
        });
        let persistence = results.persistence.map(|lasting| AuditPersistence {
            rho: lasting.rho,
            low: lasting.low,
            high: lasting.high,
            n: lasting.n,
        });
        Self {
            lines: results.lines.iter().map(line).collect(),
            rankings: rankings.collect(),
            persistence,
            seed: results.seed,
            seconds: results.seconds,
        }
    }
}

/// A trial of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditTrial {
    /// What it was tried on.
    pub trial: String,
    /// When.
    pub ran_at: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// Whether errors were within the budget.
    pub is_within: bool,
    /// All that was counted.
    pub results: AuditResults,
}

/// A trial that says nothing of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditGap {
    /// Which trial.
    pub trial: String,
    /// Why.
    pub why: String,
}

/// How often something that makes claims is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreAudit {
    /// What: a score, or `insiders`, `flips`, `wash`, `clusters`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Of the definition.
    pub version: i16,
    /// The declared budget of errors of the first kind; null where there are none.
    pub budget: Option<f64>,
    /// The declared budget of false discoveries; null where nobody is named.
    pub false_discovery: Option<f64>,
    /// Whether errors are within it at all last trials; null before the first.
    pub is_within: Option<bool>,
    /// Why it is shown nowhere; null while it is.
    pub withdrawn: Option<ScoreWithdrawal>,
    /// The last of each kind of trial.
    pub trials: Vec<AuditTrial>,
    /// The trials that say nothing of it, and why.
    pub gaps: Vec<AuditGap>,
    /// What must come first, where there was no trial yet.
    pub waiting_for: Option<String>,
}

impl ScoreAudit {
    /// By the last audits.
    pub fn of(subject: Subject, standing: &ScoreStanding) -> Self {
        let trials: Vec<_> = standing
            .audits(subject)
            .map(|audit| AuditTrial {
                trial: audit.trial.clone(),
                ran_at: audit.ran_at,
                version: audit.version,
                is_within: audit.is_within,
                results: AuditResults::from(&audit.results),
            })
            .collect();
        let gap = |trial: Trial| {
            let why = subject.does_not_apply(trial)?.to_owned();
            Some(AuditGap { trial: trial.slug().to_owned(), why })
        };
        let gaps: Vec<_> = Trial::ALL.into_iter().filter_map(gap).collect();
        let is_waiting = trials.is_empty() && gaps.len() < Trial::ALL.len();
        let waiting = "No trial of this version has run yet. Some run every day, all of them by `cascadian audit`.";
        Self {
            kind: subject.slug().to_owned(),
            title: words::title(subject).to_owned(),
            version: version_of(subject),
            budget: subject.budget().type1,
            false_discovery: subject.budget().false_discovery,
            is_within: (!trials.is_empty()).then(|| trials.iter().all(|trial| trial.is_within)),
            withdrawn: standing.over_budget(subject),
            waiting_for: is_waiting.then(|| waiting.to_owned()),
            gaps,
            trials,
        }
    }
}

/// A score a wallet was given once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PastScore {
    /// Which score.
    pub kind: String,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// 0 to 100; null unless the verdict is `scored`.
    pub value: Option<f64>,
    /// The lower end of its interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Observations it rests on.
    pub n: u32,
    /// As in the rows of scoreboards.
    pub verdict: String,
}

impl From<&StandingScore> for PastScore {
    fn from(score: &StandingScore) -> Self {
        Self {
            kind: score.kind.clone(),
            as_of: score.as_of,
            version: score.version,
            value: score.value,
            low: score.low,
            high: score.high,
            n: score.n,
            verdict: score.verdict.clone(),
        }
    }
}

/// Wallets that seem to have one owner, by evidence. No judgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OwnerView {
    /// Names the cluster.
    pub id: String,
    /// Its wallets, the one asked about among them.
    pub wallets: Vec<WalletRef>,
    /// How much speaks for the wallet being in it: ln of how much likelier that is than not.
    pub log_likelihood: f64,
    /// By what.
    pub evidence: Vec<Evidence>,
    /// When that was found.
    pub as_of: DateTime<Utc>,
}

/// The scores of a wallet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WalletScores {
    /// As they stand.
    pub current: Vec<ScoreRow>,
    /// Every one it was ever given, the newest first; at most 500.
    pub history: Vec<PastScore>,
    /// The owner it seems to have together with others; null without.
    pub owner: Option<OwnerView>,
    /// Whose money it is; null where nobody has said yet.
    pub class: Option<String>,
}
