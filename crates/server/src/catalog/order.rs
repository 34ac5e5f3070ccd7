//! Putting rows in order, and picking a page of them without ordering the rest.

use std::cmp::Ordering;

use super::bitmap::Bitmap;
use super::cursor::{BadCursor, Cursor, CursorKey};
use super::lookup::slot_number;
use super::page::Page;
use super::titles::Titles;
use super::windows::Placed;

/// Candidates kept before the worst of them are thrown out.
const LEAST_KEPT: usize = 1024;

/// What rows are compared by.
#[derive(Debug, Clone, Copy)]
pub(super) enum SortValues<'a> {
    /// NaN is unknown.
    Numbers(&'a [f64]),
    /// NaN is unknown.
    Placed(Placed<'a>),
    Titles(&'a Titles),
    Scores(&'a [u16]),
}

/// One column of an order.
#[derive(Debug, Clone, Copy)]
pub(super) struct SortKey<'a> {
    pub(super) values: SortValues<'a>,
    pub(super) descending: bool,
}

impl SortKey<'_> {
    /// A number whose natural order is the order wanted, unknown values last.
    fn of(&self, slot: usize) -> u64 {
        match self.values {
            SortValues::Numbers(values) => self.number(values[slot]),
            SortValues::Placed(column) => self.number(column.of(slot)),
            SortValues::Titles(titles) => self.directed(title_key(Ok(titles.ranks()[slot]))),
            SortValues::Scores(scores) => self.directed(u64::from(scores[slot])),
        }
    }

    fn number(&self, value: f64) -> u64 {
        if value.is_nan() {
            return u64::MAX;
        }
        // Adding zero makes −0 equal to 0. Flipping the sign bit of positive numbers and every bit of
        // negative ones orders the bit patterns as the numbers; no number gives the pattern of unknown.
        let bits = (value + 0.0).to_bits();
        let sign = 1 << 63;
        self.directed(if bits & sign == 0 { bits | sign } else { !bits })
    }

    fn directed(&self, key: u64) -> u64 {
        if self.descending { !key } else { key }
    }

    fn cursor_key(&self, slot: usize) -> CursorKey {
        match self.values {
            SortValues::Titles(titles) => CursorKey::Title(titles.title(slot).to_owned()),
            SortValues::Numbers(_) | SortValues::Placed(_) | SortValues::Scores(_) => {
                CursorKey::Number(self.of(slot))
            }
        }
    }

    fn resolve(&self, key: &CursorKey) -> Result<u64, BadCursor> {
        match (self.values, key) {
            (SortValues::Titles(titles), CursorKey::Title(title)) => {
                Ok(self.directed(title_key(titles.rank_of(title))))
            }
            (
                SortValues::Numbers(_) | SortValues::Placed(_) | SortValues::Scores(_),
                CursorKey::Number(key),
            ) => Ok(*key),
            _ => Err(BadCursor),
        }
    }
}

/// Ranks leave room between them for titles that no row has.
fn title_key(rank: Result<u32, u32>) -> u64 {
    match rank {
        Ok(rank) => 2 * u64::from(rank) + 1,
        Err(next) => 2 * u64::from(next),
    }
}

/// An order of rows in which no two are equal.
pub(super) struct Order<'a> {
    /// Names the order in cursors.
    pub(super) name: String,
    pub(super) keys: Vec<SortKey<'a>>,
    /// Decides between rows equal in every key.
    pub(super) ids: &'a [u64],
}

/// A page of slots.
pub(super) struct Selection {
    pub(super) slots: Vec<u32>,
    pub(super) next_cursor: Option<String>,
}

/// A row that waits for its place: its first key and its slot.
type Candidate = (u64, u32);

/// A cursor's keys as numbers.
struct Place {
    keys: Vec<u64>,
    id: u64,
}

impl Order<'_> {
    /// The wanted page of the rows in `mask`.
    pub(super) fn select(&self, mask: &Bitmap, page: &Page) -> Result<Selection, BadCursor> {
        let place = page.cursor.as_deref().map(|cursor| self.place(cursor)).transpose()?;
        let wanted = page.offset.saturating_add(page.limit);
        let most = wanted.saturating_mul(2).max(LEAST_KEPT);
        let mut kept: Vec<Candidate> = Vec::new();
        let mut worst = u64::MAX;
        let mut eligible = 0;
        self.each_key(mask, |slot, key| {
            if place.as_ref().is_some_and(|place| !self.is_after(key, slot, place)) {
                return;
            }
            eligible += 1;
            if key > worst || wanted == 0 {
                return;
            }
            kept.push((key, slot_number(slot)));
            if kept.len() >= most {
                kept.select_nth_unstable_by(wanted - 1, |a, b| self.compare(a, b));
                kept.truncate(wanted);
                worst = kept[wanted - 1].0;
            }
        });
        if kept.len() > wanted {
            kept.select_nth_unstable_by(wanted, |a, b| self.compare(a, b));
            kept.truncate(wanted);
        }
        if page.offset > 0 && page.offset < kept.len() {
            kept.select_nth_unstable_by(page.offset, |a, b| self.compare(a, b));
        }
        let mut kept = kept.split_off(page.offset.min(kept.len()));
        kept.sort_unstable_by(|a, b| self.compare(a, b));
        let slots: Vec<u32> = kept.into_iter().map(|(_, slot)| slot).collect();
        let last = slots.last().filter(|_| eligible > wanted);
        let next_cursor = last.map(|slot| self.cursor(*slot as usize));
        Ok(Selection { slots, next_cursor })
    }

    /// Visits the rows with their first key. What kind of key it is, is decided once, not for each row.
    fn each_key(&self, mask: &Bitmap, mut visit: impl FnMut(usize, u64)) {
        match self.keys.first() {
            Some(key) => match key.values {
                SortValues::Numbers(values) => {
                    mask.iter().for_each(|slot| visit(slot, key.number(values[slot])));
                }
                SortValues::Placed(column) => {
                    mask.iter().for_each(|slot| visit(slot, key.number(column.of(slot))));
                }
                _ => mask.iter().for_each(|slot| visit(slot, key.of(slot))),
            },
            None => mask.iter().for_each(|slot| visit(slot, 0)),
        }
    }

    fn compare(&self, a: &Candidate, b: &Candidate) -> Ordering {
        a.0.cmp(&b.0).then_with(|| {
            let (a, b) = (a.1 as usize, b.1 as usize);
            let rest = self.keys.iter().skip(1).map(|key| key.of(a).cmp(&key.of(b)));
            let decided = rest.fold(Ordering::Equal, Ordering::then);
            decided.then_with(|| self.ids[a].cmp(&self.ids[b]))
        })
    }

    fn is_after(&self, first_key: u64, slot: usize, place: &Place) -> bool {
        let first = place.keys.first().map_or(Ordering::Equal, |key| first_key.cmp(key));
        let ordering = first.then_with(|| {
            let rest = self.keys.iter().zip(&place.keys).skip(1);
            let decided = rest.map(|(key, held)| key.of(slot).cmp(held));
            decided.fold(Ordering::Equal, Ordering::then).then(self.ids[slot].cmp(&place.id))
        });
        ordering == Ordering::Greater
    }

    fn place(&self, cursor: &str) -> Result<Place, BadCursor> {
        let cursor = Cursor::decode(cursor, &self.name)?;
        if cursor.keys.len() != self.keys.len() {
            return Err(BadCursor);
        }
        let keys = self.keys.iter().zip(&cursor.keys).map(|(key, held)| key.resolve(held));
        Ok(Place { keys: keys.collect::<Result<_, _>>()?, id: cursor.id })
    }

    fn cursor(&self, slot: usize) -> String {
        let keys = self.keys.iter().map(|key| key.cursor_key(slot)).collect();
        Cursor { order: self.name.clone(), keys, id: self.ids[slot] }.encode()
    }
}
