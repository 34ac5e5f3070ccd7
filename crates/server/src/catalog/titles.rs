//! Titles: in alphabetical order, and as the text that search reads.

use std::sync::Arc;

use super::lookup::slot_number;

/// One text per slot: the folded title, a line feed, and other folded text. The order is that of the
/// titles; equal titles share a rank.
#[derive(Debug, Clone, Default)]
pub(super) struct Titles {
    texts: Vec<Arc<str>>,
    ranks: Vec<u32>,
    /// Slots by title.
    order: Vec<u32>,
}

impl Titles {
    /// The texts, by slot.
    pub(super) fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }

    /// Positions in the alphabetical order, by slot.
    pub(super) fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// The folded title; empty for a slot without one.
    pub(super) fn title(&self, slot: usize) -> &str {
        self.texts.get(slot).map_or("", |text| title_of(text))
    }

    /// The rank a title has; or, where no slot has it, the rank of the next one.
    pub(super) fn rank_of(&self, title: &str) -> Result<u32, u32> {
        let at = self.order.partition_point(|slot| self.title(*slot as usize) < title);
        match self.order.get(at) {
            Some(slot) if self.title(*slot as usize) == title => Ok(self.ranks[*slot as usize]),
            Some(slot) => Err(self.ranks[*slot as usize]),
            None => Err(self.order.last().map_or(0, |slot| self.ranks[*slot as usize] + 1)),
        }
    }

    /// Whether the slot has another text.
    pub(super) fn differs(&self, slot: usize, text: &str) -> bool {
        self.texts.get(slot).is_none_or(|held| **held != *text)
    }

    /// Replaces and appends texts. Slots skipped over get an empty one.
    pub(super) fn update(&mut self, changes: impl IntoIterator<Item = (usize, String)>) {
        let held = self.texts.len();
        let mut replaced = vec![false; held];
        for (slot, text) in changes {
            if slot >= self.texts.len() {
                self.texts.resize(slot + 1, Arc::from(""));
            } else if slot < held {
                replaced[slot] = true;
            }
            self.texts[slot] = text.into();
        }
        self.order.retain(|slot| !replaced[*slot as usize]);
        let moved = (0..held).filter(|slot| replaced[*slot]).chain(held..self.texts.len());
        self.order.extend(moved.map(slot_number));
        // A stable sort finds the long sorted run and merges the rest into it.
        let texts = &self.texts;
        self.order.sort_by(|a, b| title_of(&texts[*a as usize]).cmp(title_of(&texts[*b as usize])));
        self.rank();
    }

    fn rank(&mut self) {
        self.ranks.resize(self.texts.len(), 0);
        let mut rank = 0;
        for at in 0..self.order.len() {
            let slot = self.order[at] as usize;
            if at > 0 && self.title(self.order[at - 1] as usize) != self.title(slot) {
                rank += 1;
            }
            self.ranks[slot] = rank;
        }
    }
}

fn title_of(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}
