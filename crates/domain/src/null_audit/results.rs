//! What a trial found, as it is kept and told.

use serde::{Deserialize, Serialize};

use crate::stats::special::{binomial_upper, student_quantile};
use crate::stats::{Clustered, Proportion, Weighted};

/// The chance with which a score that only just keeps its budget is found to be over it: once in a thousand looks.
const MISTAKE: f64 = 0.001;

/// How often something was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The stable lower-case name.
    pub name: String,
    /// What was counted, for people.
    pub label: String,
    /// Of how many.
    pub n: u64,
    /// How many.
    pub k: u64,
    /// k/n; `None` of none.
    pub rate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// What else has to be known to read it.
    pub note: Option<String>,
    /// The most that the rate may be, where it is an error that is budgeted for.
    pub budget: Option<f64>,
    /// Whether it is more than that, by more than chance would have in one look of a thousand.
    pub is_over: bool,
}

impl Line {
    /// Of independent observations, with Wilson's interval.
    pub fn part(name: &str, label: &str, k: usize, n: usize) -> Self {
        let share = Proportion::wilson(k, n);
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            n: n as u64,
            k: k as u64,
            rate: share.map(|share| share.value),
            low: share.map(|share| share.low),
            high: share.map(|share| share.high),
            note: None,
            budget: None,
            is_over: false,
        }
    }

    /// With a budget. Over it is what it would be below `MISTAKE` to see if the true rate were the budget: the lower
    /// end of the exact interval (Clopper and Pearson 1934) of that confidence is above it.
    #[must_use]
    pub fn within(mut self, budget: Option<f64>) -> Self {
        self.budget = budget;
        let counts = usize::try_from(self.k).ok().zip(usize::try_from(self.n).ok());
        let chance = counts.zip(budget).and_then(|((k, n), most)| binomial_upper(k, n, most));
        self.is_over = chance.is_some_and(|chance| chance < MISTAKE);
        self
    }

    /// Of several runs of (k, n), whose observations hang together within a run and not between runs. The interval is
    /// by runs, and so is whether it is over its budget.
    pub fn of_runs(name: &str, label: &str, runs: &[(usize, usize)], budget: Option<f64>) -> Self {
        let (k, n) = runs.iter().fold((0, 0), |(k, n), run| (k + run.0, n + run.1));
        let mut line = Self { budget, ..Self::part(name, label, k, n) };
        let observations: Vec<Weighted<usize>> = runs
            .iter()
            .enumerate()
            .map(|(cluster, (k, n))| Weighted { cluster, sum: *k as f64, weight: *n as f64 })
            .collect();
        let Some((mean, (low, high))) =
            Clustered::mean(&observations).and_then(|mean| Some((mean.value, mean.interval?)))
        else {
            return line.within(budget);
        };
        (line.low, line.high) = (Some(low.max(0.0)), Some(high.min(1.0)));
        let free = runs.len() as f64 - 1.0;
        let wider = student_quantile(1.0 - MISTAKE, free).zip(student_quantile(0.975, free));
        line.is_over = budget
            .zip(wider)
            .is_some_and(|(most, (sure, usual))| mean - (high - mean) * sure / usual > most);
        line
    }

    /// The false discovery rate: over registers of (named wrongly, named), the mean of the part that is wrong, which is 0
    /// where nobody is named. That is what procedures keep; of all that are named together the part may be larger, since
    /// where nearly nobody is named whoever is may well be wrong.
    pub fn false_discoveries(
        name: &str,
        label: &str,
        registers: &[(usize, usize)],
        budget: Option<f64>,
    ) -> Self {
        let (wrong, named) = registers.iter().fold((0, 0), |(k, n), one| (k + one.0, n + one.1));
        let part = |(wrong, named): &(usize, usize)| *wrong as f64 / (*named).max(1) as f64;
        let observations: Vec<Weighted<usize>> = registers
            .iter()
            .enumerate()
            .map(|(cluster, one)| Weighted { cluster, sum: part(one), weight: 1.0 })
            .collect();
        let mean = Clustered::mean(&observations);
        let interval = mean.and_then(|mean| mean.interval);
        let free = registers.len() as f64 - 1.0;
        let wider = student_quantile(1.0 - MISTAKE, free).zip(student_quantile(0.975, free));
        let sure = mean.zip(interval).zip(wider).map(|((mean, (_, high)), (sure, usual))| {
            mean.value - (high - mean.value) * sure / usual
        });
        Self {
            rate: mean.map(|mean| mean.value),
            low: interval.map(|(low, _)| low.max(0.0)),
            high: interval.map(|(_, high)| high.min(1.0)),
            budget,
            is_over: sure.zip(budget).is_some_and(|(sure, most)| sure > most),
            ..Self::part(name, label, wrong, named)
        }
    }

    /// With a note.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// Who is first in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct First {
    /// Whose ranking.
    pub name: String,
    /// How many first ones were looked at.
    pub top: u64,
    /// Those among them that are what is looked for.
    pub hits: u64,
    /// hits/top.
    pub rate: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl First {
    /// `None` of none.
    pub fn of(name: &str, hits: usize, top: usize) -> Option<Self> {
        let share = Proportion::wilson(hits, top)?;
        Some(Self {
            name: name.to_owned(),
            top: top as u64,
            hits: hits as u64,
            rate: share.value,
            low: share.low,
            high: share.high,
        })
    }
}

/// Spearman's correlation of a score with what came later.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lasting {
    /// The correlation, −1 to 1.
    pub rho: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Of how many wallets.
    pub n: u64,
}

/// What a trial found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Results {
    /// What was counted.
    pub lines: Vec<Line>,
    /// Whom rankings put first.
    pub rankings: Vec<First>,
    /// Whether who was good stays good; `None` where that was not asked or cannot be said.
    pub persistence: Option<Lasting>,
    /// What chance was made from; `None` where there was none.
    pub seed: Option<u64>,
    /// How long it took; `None` where nobody looked.
    pub seconds: Option<f64>,
}

impl Results {
    /// Whether no error is above its budget.
    pub fn is_within(&self) -> bool {
        self.lines.iter().all(|line| !line.is_over)
    }

    /// The lines that are.
    pub fn over(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_over)
    }

    /// A line by its name.
    pub fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }
}
