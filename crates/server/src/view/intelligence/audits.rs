//! How often scores are wrong, and which of them may be shown.

use chrono::{DateTime, Utc};
use domain::{
    null_audit::{Line, Results, Subject, Trial},
    scores::ScoreKind,
};
use serde::{Deserialize, Serialize};
use store::intelligence::boards::standing::LastAudit;
use utoipa::ToSchema;

use super::{ScoreName, version_of, words};

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
        let waiting = "No trial of this version has run yet. Some run every day, all of them with the command cascadian audit.";
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
