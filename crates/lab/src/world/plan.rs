//! What has opened and what will: the events of a world, before they are opened.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::agenda::Action;
use super::category::Category;
use super::history::{DAY_S, HOUR_S};
use super::names;
use super::stories::{self, Asset, COINS, Draft, Prices, Scene};
use super::{OPENING_S, STANDARD_MARKETS, World, WorldOptions, at_s};
use crate::exchange::Millis;
use crate::noise::Dice;

/// Recurring windows open this long before they start.
const OPENS_AHEAD_S: i64 = HOUR_S;

/// Past windows of each coin that the world begins with.
const PAST_WINDOWS: i64 = 32;

/// The exchange has grown: going back, trading falls by a factor e in so many days, to so much of what
/// it is.
const GROWTH_DAYS: f64 = 9.0;
const GROWTH_FLOOR: f64 = 0.04;

/// Fills that come of a trader's turn, on average.
const FILLS_A_TURN: f64 = 1.25;

/// An event about to open.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) opens_s: i64,
    pub(crate) ends_s: i64,
    pub(crate) draft: Draft,
    /// Share of the world's trading.
    pub(crate) interest: f64,
}

impl Opening {
    fn new(draft: Draft, opens_s: i64, ends_s: i64, dice: &mut Dice) -> Self {
        let interest = draft.category.habits().interest * 10_f64.powf(0.6 * dice.bell());
        Self { opens_s, ends_s, draft, interest }
    }

    /// The recurring window of `coin` that starts at `starts_s`.
    fn window(prices: Prices, coin: &Asset, starts_s: i64, dice: &mut Dice) -> Self {
        let length = TimeDelta::seconds(OPENING_S);
        let draft = stories::up_or_down(prices, coin, at_s(starts_s), length);
        Self::new(draft, starts_s - OPENS_AHEAD_S, starts_s + OPENING_S, dice)
    }

    /// Interests people `share` times as much.
    fn times(self, share: f64) -> Self {
        Self { interest: self.interest * share, ..self }
    }
}

impl World {
    /// Plans the past and puts it on the agenda.
    pub(super) fn plan(&mut self, options: &WorldOptions) {
        let mut planned = self.plan_past(options.markets);
        // Numbers are given in the order of opening, as upstream.
        planned.sort_by_key(|opening| opening.opens_s);
        let first_s = planned.first().map_or(self.now_ms / 1_000, |first| first.opens_s);
        self.pace = self.pace_for(&planned, options.fills as f64 / FILLS_A_TURN);
        for (index, opening) in planned.into_iter().enumerate() {
            self.agenda.note(opening.opens_s * 1_000, Action::Open(index));
            self.openings.push(Some(opening));
        }
        let next_s = (self.genesis_ms.div_euclid(1_000 * OPENING_S) + 1) * OPENING_S;
        self.agenda.note(next_s * 1_000, Action::OpenNew);
        self.now_ms = (first_s * 1_000).min(self.genesis_ms);
        self.populate(options.wallets);
    }

    /// The events that the present has.
    fn plan_past(&self, wanted: usize) -> Vec<Opening> {
        let now_s = self.genesis_ms.div_euclid(1_000);
        let mut planned = Vec::new();
        let mut markets = 0;
        // At most a sixth of the markets are recurring windows.
        let windows =
            PAST_WINDOWS.min(i64::try_from(wanted / (6 * COINS.len())).unwrap_or(i64::MAX));
        let this_window_s = now_s.div_euclid(OPENING_S) * OPENING_S;
        let mut dice = self.noise.with(6).dice();
        for window in -windows..=OPENS_AHEAD_S / OPENING_S {
            let starts_s = this_window_s + window * OPENING_S;
            for coin in &COINS {
                let window = Opening::window(self.prices(), coin, starts_s, &mut dice);
                planned.push(window.times(self.window_share()));
                markets += 1;
            }
        }
        let mut titles = HashSet::new();
        for index in 0.. {
            if markets >= wanted {
                break;
            }
            let mut dice = self.noise.with(1).with(index).dice();
            let category = draw_category(&mut dice);
            let life_s = draw_life_s(&mut dice, category);
            // Half have ended, most of them lately; the rest are anywhere in their lives.
            let ends_s = if dice.chance(0.5) {
                let back_days = (60.0 * dice.unit().powi(2)).max(0.02);
                now_s - seconds(back_days * DAY_S as f64)
            } else {
                now_s + seconds(life_s * dice.between(0.01, 1.0))
            };
            let ends_s = round_to(ends_s, HOUR_S);
            let opens_s = (ends_s - seconds(life_s)).min(now_s - 60);
            let draft = self.write(category, &mut dice, opens_s, ends_s);
            // The same question has one answer, and is asked once.
            if !titles.insert(draft.title.clone()) {
                continue;
            }
            markets += draft.markets.len();
            planned.push(Opening::new(draft, opens_s, ends_s, &mut dice));
        }
        planned
    }

    /// The prices of coins and shares.
    pub(crate) fn prices(&self) -> Prices {
        Prices::new(self.noise.with(8))
    }

    fn write(&self, category: Category, dice: &mut Dice, opens_s: i64, ends_s: i64) -> Draft {
        let (opens, ends) = (at_s(opens_s), at_s(ends_s));
        stories::write(category, &mut Scene { dice, prices: self.prices(), opens, ends })
    }

    /// What opens at this moment: the next window of each coin and one more event.
    pub(super) fn open_new(&mut self, at_ms: Millis) {
        let now_s = at_ms.div_euclid(1_000);
        self.agenda.note(at_ms + 1_000 * OPENING_S, Action::OpenNew);
        let mut dice = self.noise.with(2).with(now_s.unsigned_abs()).dice();
        for coin in &COINS {
            let window = Opening::window(self.prices(), coin, now_s + OPENS_AHEAD_S, &mut dice);
            self.open(at_ms, window.times(self.window_share()));
        }
        let category = draw_category(&mut dice);
        let life_s = draw_life_s(&mut dice, category);
        let ends_s = round_to(now_s + seconds(life_s), HOUR_S);
        let draft = self.write(category, &mut dice, now_s, ends_s);
        if self.slugs.contains(&names::slug(draft.handle.as_ref().unwrap_or(&draft.title))) {
            return;
        }
        let opening = Opening::new(draft, now_s, ends_s, &mut dice);
        self.open(at_ms, opening);
    }

    /// There are as many windows in a small world as in a large one; they are to take no larger part of
    /// its trading.
    fn window_share(&self) -> f64 {
        (self.planned_markets as f64 / STANDARD_MARKETS as f64).min(1.0)
    }

    /// How much is traded at a moment, relative to the present the world was generated for.
    pub(super) fn growth(&self, at_ms: Millis) -> f64 {
        if at_ms >= self.genesis_ms {
            return self.activity;
        }
        let days = (self.genesis_ms - at_ms) as f64 / (DAY_S * 1_000) as f64;
        GROWTH_FLOOR + (1.0 - GROWTH_FLOOR) * (-days / GROWTH_DAYS).exp()
    }

    /// The pace at which the planned events see so many turns until now.
    fn pace_for(&self, planned: &[Opening], turns: f64) -> f64 {
        let now_s = self.genesis_ms.div_euclid(1_000);
        let days = |from_s: i64| (now_s - from_s).max(0) as f64 / DAY_S as f64;
        // The growth from `from` days ago until now, summed.
        let since = |from: f64| {
            GROWTH_FLOOR * from
                + (1.0 - GROWTH_FLOOR) * GROWTH_DAYS * (1.0 - (-from / GROWTH_DAYS).exp())
        };
        let weight = |opening: &Opening| {
            let lived = since(days(opening.opens_s)) - since(days(opening.ends_s));
            opening.interest * lived * DAY_S as f64 * 1e3
        };
        turns / planned.iter().map(weight).sum::<f64>().max(1.0)
    }
}

fn draw_category(dice: &mut Dice) -> Category {
    let mut left = dice.whole(0, 99);
    for category in Category::ALL {
        let percent = category.habits().percent;
        if left < percent {
            return category;
        }
        left -= percent;
    }
    Category::Sports
}

/// Life of an event in seconds, from two hours to a year and a half.
fn draw_life_s(dice: &mut Dice, category: Category) -> f64 {
    let days = category.habits().life_days * 10_f64.powf(0.4 * dice.bell());
    (days * DAY_S as f64).clamp(2.0 * HOUR_S as f64, 1.5 * 365.0 * DAY_S as f64)
}

/// Seconds as a whole number; lives are far below the range of i64.
pub(super) fn seconds(seconds: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "at most a few years")]
    let whole = seconds.round() as i64;
    whole
}

/// The multiple of `step_s` at or after `at_s`.
pub(super) fn round_to(at_s: i64, step_s: i64) -> i64 {
    -(-at_s).div_euclid(step_s) * step_s
}
