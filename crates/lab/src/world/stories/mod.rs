//! What the generated events are about: questions, outcomes, rules, what is hidden behind them and
//! how the markets of an event hang together.

mod assets;
mod draft;
mod games;
mod leagues;
mod life;
mod money;
mod power;

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::category::Category;
use crate::noise::Dice;

pub(crate) use assets::{Asset, COINS, Prices};
#[cfg(test)]
pub(crate) use draft::Number;
pub(crate) use draft::{Claim, Draft, MarketDraft, Resolution, Shape};
pub(crate) use leagues::{LEAGUES, League, Team};
pub(crate) use money::up_or_down;

/// When and where a story takes place.
pub(crate) struct Scene<'a> {
    pub(crate) dice: &'a mut Dice,
    pub(crate) prices: Prices,
    pub(crate) opens: DateTime<Utc>,
    pub(crate) ends: DateTime<Utc>,
}

impl Scene<'_> {
    /// Life of the event, in days.
    fn days(&self) -> f64 {
        (self.ends - self.opens).num_seconds() as f64 / 86_400.0
    }

    /// Things in random order.
    fn shuffled<T: Clone>(&mut self, things: &[T]) -> Vec<T> {
        let indices: Vec<usize> = (0..things.len()).collect();
        let order = self.dice.sample(&indices, indices.len());
        order.into_iter().map(|index| things[index].clone()).collect()
    }

    /// How often an event like this would recur.
    fn recurrence(&self) -> &'static str {
        match self.days() {
            days if days <= 2.0 => "daily",
            days if days <= 12.0 => "weekly",
            _ => "monthly",
        }
    }

    /// Up to `count` deadlines in even steps, the last of them the end; at the end of a day where
    /// days are between them.
    fn deadlines(&self, count: i32) -> Vec<DateTime<Utc>> {
        let mut deadlines = Vec::new();
        for number in 1..count {
            let at = self.opens + (self.ends - self.opens) * number / count;
            let last_minute = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default();
            let at = at.with_time(last_minute).single().unwrap_or(at);
            let spaced = deadlines.last().is_none_or(|before| at - *before > TimeDelta::hours(20));
            if spaced && at > self.opens && self.ends - at > TimeDelta::hours(20) {
                deadlines.push(at);
            }
        }
        deadlines.push(self.ends);
        deadlines
    }
}

/// A story of `category`.
pub(crate) fn write(category: Category, scene: &mut Scene) -> Draft {
    match category {
        Category::Politics => power::politics(scene),
        Category::World => power::world(scene),
        Category::Sports => games::sports(scene),
        Category::Crypto => money::crypto(scene),
        Category::Economy => money::economy(scene),
        Category::Finance => money::finance(scene),
        Category::Tech => life::tech(scene),
        Category::Science => life::science(scene),
        Category::Culture => life::culture(scene),
        Category::Weather => life::weather(scene),
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

/// Names as owned text.
fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}
