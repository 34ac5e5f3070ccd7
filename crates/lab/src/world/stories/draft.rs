//! What an event and its markets are made of before they open.

use chrono::{DateTime, Utc};

use super::leagues::{League, Team};
use crate::noise::Dice;
use crate::world::belief::{Course, Reach};
use crate::world::category::Category;

/// How the prices of an event's markets are tied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// Several markets may resolve Yes, or none.
    Separate,
    /// At most one market resolves Yes. `residual` is the chance at the start that none of those
    /// that claim a fact does.
    Exclusive { residual: f64 },
    /// The markets are neighbouring ranges of one quantity and cover all of it.
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

/// What has to be true for a market's first outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Claim {
    /// A fact that the end brings out. In an exclusive event the facts are rivals and `logit` is
    /// the logarithm of a weight; otherwise each stands alone and it is the log-odds at the start.
    Fact { logit: f64 },
    /// The event's one thing happens before the market is to end; `logit` is its log-odds at the
    /// start.
    Happens { logit: f64 },
    /// The quantity of the event with this index ends above `low` and at most at `high`.
    Between { quantity: usize, low: f64, high: f64 },
    /// Something about the course of the event's price.
    Price(Reach),
    /// Nothing makes it true: nobody is behind a placeholder.
    Nothing,
}

impl Claim {
    /// The first quantity ends above `low`.
    pub(super) fn above(low: f64) -> Self {
        Self::Between { quantity: 0, low, high: f64::INFINITY }
    }

    /// The first quantity ends within the interval.
    pub(super) fn within((low, high): (f64, f64)) -> Self {
        Self::Between { quantity: 0, low, high }
    }
}

/// A hidden number: what may be expected of it at the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    pub(crate) mean: f64,
    /// Standard deviation.
    pub(crate) sd: f64,
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
    pub(crate) claim: Claim,
    /// Ends before its event does.
    pub(crate) ends_early: Option<DateTime<Utc>>,
    /// The catch-all of an augmented neg-risk event.
    pub(crate) is_other: bool,
    /// A place kept free for a name to come, in an augmented neg-risk event. Upstream lists it as
    /// inactive, and nobody trades it.
    pub(crate) is_placeholder: bool,
    pub(crate) sports_type: Option<&'static str>,
    pub(crate) line: Option<f64>,
}

impl MarketDraft {
    /// A question to be answered with Yes or No.
    pub(crate) fn yes_no(question: String, group_title: &str, claim: Claim) -> Self {
        Self::between(question, group_title, ["Yes".to_owned(), "No".to_owned()], claim)
    }

    /// A market with outcomes of other names.
    pub(crate) fn between(
        question: String,
        group_title: &str,
        outcomes: [String; 2],
        claim: Claim,
    ) -> Self {
        Self {
            question,
            group_title: group_title.to_owned(),
            outcomes,
            claim,
            ends_early: None,
            is_other: false,
            is_placeholder: false,
            sports_type: None,
            line: None,
        }
    }

    pub(super) fn sports(mut self, sports_type: &'static str, line: Option<f64>) -> Self {
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
    /// What its slug is made of, where that is not the title.
    pub(crate) handle: Option<String>,
    /// Resolution rules.
    pub(crate) rules: String,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) shape: Shape,
    pub(crate) resolution: Resolution,
    pub(crate) series: Option<Series>,
    pub(crate) markets: Vec<MarketDraft>,
    /// Names may be added later; the last market is "Other".
    pub(crate) augmented: bool,
    /// Chance of a hopeless contender to be out before the end.
    pub(crate) withdrawals: f64,
    /// Hidden numbers that markets claim something of.
    pub(crate) quantities: Vec<Number>,
    /// The price that markets claim something of.
    pub(crate) price: Option<Course>,
    /// Start of a game.
    pub(crate) starts: Option<DateTime<Utc>>,
    /// Chance that the game is called off when it should start, and all its markets pay half. Not
    /// for a group of which one market has to win.
    pub(crate) called_off: f64,
    /// Where a game is played, and its sides, home first.
    pub(crate) league: Option<League>,
    pub(crate) teams: Vec<Team>,
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
            handle: None,
            rules,
            tags: tags.to_vec(),
            shape: Shape::Separate,
            resolution: Resolution::Proposed,
            series: None,
            markets: Vec::new(),
            augmented: false,
            withdrawals: 0.0,
            quantities: Vec::new(),
            price: None,
            starts: None,
            called_off: 0.0,
            league: None,
            teams: Vec::new(),
        }
    }

    /// Whether anything about it can be announced: prices are public already.
    pub(crate) fn has_secrets(&self) -> bool {
        let secret = |claim| !matches!(claim, Claim::Price(_) | Claim::Nothing);
        self.markets.iter().any(|market| secret(market.claim))
    }

    /// One market whose question is the title.
    pub(super) fn single(mut self, claim: Claim) -> Self {
        self.markets = vec![MarketDraft::yes_no(self.title.clone(), "", claim)];
        self
    }

    /// One winner at most among `names`; `question` words a name's market.
    pub(super) fn one_of(
        mut self,
        dice: &mut Dice,
        names: &[String],
        residual: f64,
        question: impl Fn(&str) -> String,
    ) -> Self {
        self.shape = Shape::Exclusive { residual };
        // A few favourites and a long tail, as in most races.
        let contender = |(rank, name): (usize, &String)| {
            let logit = 1.2 * dice.bell() - 0.45 * rank as f64;
            MarketDraft::yes_no(question(name), name, Claim::Fact { logit })
        };
        self.markets = names.iter().enumerate().map(contender).collect();
        self
    }

    /// Leaves the field of a race open: places for names to come ("Person A"), and "Other", which
    /// holds until then whatever is not listed.
    pub(super) fn open_field(
        mut self,
        dice: &mut Dice,
        noun: &str,
        question: impl Fn(&str) -> String,
    ) -> Self {
        for letter in ('A'..='Z').take(usize::try_from(dice.whole(2, 6)).unwrap_or(2)) {
            let name = format!("{noun} {letter}");
            let mut place = MarketDraft::yes_no(question(&name), &name, Claim::Nothing);
            place.is_placeholder = true;
            self.markets.push(place);
        }
        let another = question(&format!("another {}", noun.to_lowercase()));
        let mut other = MarketDraft::yes_no(another, "Other", Claim::Fact { logit: -1.5 });
        other.is_other = true;
        self.markets.push(other);
        self.augmented = true;
        self
    }

    /// Neighbouring ranges of a number, which cover all of it; `bounds` is one shorter than
    /// `labels`, and a number on a bound counts for the range below.
    pub(super) fn one_range(
        mut self,
        number: Number,
        bounds: &[f64],
        labels: &[String],
        question: impl Fn(&str) -> String,
    ) -> Self {
        self.shape = Shape::Ranges;
        self.quantities = vec![number];
        self.markets = labels
            .iter()
            .zip(intervals(bounds))
            .map(|(label, interval)| {
                MarketDraft::yes_no(question(label), label, Claim::within(interval))
            })
            .collect();
        self
    }

    /// Whether a number ends above each of several rungs, from likely to unlikely.
    pub(super) fn ladder(
        mut self,
        number: Number,
        rungs: &[(f64, String)],
        question: impl Fn(&str) -> String,
    ) -> Self {
        self.quantities = vec![number];
        self.markets = rungs
            .iter()
            .map(|(rung, label)| MarketDraft::yes_no(question(label), label, Claim::above(*rung)))
            .collect();
        self
    }
}

/// The intervals between bounds, the first and the last without an end.
pub(super) fn intervals(bounds: &[f64]) -> impl Iterator<Item = (f64, f64)> + '_ {
    let lows = std::iter::once(f64::NEG_INFINITY).chain(bounds.iter().copied());
    let highs = bounds.iter().copied().chain(std::iter::once(f64::INFINITY));
    lows.zip(highs)
}
