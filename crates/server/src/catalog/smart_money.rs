//! Where smart money stands in each market, beside the catalogue: it is asked anew of all markets at once, and stands
//! in few of them.

use chrono::{DateTime, Utc};
use domain::MarketId;
use store::intelligence::boards::markets::Stance;

use super::lookup::{id_key, slot_number};
use super::windows::Placed;
use crate::view::SmartMoney;

/// The place of markets of which nothing is known.
const NOWHERE: u32 = 0;

/// What was found when it was asked last.
#[derive(Debug, Clone)]
pub(super) struct Stances {
    as_of: Option<DateTime<Utc>>,
    /// By slot, where what is known of it is; slots past the end are unknown.
    places: Vec<u32>,
    /// By place, the unknown first. NaN is unknown.
    imbalances: Vec<f64>,
    /// The same of the voices.
    voices: Vec<f64>,
    /// Up to when it was known, by place; the first is of nothing.
    known_until: Vec<DateTime<Utc>>,
    /// Markets that the catalogue has not heard of: their keys and places.
    strangers: Vec<(u64, u32)>,
}

impl Default for Stances {
    fn default() -> Self {
        Self {
            as_of: None,
            places: Vec::new(),
            imbalances: vec![f64::NAN],
            voices: vec![f64::NAN],
            known_until: vec![DateTime::UNIX_EPOCH],
            strangers: Vec::new(),
        }
    }
}

impl Stances {
    /// Everything that was found when it was asked at `as_of`, of `markets` slots. `slot_of` finds a market by its id.
    pub(super) fn new(
        as_of: Option<DateTime<Utc>>,
        found: &[Stance],
        markets: usize,
        slot_of: impl Fn(&MarketId) -> Option<usize>,
    ) -> Self {
        let mut all = Self { as_of, places: vec![NOWHERE; markets], ..Self::default() };
        for stance in found {
            let place = slot_number(all.voices.len());
            all.imbalances.push(stance.imbalance.unwrap_or(f64::NAN));
            all.voices.push(stance.voices);
            all.known_until.push(stance.as_of);
            match slot_of(&stance.market_id) {
                Some(slot) => all.places[slot] = place,
                None => all.strangers.push((id_key(stance.market_id.as_str()), place)),
            }
        }
        all
    }

    /// Gives markets that are new in the catalogue what was found of them before.
    pub(super) fn welcome(&mut self, slot_of: impl Fn(u64) -> Option<usize>) {
        let places = &mut self.places;
        self.strangers.retain(|(key, place)| {
            let Some(slot) = slot_of(*key) else { return true };
            if slot >= places.len() {
                places.resize(slot + 1, NOWHERE);
            }
            places[slot] = *place;
            false
        });
    }

    /// When it was asked; `None` where smart money stands nowhere.
    pub(super) fn as_of(&self) -> Option<DateTime<Utc>> {
        self.as_of
    }

    /// The imbalances, −100 to 100.
    pub(super) fn imbalances(&self) -> Placed<'_> {
        Placed { places: &self.places, values: &self.imbalances }
    }

    /// The independent voices behind them.
    pub(super) fn voices(&self) -> Placed<'_> {
        Placed { places: &self.places, values: &self.voices }
    }

    /// What a market's row shows; `None` where nothing is known.
    pub(super) fn of(&self, slot: usize) -> Option<SmartMoney> {
        let place = self.places.get(slot).copied().filter(|place| *place != NOWHERE)? as usize;
        Some(SmartMoney {
            imbalance: Some(self.imbalances[place]).filter(|known| !known.is_nan()),
            voices: self.voices[place],
            as_of: self.known_until[place],
        })
    }
}
