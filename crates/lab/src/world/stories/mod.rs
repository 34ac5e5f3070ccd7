//! What the generated events are about: questions, outcomes, rules and how the markets of an event
//! hang together.

mod games;
mod life;
mod money;
mod power;

use chrono::{DateTime, Utc};

use super::category::Category;
use crate::noise::Dice;

pub(crate) use money::{COINS, Coin, up_or_down};

/// How the prices of an event's markets are tied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// Markets on different tracks move by themselves. Those on one track are thresholds on one
    /// quantity, ordered by `logit` for ever, and come out consistently.
    Separate,
    /// At most one market resolves Yes. `residual` is the chance at the start that none does.
    Exclusive { residual: f64 },
    /// The markets are neighbouring ranges of one quantity and cover all of it; `logit` is where it
    /// is, in ranges.
    Ranges,
}

impl Shape {
    /// Whether exactly one market is sure to resolve Yes.
    pub(crate) fn has_a_winner(self) -> bool {
        match self {
            Self::Separate => false,
            Self::Exclusive { residual } => residual <= 0.0,
            Self::Ranges => true,
        }
    }
}

/// How an outcome becomes known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// By a price feed, within a minute of the end.
    Automatic,
    /// Proposed soon after a game, then the usual challenge period.
    Quick,
    /// Proposed by hand, hours to days after the end; may be disputed.
    Proposed,
}

/// A chain of recurring events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Series {
    pub(crate) id: u64,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) recurrence: &'static str,
}

/// A market of an event to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MarketDraft {
    pub(crate) question: String,
    pub(crate) group_title: String,
    pub(crate) outcomes: [String; 2],
    /// Log-odds of outcome 0 at the start.
    pub(crate) logit: f64,
    /// Markets of one track share every movement.
    pub(crate) track: u64,
    /// Ends before its event does, and then without its outcome 0.
    pub(crate) ends_early: Option<DateTime<Utc>>,
    /// The catch-all of an augmented neg-risk event.
    pub(crate) is_other: bool,
    pub(crate) sports_type: Option<&'static str>,
    pub(crate) line: Option<f64>,
}

impl MarketDraft {
    pub(crate) fn yes_no(question: String, group_title: &str, logit: f64) -> Self {
        Self::between(question, group_title, ["Yes".to_owned(), "No".to_owned()], logit)
    }

    pub(crate) fn between(
        question: String,
        group_title: &str,
        outcomes: [String; 2],
        logit: f64,
    ) -> Self {
        Self {
            question,
            group_title: group_title.to_owned(),
            outcomes,
            logit,
            track: 0,
            ends_early: None,
            is_other: false,
            sports_type: None,
            line: None,
        }
    }

    pub(crate) fn on_track(mut self, track: u64) -> Self {
        self.track = track;
        self
    }

    pub(crate) fn sports(mut self, sports_type: &'static str, line: Option<f64>) -> Self {
        self.sports_type = Some(sports_type);
        self.line = line;
        self
    }
}

/// An event to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub(crate) category: Category,
    pub(crate) title: String,
    /// Resolution rules.
    pub(crate) rules: String,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) shape: Shape,
    pub(crate) resolution: Resolution,
    pub(crate) series: Option<Series>,
    pub(crate) markets: Vec<MarketDraft>,
    /// Names may be added later; the last market is "Other".
    pub(crate) augmented: bool,
}

impl Draft {
    pub(crate) fn new(
        category: Category,
        title: String,
        rules: String,
        tags: &[&'static str],
    ) -> Self {
        Self {
            category,
            title,
            rules,
            tags: tags.to_vec(),
            shape: Shape::Separate,
            resolution: Resolution::Proposed,
            series: None,
            markets: Vec::new(),
            augmented: false,
        }
    }

    /// One market whose question is the title.
    pub(crate) fn single(mut self, logit: f64) -> Self {
        self.markets = vec![MarketDraft::yes_no(self.title.clone(), "", logit)];
        self
    }

    /// One winner at most among `names`; `question` words a name's market.
    pub(crate) fn one_of(
        mut self,
        dice: &mut Dice,
        names: &[String],
        residual: f64,
        question: impl Fn(&str) -> String,
    ) -> Self {
        self.shape = Shape::Exclusive { residual };
        // A few favourites and a long tail, as in most races.
        self.markets = names
            .iter()
            .enumerate()
            .map(|(rank, name)| {
                let logit = 1.2 * dice.bell() - 0.45 * rank as f64;
                MarketDraft::yes_no(question(name), name, logit).on_track(rank as u64)
            })
            .collect();
        self
    }

    /// Adds "Other" to a race whose field is still open.
    pub(crate) fn or_other(mut self, question: &str) -> Self {
        let mut other = MarketDraft::yes_no(question.to_owned(), "Other", -1.5);
        other.is_other = true;
        other.track = self.markets.len() as u64;
        self.markets.push(other);
        self.augmented = true;
        self
    }

    /// The range of one quantity among `ranges`, which cover all of it in order.
    pub(crate) fn one_range(
        mut self,
        dice: &mut Dice,
        ranges: &[String],
        question: impl Fn(&str) -> String,
    ) -> Self {
        self.shape = Shape::Ranges;
        let whereabouts = dice.between(0.25, 0.75) * (ranges.len() - 1) as f64;
        let drafts =
            ranges.iter().map(|range| MarketDraft::yes_no(question(range), range, whereabouts));
        self.markets = drafts.collect();
        self
    }

    /// Thresholds on one quantity, from likely to unlikely.
    pub(crate) fn ladder(
        mut self,
        dice: &mut Dice,
        rungs: &[String],
        question: impl Fn(&str) -> String,
    ) -> Self {
        let middle = dice.between(-1.0, 1.5);
        let step = dice.between(0.5, 1.2);
        self.markets = rungs
            .iter()
            .enumerate()
            .map(|(rank, rung)| {
                MarketDraft::yes_no(question(rung), rung, middle - step * rank as f64)
            })
            .collect();
        self
    }
}

/// An event of `category` that ends at `ends`.
pub(crate) fn write(
    category: Category,
    dice: &mut Dice,
    opens: DateTime<Utc>,
    ends: DateTime<Utc>,
) -> Draft {
    match category {
        Category::Politics => power::politics(dice, ends),
        Category::World => power::world(dice, opens, ends),
        Category::Sports => games::sports(dice, ends),
        Category::Crypto => money::crypto(dice, ends),
        Category::Economy => money::economy(dice, ends),
        Category::Finance => money::finance(dice, ends),
        Category::Tech => life::tech(dice, ends),
        Category::Science => life::science(dice, ends),
        Category::Culture => life::culture(dice, ends),
        Category::Weather => life::weather(dice, ends),
    }
}

/// `March 4, 2027`.
fn date(at: DateTime<Utc>) -> String {
    at.format("%B %-d, %Y").to_string()
}

/// `March 4`.
fn day(at: DateTime<Utc>) -> String {
    at.format("%B %-d").to_string()
}
