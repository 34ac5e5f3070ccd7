//! What is known of markets beside the catalogue: it is learned at other times than the catalogue changes, so that it
//! is held apart, and completes rows when they are written.

use domain::{RangeColumn, SortColumn};
use xxhash_rust::xxh3::xxh3_64;

use super::smart_money::Stances;
use super::windows::{Placed, Windows};

/// What takers did, and where smart money stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    pub(super) windows: Windows,
    pub(super) stances: Stances,
}

impl Beside {
    /// Gives markets that are new in the catalogue what was learned of them before.
    pub(super) fn welcome(&mut self, slot_of: impl Fn(u64) -> Option<usize>) {
        self.windows.welcome(&slot_of);
        self.stances.welcome(&slot_of);
    }

    /// Names what is held: one process counts and asks at a time, so the times tell.
    pub(super) fn version(&self) -> u64 {
        let asked = self.stances.as_of().map_or(i64::MIN, |as_of| as_of.timestamp_micros());
        let mut text = self.windows.version().to_le_bytes().to_vec();
        text.extend_from_slice(&asked.to_le_bytes());
        xxh3_64(&text)
    }

    /// The values that a range bounds; `None` of columns of the catalogue.
    pub(super) fn range(&self, column: RangeColumn) -> Option<Placed<'_>> {
        match column {
            RangeColumn::Tape(column) => Some(self.windows.column(column)),
            RangeColumn::SmartImbalance => Some(self.stances.imbalances()),
            RangeColumn::SmartVoices => Some(self.stances.voices()),
            _ => None,
        }
    }

    /// The values that rows are ordered by; `None` of columns of the catalogue.
    pub(super) fn sortable(&self, column: SortColumn) -> Option<Placed<'_>> {
        match column {
            SortColumn::Tape(column) => Some(self.windows.column(column)),
            SortColumn::SmartImbalance => Some(self.stances.imbalances()),
            SortColumn::SmartVoices => Some(self.stances.voices()),
            _ => None,
        }
    }

    /// Appends the fields that complete a market's row, each with a comma before it.
    pub(super) fn write_fields(&self, slot: usize, out: &mut Vec<u8>) {
        // Writing to memory what has no maps cannot fail.
        out.extend_from_slice(br#","windows":"#);
        let _ = serde_json::to_writer(&mut *out, &self.windows.of(slot));
        out.extend_from_slice(br#","smart_money":"#);
        let _ = serde_json::to_writer(&mut *out, &self.stances.of(slot));
    }
}
