//! Which markets and events a search text finds, and how well.

use super::bitmap::Bitmap;
use super::columns::NO_EVENT;
use super::snapshot::Snapshot;
use super::text::{Hit, TextIndex};
use super::words::{fold, words};

/// Words of a search text that are looked for; the others are not. It bounds the cost of a search.
const MOST_WORDS: usize = 12;

/// Letters from which on a word is taken for the beginning of a longer one; the last word always is,
/// because it may still be being typed.
const BEGINNING_CHARS: usize = 3;

/// The score of what was named by its id, slug, condition or token.
const NAMED: u16 = u16::MAX;

/// How a word of the search text was found, worst first.
#[derive(Debug, Clone, Copy)]
enum Found {
    Mistyped = 1,
    Beginning = 3,
    Whole = 5,
}

/// The rows that have every word of a text, and the sum over the words of how well each was found:
/// whole words in the title count most, then whole words elsewhere, beginnings, and mistyped ones.
pub(super) struct Matches {
    pub(super) mask: Bitmap,
    /// By slot; meaningful within the mask.
    pub(super) scores: Vec<u16>,
}

impl Matches {
    fn new(len: usize, any: bool) -> Self {
        let mask = if any { Bitmap::full(len) } else { Bitmap::empty(len) };
        Self { mask, scores: vec![0; len] }
    }

    /// Keeps the rows that have one more word.
    fn require(&mut self, found: impl Fn(usize) -> u8) {
        let scores = &mut self.scores;
        for (block, word) in self.mask.words_mut().iter_mut().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                let slot = block * 64 + bit as usize;
                match found(slot) {
                    0 => *word &= !(1 << bit),
                    score => scores[slot] += u16::from(score),
                }
            }
        }
    }

    fn name(&mut self, slot: usize) {
        self.mask.set(slot, true);
        self.scores[slot] = NAMED;
    }
}

impl Snapshot {
    /// Markets whose own title, or event's title or tags, have the words.
    pub(super) fn match_markets(&self, text: &str) -> Matches {
        let query = query_words(text);
        let mut matches = Matches::new(self.markets.columns.len(), !query.is_empty());
        let event_slots = &self.markets.columns.event_slots;
        for (word, is_last) in &query {
            let mut own = vec![0u8; matches.scores.len()];
            let mut of_event = vec![0u8; self.events.columns.len()];
            let sources: [(&TextIndex, &mut [u8]); 2] =
                [(&self.markets.text, &mut own), (&self.events.text, &mut of_event)];
            // A market's second line is its name within the event, as good as its title.
            find_word(word, *is_last, sources, |source, _| source == 0);
            matches.require(|slot| match event_slots[slot] {
                NO_EVENT => own[slot],
                event => own[slot].max(of_event[event as usize]),
            });
        }
        for slot in self.named_markets(text.trim()) {
            matches.name(slot);
        }
        matches
    }

    /// Events whose title or tags have the words.
    pub(super) fn match_events(&self, text: &str) -> Matches {
        let query = query_words(text);
        let mut matches = Matches::new(self.events.columns.len(), !query.is_empty());
        for (word, is_last) in &query {
            let mut own = vec![0u8; matches.scores.len()];
            let sources: [(&TextIndex, &mut [u8]); 1] = [(&self.events.text, &mut own)];
            find_word(word, *is_last, sources, |_, hit| hit.in_title);
            matches.require(|slot| own[slot]);
        }
        if let Some(slot) = self.event_slot(text.trim()) {
            matches.name(slot);
        }
        matches
    }

    /// The market of that name, or the markets of the event of that name.
    fn named_markets(&self, name: &str) -> Vec<usize> {
        if let Some(slot) = self.market_slot(name) {
            return vec![slot];
        }
        let event = self.event_slot(name);
        let members = event.map_or(&[][..], |slot| self.members.get(slot));
        members.iter().map(|slot| *slot as usize).collect()
    }
}

/// The words of a search text, each with whether it is the last.
fn query_words(text: &str) -> Vec<(String, bool)> {
    let mut query: Vec<(String, bool)> = Vec::new();
    for word in words(&fold(text)).take(MOST_WORDS) {
        query.retain(|(earlier, _)| *earlier != word);
        query.push((word, false));
    }
    if let Some((_, is_last)) = query.last_mut() {
        *is_last = true;
    }
    query
}

/// Notes for each document of each source how well it has the word. A word that stands somewhere as it
/// is written is no mistake, so others are not taken for it.
fn find_word<const N: usize>(
    word: &str,
    is_last: bool,
    sources: [(&TextIndex, &mut [u8]); N],
    counts_as_title: impl Fn(usize, Hit) -> bool,
) {
    let mut exists = false;
    let mut sources = sources;
    let note = |best: &mut [u8], source, hit: Hit, found| {
        let score = found as u8 + u8::from(counts_as_title(source, hit));
        let held = &mut best[hit.document];
        *held = (*held).max(score);
    };
    for (source, (index, best)) in sources.iter_mut().enumerate() {
        exists |= index.whole(word, |hit| note(best, source, hit, Found::Whole));
        if is_last || word.chars().count() >= BEGINNING_CHARS {
            index.beginning(word, |hit| note(best, source, hit, Found::Beginning));
        }
    }
    if exists {
        return;
    }
    for (source, (index, best)) in sources.iter_mut().enumerate() {
        index.nearly(word, |hit| note(best, source, hit, Found::Mistyped));
    }
}
