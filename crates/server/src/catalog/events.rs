//! What events are filtered and sorted by, one array per field.

use domain::EventSortColumn;

use super::bitmap::Bitmap;
use super::columns::{CATEGORIES, category_code, instant};
use crate::view::{EventRow, EventStatus};

/// Events as columns: the position is the event's slot, NaN stands for unknown. An event that markets
/// name before its own row has come has a slot too, and is not among `held`.
#[derive(Debug, Clone, Default)]
pub(super) struct EventColumns {
    /// Tie-break of every order; see [`super::lookup::id_key`].
    pub(super) ids: Vec<u64>,
    pub(super) held: Bitmap,
    pub(super) closed: Bitmap,
    pub(super) categories: [Bitmap; CATEGORIES],
    volume_24h: Vec<f64>,
    volume_total: Vec<f64>,
    liquidity: Vec<f64>,
    end_date: Vec<f64>,
    market_count: Vec<f64>,
    /// Not in the row, so set apart.
    pub(super) created_at: Vec<f64>,
}

impl EventColumns {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Adds an event of which nothing but its id is known yet, and returns its slot.
    pub(super) fn add(&mut self, id: u64) -> usize {
        let slot = self.ids.len();
        self.ids.push(id);
        for bitmap in self.categories.iter_mut().chain([&mut self.held, &mut self.closed]) {
            bitmap.grow(slot + 1);
        }
        for column in [
            &mut self.volume_24h,
            &mut self.volume_total,
            &mut self.liquidity,
            &mut self.end_date,
            &mut self.market_count,
            &mut self.created_at,
        ] {
            column.push(f64::NAN);
        }
        slot
    }

    /// Writes what a row says to its slot.
    pub(super) fn set(&mut self, slot: usize, row: &EventRow) {
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let category = category_code(row.category);
        for (code, bitmap) in self.categories.iter_mut().enumerate() {
            bitmap.set(slot, code == category);
        }
        self.held.set(slot, true);
        self.closed.set(slot, row.status == EventStatus::Closed);
        self.volume_24h[slot] = number(row.volume_24h);
        self.volume_total[slot] = number(row.volume_total);
        self.liquidity[slot] = number(row.liquidity);
        self.end_date[slot] = instant(row.end_date);
        self.market_count[slot] = row.market_count as f64;
    }

    /// The numbers a sort column orders by; the title is not among them.
    pub(super) fn sortable(&self, column: EventSortColumn) -> Option<&[f64]> {
        Some(match column {
            EventSortColumn::Volume24h => &self.volume_24h,
            EventSortColumn::VolumeTotal => &self.volume_total,
            EventSortColumn::Liquidity => &self.liquidity,
            EventSortColumn::EndDate => &self.end_date,
            EventSortColumn::MarketCount => &self.market_count,
            EventSortColumn::CreatedAt => &self.created_at,
            EventSortColumn::Title => return None,
        })
    }
}
