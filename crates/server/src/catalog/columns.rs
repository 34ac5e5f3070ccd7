//! What markets are filtered and sorted by, one array per field.

use chrono::{DateTime, Utc};
use domain::{Category, Closes, MarketStatus, RangeColumn, SortColumn, Trait};

use super::bitmap::Bitmap;
use crate::view::MarketRow;

/// Stands for "no event" among event slots.
pub(super) const NO_EVENT: u32 = u32::MAX;

/// Categories and the unknown one.
pub(super) const CATEGORIES: usize = Category::ALL.len() + 1;

/// Position of a category among [`CATEGORIES`]; the unknown one is last.
pub(super) fn category_code(category: Option<Category>) -> usize {
    category
        .and_then(|category| Category::ALL.iter().position(|known| *known == category))
        .unwrap_or(Category::ALL.len())
}

/// The category at a position.
pub(super) fn category_at(code: usize) -> Option<Category> {
    Category::ALL.get(code).copied()
}

/// An instant as microseconds since 1970; NaN where unknown. A double counts single microseconds until
/// the year 2255.
pub(super) fn instant(at: Option<DateTime<Utc>>) -> f64 {
    at.map_or(f64::NAN, |at| at.timestamp_micros() as f64)
}

fn number(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

/// Markets as columns: the position is the market's slot, NaN stands for unknown.
#[derive(Debug, Clone, Default)]
pub(super) struct MarketColumns {
    /// Tie-break of every order; see [`super::lookup::id_key`].
    pub(super) ids: Vec<u64>,
    /// Slot of the event, or [`NO_EVENT`].
    pub(super) event_slots: Vec<u32>,
    /// Code of the category the market itself states, which its event's overrides.
    pub(super) own_categories: Vec<u8>,
    pub(super) categories: [Bitmap; CATEGORIES],
    pub(super) statuses: [Bitmap; MarketStatus::ALL.len()],
    pub(super) traits: [Bitmap; Trait::ALL.len()],
    pub(super) active: Bitmap,
    /// Upstream still lists them. The others are found by name only.
    pub(super) listed: Bitmap,
    pub(super) price: Vec<f64>,
    pub(super) spread: Vec<f64>,
    pub(super) change_1h: Vec<f64>,
    pub(super) change_24h: Vec<f64>,
    pub(super) change_7d: Vec<f64>,
    pub(super) change_30d: Vec<f64>,
    pub(super) volume_24h: Vec<f64>,
    pub(super) volume_7d: Vec<f64>,
    pub(super) volume_30d: Vec<f64>,
    pub(super) volume_total: Vec<f64>,
    pub(super) liquidity: Vec<f64>,
    pub(super) competitive: Vec<f64>,
    pub(super) end_date: Vec<f64>,
    pub(super) created_at: Vec<f64>,
}

impl MarketColumns {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Adds a market of which nothing but its id is known yet, and returns its slot.
    pub(super) fn add(&mut self, id: u64) -> usize {
        let slot = self.ids.len();
        self.ids.push(id);
        self.event_slots.push(NO_EVENT);
        self.own_categories.push(u8::MAX);
        for bitmap in self.bitmaps_mut() {
            bitmap.grow(slot + 1);
        }
        for column in self.numbers_mut() {
            column.push(f64::NAN);
        }
        slot
    }

    /// Writes what a row says to its slot.
    pub(super) fn set(&mut self, slot: usize, row: &MarketRow) {
        let category = category_code(row.category);
        for (code, bitmap) in self.categories.iter_mut().enumerate() {
            bitmap.set(slot, code == category);
        }
        for (status, bitmap) in MarketStatus::ALL.iter().zip(&mut self.statuses) {
            bitmap.set(slot, *status == row.status);
        }
        for (property, bitmap) in Trait::ALL.iter().zip(&mut self.traits) {
            bitmap.set(slot, has_trait(row, *property));
        }
        self.active.set(slot, row.active);
        self.price[slot] = number(row.price);
        self.spread[slot] = number(row.spread);
        self.change_1h[slot] = number(row.change_1h);
        self.change_24h[slot] = number(row.change_24h);
        self.change_7d[slot] = number(row.change_7d);
        self.change_30d[slot] = number(row.change_30d);
        self.volume_24h[slot] = number(row.volume_24h);
        self.volume_7d[slot] = number(row.volume_7d);
        self.volume_30d[slot] = number(row.volume_30d);
        self.volume_total[slot] = number(row.volume_total);
        self.liquidity[slot] = number(row.liquidity);
        self.competitive[slot] = number(row.competitive);
        self.end_date[slot] = instant(row.end_date);
        self.created_at[slot] = instant(row.created_at);
    }

    /// The markets that are not closed.
    pub(super) fn open(&self) -> &Bitmap {
        &self.statuses[MarketStatus::Open as usize]
    }

    /// The column a range bounds; what is known beside the catalogue is not among them.
    pub(super) fn range(&self, column: RangeColumn) -> Option<&[f64]> {
        Some(match column {
            RangeColumn::Price => &self.price,
            RangeColumn::Volume24h => &self.volume_24h,
            RangeColumn::VolumeTotal => &self.volume_total,
            RangeColumn::Liquidity => &self.liquidity,
            RangeColumn::Spread => &self.spread,
            RangeColumn::Change1h => &self.change_1h,
            RangeColumn::Change24h => &self.change_24h,
            RangeColumn::Change7d => &self.change_7d,
            RangeColumn::SmartImbalance | RangeColumn::SmartVoices | RangeColumn::Tape(_) => {
                return None;
            }
        })
    }

    /// The numbers a sort column orders by; title, relevance and what is known beside the catalogue are not among
    /// them.
    pub(super) fn sortable(&self, column: SortColumn) -> Option<&[f64]> {
        Some(match column {
            SortColumn::Volume24h => &self.volume_24h,
            SortColumn::Volume7d => &self.volume_7d,
            SortColumn::Volume30d => &self.volume_30d,
            SortColumn::VolumeTotal => &self.volume_total,
            SortColumn::Liquidity => &self.liquidity,
            SortColumn::Price => &self.price,
            SortColumn::Spread => &self.spread,
            SortColumn::Change1h => &self.change_1h,
            SortColumn::Change24h => &self.change_24h,
            SortColumn::Change7d => &self.change_7d,
            SortColumn::Change30d => &self.change_30d,
            SortColumn::EndDate => &self.end_date,
            SortColumn::CreatedAt => &self.created_at,
            SortColumn::Competitive => &self.competitive,
            SortColumn::Title
            | SortColumn::Relevance
            | SortColumn::SmartImbalance
            | SortColumn::SmartVoices
            | SortColumn::Tape(_) => return None,
        })
    }

    /// The open markets among `mask`, by how soon they are due, in the order of [`Closes::ALL`].
    pub(super) fn due(&self, mask: &Bitmap, now: DateTime<Utc>) -> [Bitmap; Closes::ALL.len()] {
        let mut buckets = [(); Closes::ALL.len()].map(|()| Bitmap::empty(mask.len()));
        let limits = due_limits(now);
        for (block, word) in mask.words().iter().enumerate() {
            let open = word & self.open().words()[block];
            if open == 0 {
                continue;
            }
            let ends = &self.end_date[mask.block(block)];
            let mut earlier = 0;
            for (bucket, limit) in buckets.iter_mut().zip(limits) {
                let before = super::bitmap::pack(ends, |end| end < limit);
                bucket.words_mut()[block] = before & !earlier & open;
                earlier |= before;
            }
            buckets[UNKNOWN_DUE].words_mut()[block] = !earlier & open;
        }
        // In the order of the limits until here; pages list the awaiting ones after the later ones.
        let [awaiting, day, week, month, later, unknown] = buckets;
        [day, week, month, later, awaiting, unknown]
    }

    fn bitmaps_mut(&mut self) -> impl Iterator<Item = &mut Bitmap> {
        let flags = self.statuses.iter_mut().chain(&mut self.traits);
        self.categories.iter_mut().chain(flags).chain([&mut self.active, &mut self.listed])
    }

    fn numbers_mut(&mut self) -> [&mut Vec<f64>; 14] {
        [
            &mut self.price,
            &mut self.spread,
            &mut self.change_1h,
            &mut self.change_24h,
            &mut self.change_7d,
            &mut self.change_30d,
            &mut self.volume_24h,
            &mut self.volume_7d,
            &mut self.volume_30d,
            &mut self.volume_total,
            &mut self.liquidity,
            &mut self.competitive,
            &mut self.end_date,
            &mut self.created_at,
        ]
    }
}

const UNKNOWN_DUE: usize = 5;

/// Exclusive upper bounds of end dates: awaiting, day, week, month, later. The same as
/// [`Closes::of`], which counts in whole seconds rounded towards now.
fn due_limits(now: DateTime<Utc>) -> [f64; 5] {
    let now = now.timestamp_micros() as f64;
    let within = |days: f64| now + (days * 86_400.0 + 1.0) * 1e6;
    // A whole second past the end date counts as awaiting, so the bound just above it is exclusive.
    [now - 1e6 + 1.0, within(1.0), within(7.0), within(28.0), f64::INFINITY]
}

fn has_trait(row: &MarketRow, property: Trait) -> bool {
    match property {
        Trait::NegRisk => row.neg_risk,
        Trait::FeeFree => row.fee_rate == Some(0.0),
        Trait::Rewards => row.rewards,
        Trait::AcceptingOrders => row.accepting_orders,
        Trait::New => row.new,
    }
}
