//! Events of every kind in the making.

use chrono::DateTime;

use super::super::*;
use crate::noise::Dice;
use crate::world::category::Category;
use crate::world::stories::{MarketDraft, Number};

pub(super) const DAY_MS: Millis = 86_400_000;
pub(super) const OPENS_MS: Millis = 1_780_000_000_000;

/// An event in the making.
pub(super) struct Case {
    pub(super) draft: Draft,
    pub(super) ends_ms: Millis,
    pub(super) volatility: f64,
}

impl Case {
    pub(super) fn belief(&self, seed: u64) -> Belief {
        Belief::new(&self.draft, OPENS_MS, self.ends_ms, self.volatility, Noise::of(seed))
    }

    /// The moment when a share of its life has passed.
    pub(super) fn at(&self, share: f64) -> Millis {
        OPENS_MS + schedule::millis((self.ends_ms - OPENS_MS) as f64 * share)
    }
}

pub(super) fn draft(claims: impl IntoIterator<Item = Claim>) -> Draft {
    let mut draft = Draft::new(Category::Politics, "Q?".to_owned(), String::new(), &[]);
    let market = |claim| MarketDraft::yes_no("Q?".to_owned(), "", claim);
    draft.markets = claims.into_iter().map(market).collect();
    draft
}

fn moment(at_ms: Millis) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_millis(at_ms).unwrap()
}

/// A fact of unknown odds that news of several days tell of.
pub(super) fn fact(dice: &mut Dice) -> Case {
    let draft = draft([Claim::Fact { logit: 2.0 * dice.bell() }]);
    Case { draft, ends_ms: OPENS_MS + 40 * DAY_MS, volatility: 0.2 }
}

/// A race that nobody need win, and which some give up.
fn race(dice: &mut Dice) -> Case {
    let mut draft = draft((0..4).map(|_| Claim::Fact { logit: dice.bell() }));
    draft.shape = Shape::Exclusive { residual: 0.4 };
    draft.withdrawals = 0.9;
    Case { draft, ends_ms: OPENS_MS + 60 * DAY_MS, volatility: 0.15 }
}

/// Three deadlines of one thing.
fn deadlines(dice: &mut Dice) -> Case {
    let first = dice.between(-3.0, 0.0);
    let logits = [first, first + 1.0, first + 1.5];
    let mut draft = draft(logits.map(|logit| Claim::Happens { logit }));
    let ends_ms = OPENS_MS + 50 * DAY_MS;
    draft.markets[0].ends_early = Some(moment(OPENS_MS + 10 * DAY_MS));
    draft.markets[1].ends_early = Some(moment(OPENS_MS + 35 * DAY_MS));
    Case { draft, ends_ms, volatility: 0.2 }
}

/// A number on a ladder.
fn ladder(dice: &mut Dice) -> Case {
    let above = |low: f64| Claim::Between { quantity: 0, low, high: f64::INFINITY };
    let mut draft = draft((0..6).map(|rung| above(f64::from(rung))));
    draft.quantities = vec![Number { mean: dice.between(0.0, 5.0), sd: 1.5 }];
    Case { draft, ends_ms: OPENS_MS + 20 * DAY_MS, volatility: 0.25 }
}

/// Ranges that cover all numbers.
fn ranges(dice: &mut Dice) -> Case {
    let bounds = [f64::NEG_INFINITY, -1.0, 0.0, 1.0, 2.0, f64::INFINITY];
    let within = |pair: &[f64]| Claim::Between { quantity: 0, low: pair[0], high: pair[1] };
    let mut draft = draft(bounds.windows(2).map(within));
    draft.shape = Shape::Ranges;
    draft.quantities = vec![Number { mean: dice.between(-1.0, 2.0), sd: 1.2 }];
    Case { draft, ends_ms: OPENS_MS + 3 * DAY_MS, volatility: 0.6 }
}

/// A game: winner, spread and total; it may be called off.
pub(super) fn game(dice: &mut Dice) -> Case {
    let claim = |quantity, low| Claim::Between { quantity, low, high: f64::INFINITY };
    let mut draft = draft([claim(0, 0.0), claim(0, 5.5), claim(1, 219.5)]);
    draft.quantities = vec![
        Number { mean: 4.0 * dice.bell(), sd: 12.0 },
        Number { mean: 220.0 + 5.0 * dice.bell(), sd: 18.0 },
    ];
    draft.starts = Some(moment(OPENS_MS + 4 * DAY_MS));
    draft.called_off = 0.1;
    Case { draft, ends_ms: OPENS_MS + 4 * DAY_MS + DAY_MS / 8, volatility: 0.25 }
}

/// Markets on a price over a day, told the price at the opening.
fn on_price<const N: usize>(
    dice: &mut Dice,
    reaches: impl Fn(&mut Dice, f64) -> [Reach; N],
) -> Case {
    let course = Course::new(0.08, Noise::of(dice.bits()));
    let reaches = reaches(dice, course.at(OPENS_MS / 1_000));
    let mut draft = draft(reaches.map(Claim::Price));
    draft.price = Some(course);
    Case { draft, ends_ms: OPENS_MS + DAY_MS, volatility: 0.5 }
}

/// Where a price ends, and whether it rises after the first quarter.
fn price(dice: &mut Dice) -> Case {
    on_price(dice, |dice, now| {
        [
            Reach::Ends { low: now + dice.between(-0.1, 0.1), high: f64::INFINITY },
            Reach::Ends { low: now - 0.03, high: now + dice.between(0.0, 0.1) },
            Reach::Rises { from_s: (OPENS_MS + DAY_MS / 4) / 1_000 },
        ]
    })
}

/// What a price touches on the way.
fn touches(dice: &mut Dice) -> Case {
    on_price(dice, |dice, now| {
        [
            Reach::Touches { level: now + dice.between(0.01, 0.13), toward: Toward::Up },
            Reach::Touches { level: now - dice.between(0.01, 0.13), toward: Toward::Down },
        ]
    })
}

/// Makes an event.
pub(super) type Make = fn(&mut Dice) -> Case;

/// Those whose secrets are announced come first.
pub(super) const CASES: [(&str, Make); 8] = [
    ("fact", fact),
    ("race", race),
    ("deadlines", deadlines),
    ("ladder", ladder),
    ("ranges", ranges),
    ("game", game),
    ("price", price),
    ("touches", touches),
];

/// So many have secrets.
pub(super) const SECRETIVE: usize = 6;
