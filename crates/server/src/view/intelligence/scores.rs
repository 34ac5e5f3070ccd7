//! Scores of wallets: as they stand, as they were, what they are made of, and how often they are wrong.

use chrono::{DateTime, Utc};
use domain::{null_audit::Subject, scores::ScoreKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::intelligence::boards::scores::StandingScore;
use store::intelligence::scores::ScoreRun;
use utoipa::ToSchema;

use super::{Evidence, Ingredient, ScoreName, ScoreWithdrawal, TrialSummary, WalletRef, words};

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
        doc_href: "/docs/scores".to_owned(),
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
