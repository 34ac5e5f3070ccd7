//! Scores of wallets: as they stand, as they were, what they are made of, and how often they are wrong.

use chrono::{DateTime, Utc};
use domain::{conduct, scores::ScoreKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::intelligence::boards::{scores::StandingScore, standing::LastAudit};
use store::intelligence::scores::ScoreRun;
use utoipa::ToSchema;

use super::{Evidence, Ingredient, ScoreName, WalletRef};

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
        let results = AuditResults::read(&audit.results);
        Self {
            trial: audit.trial.clone(),
            is_within: audit.is_within,
            ran_at: audit.ran_at,
            type1: results.rate("type1"),
            power: results.rate("power"),
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

    /// The last audits of a score.
    pub fn audits(&self, score: ScoreName) -> impl Iterator<Item = &LastAudit> {
        self.0.iter().filter(move |audit| audit.kind == score.slug())
    }

    /// How a score did.
    pub fn trials(&self, score: ScoreName) -> Vec<TrialSummary> {
        self.audits(score).map(TrialSummary::of).collect()
    }

    /// Why a score is not shown; `None` where it may be.
    pub fn withdrawn(&self, score: ScoreName) -> Option<ScoreWithdrawal> {
        let failed: Vec<_> = self.audits(score).filter(|audit| !audit.is_within).collect();
        let since = failed.iter().map(|audit| audit.ran_at).min()?;
        let trials: Vec<_> = failed.iter().map(|audit| audit.trial.as_str()).collect();
        let reason = format!(
            "Its errors were over the declared budget in the last trial: {}.",
            trials.join(", ")
        );
        Some(ScoreWithdrawal { reason, since })
    }

    /// Whether whale score, smart-money score and reputation may be shown.
    pub fn shown(&self) -> [bool; 3] {
        [ScoreName::Whale, ScoreName::SmartMoney, ScoreName::Reputation]
            .map(|score| self.withdrawn(score).is_none())
    }
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
    /// What it is counted in.
    pub unit: String,
    /// Where it is explained.
    pub doc_href: String,
}

impl ScoreName {
    /// The present version of its definition.
    pub fn version(self) -> i16 {
        let version = match self {
            Self::Whale => ScoreKind::Whale.version(),
            Self::SmartMoney => ScoreKind::Smart.version(),
            Self::Reputation => ScoreKind::Reputation.version(),
            Self::Maker | Self::Bot => conduct::VERSION,
        };
        i16::try_from(version).unwrap_or(i16::MAX)
    }

    /// The part of wallets that it may wrongly call what it looks for.
    pub fn budget(self) -> Option<f64> {
        (self == Self::SmartMoney).then_some(0.05)
    }

    /// What it is.
    pub fn definition(self) -> ScoreDefinition {
        let (definition, formula, needs) = match self {
            Self::Whale => (
                "How large a wallet's trades and positions are for the markets it is in, and in what part of its \
                 events. Beside it stands the fixed rule: a position that cost or is worth more than $10,000.",
                "100·√(S·C): S mean over events of 1 − 2^(−t), t the median of z/3, volume/2 %, depth/5 % of the \
                 largest trade or position; C part of events with t ≥ 1",
                "3 events with two measures",
            ),
            Self::SmartMoney => (
                "How much better than the prices it paid a wallet's bets came true, shrunk toward nothing by how \
                 little evidence there is and how many wallets were looked at. One bet an event counts, at the price \
                 paid first. Makers and bots are not scored.",
                "100·(1 − local fdr)·(1 − e^(−θ/0.5)), θ = (θ_all + 2·θ_recent)/3, 0 below 0",
                "10 events, a whole history",
            ),
            Self::Reputation => (
                "How long a wallet's record is, how steady, and how likely it did better than prices.",
                "100·(0.5·n/(n + 50)·P(θ > 0) + 0.3·(1 − 2^(−days/365)) + 0.2·months active)",
                "10 events, a whole history that agrees with the venue",
            ),
            Self::Maker => (
                "How much a wallet's public fills look like those of a market maker. They cannot show quoting, \
                 hence the likeness.",
                "log-odds −1 + Σ w·(2·clamp((x − from)/(to − from), 0, 1) − 1) of maker share, two-sidedness, \
                 splits and merges, markets, profit by volume, hours",
                "50 fills",
            ),
            Self::Bot => (
                "How much a wallet's public fills look like a program's: pace, hours of the day, regular gaps, \
                 sizes that repeat.",
                "log-odds −1 + Σ w·(2·clamp((x − from)/(to − from), 0, 1) − 1) of fills a day, hours, gaps, \
                 distinct sizes, markets",
                "50 fills",
            ),
        };
        ScoreDefinition {
            kind: self.slug().to_owned(),
            title: self.title().to_owned(),
            version: self.version(),
            definition: definition.to_owned(),
            formula: formula.to_owned(),
            needs: needs.to_owned(),
            budget: self.budget(),
            unit: "0 to 100".to_owned(),
            doc_href: format!("/scores/{}", self.slug()),
        }
    }
}

/// Something that was counted at a trial.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
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
}

/// How many of the first of a ranking were what it looks for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AuditRanking {
    /// By what was ranked.
    pub name: String,
    /// So many first.
    pub top: u64,
    /// So many right.
    pub hits: u64,
    /// Of them; null of none.
    pub rate: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// How far the order of one half tells that of the other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AuditPersistence {
    /// Rank correlation.
    pub rho: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Wallets in both.
    pub n: u64,
}

/// All that was counted at a trial.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
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

impl AuditResults {
    /// What was written down; nothing of what cannot be read.
    pub fn read(written: &Value) -> Self {
        serde_json::from_value(written.clone()).unwrap_or_default()
    }

    fn rate(&self, name: &str) -> Option<f64> {
        self.lines.iter().find(|line| line.name == name)?.rate
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

/// How often a score is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreAudit {
    /// Which score.
    pub kind: String,
    /// Of the definition.
    pub version: i16,
    /// The declared budget.
    pub budget: Option<f64>,
    /// Whether errors are within it at all last trials; null before the first.
    pub is_within: Option<bool>,
    /// Why it is shown nowhere; null while it is.
    pub withdrawn: Option<ScoreWithdrawal>,
    /// The last of each kind of trial.
    pub trials: Vec<AuditTrial>,
    /// What must come first, where there was no trial yet.
    pub waiting_for: Option<String>,
}

impl ScoreAudit {
    /// By the last audits.
    pub fn of(score: ScoreName, standing: &ScoreStanding) -> Self {
        let trials: Vec<_> = standing
            .audits(score)
            .map(|audit| AuditTrial {
                trial: audit.trial.clone(),
                ran_at: audit.ran_at,
                version: audit.version,
                is_within: audit.is_within,
                results: AuditResults::read(&audit.results),
            })
            .collect();
        let waiting =
            "No trial of this version has run yet. One runs every day, and by `cascadian audit`.";
        Self {
            kind: score.slug().to_owned(),
            version: score.version(),
            budget: score.budget(),
            is_within: (!trials.is_empty()).then(|| trials.iter().all(|trial| trial.is_within)),
            withdrawn: standing.withdrawn(score),
            waiting_for: trials.is_empty().then(|| waiting.to_owned()),
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
