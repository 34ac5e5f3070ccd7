//! Markets of other events that are about the same things.

use std::cmp::Ordering;

use super::columns::NO_EVENT;
use super::snapshot::Snapshot;
use super::words::words;
use crate::view::RelatedMarket;

/// Below this share of the subject's tags and words, two events have nothing to do with each other.
const LEAST_SIMILARITY: f64 = 0.1;

/// What related markets are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A market, by anything [`Snapshot::market`] takes.
    Market(&'a str),
    /// An event, by anything [`Snapshot::event`] takes.
    Event(&'a str),
}

/// What an event has in common with the subject.
struct Candidate {
    event: usize,
    similarity: f64,
    /// Slot of its leading market.
    market: usize,
}

impl Snapshot {
    /// At most `limit` markets, one from each of the events most like the subject's: events that still
    /// trade first, then the more similar. `None` if there is no such subject.
    ///
    /// Two events are alike by the tags and title words they share, each weighted by its rarity
    /// (ln(1 + events / events that have it)).
    pub fn related(&self, subject: Subject<'_>, limit: usize) -> Option<Vec<RelatedMarket>> {
        let (event, mut title_words) = match subject {
            Subject::Market(key) => {
                let slot = self.market_slot(key)?;
                let event = self.markets.columns.event_slots[slot];
                let title = words(self.markets.titles.title(slot)).collect::<Vec<_>>();
                ((event != NO_EVENT).then_some(event as usize), title)
            }
            Subject::Event(key) => (Some(self.event_slot(key)?), Vec::new()),
        };
        if let Some(slot) = event {
            title_words.extend(words(self.events.titles.title(slot)));
        }
        title_words.sort_unstable();
        title_words.dedup();
        let tags = event.map_or(&[][..], |slot| self.tags.of_event(slot));
        let rarities = self.tag_rarities(tags);
        let similarities = self.similarities(event, tags.iter().zip(&rarities), &title_words);
        let mut candidates = self.candidates(event, &similarities);
        let by_likeness = |a: &Candidate, b: &Candidate| self.compare_candidates(a, b);
        if candidates.len() > limit {
            candidates.select_nth_unstable_by(limit, by_likeness);
            candidates.truncate(limit);
        }
        candidates.sort_unstable_by(by_likeness);
        let related = candidates.into_iter().filter_map(|candidate| {
            let theirs = self.tags.of_event(candidate.event);
            let mut shared: Vec<(u32, f64)> = tags.iter().copied().zip(rarities.clone()).collect();
            shared.retain(|(tag, _)| theirs.contains(tag));
            shared.sort_by(|a, b| b.1.total_cmp(&a.1));
            Some(RelatedMarket {
                row: self.market_row(candidate.market).read().ok()?,
                similarity: candidate.similarity,
                shared_tags: shared
                    .iter()
                    .map(|(tag, _)| self.tags.slug(*tag).to_owned())
                    .collect(),
            })
        });
        Some(related.collect())
    }

    /// The weight of each tag; 0 where the subject's event alone has it, which tells nothing.
    fn tag_rarities(&self, tags: &[u32]) -> Vec<f64> {
        let mut events = vec![0usize; self.tags.len()];
        for slot in 0..self.events.columns.len() {
            self.tags.of_event(slot).iter().for_each(|tag| events[*tag as usize] += 1);
        }
        tags.iter().map(|tag| self.rarity(events[*tag as usize], 1)).collect()
    }

    fn rarity(&self, having: usize, of_subject: usize) -> f64 {
        if having <= of_subject {
            return 0.0;
        }
        (1.0 + self.event_count() as f64 / having as f64).ln()
    }

    /// For each event, the share of the subject's weight that it has too, 0 to 1.
    fn similarities<'a>(
        &self,
        subject: Option<usize>,
        tags: impl Iterator<Item = (&'a u32, &'a f64)> + Clone,
        title_words: &[String],
    ) -> Vec<f64> {
        let mut shared = vec![0.0; self.events.columns.len()];
        let mut total = 0.0;
        for (slot, weight) in shared.iter_mut().enumerate() {
            let theirs = self.tags.of_event(slot);
            *weight = tags.clone().filter(|(tag, _)| theirs.contains(tag)).map(|(_, w)| w).sum();
        }
        total += tags.map(|(_, weight)| weight).sum::<f64>();
        for word in title_words {
            let mut having = Vec::new();
            self.events.text.whole(word, |hit| {
                if hit.in_title {
                    having.push(hit.document);
                }
            });
            let of_subject = usize::from(subject.is_some_and(|slot| having.contains(&slot)));
            let weight = self.rarity(having.len(), of_subject);
            total += weight;
            for slot in having {
                shared[slot] += weight;
            }
        }
        if total > 0.0 {
            // Sums in different orders differ in the last digits, so the whole may come out above 1.
            for weight in &mut shared {
                *weight = (*weight / total).min(1.0);
            }
        }
        shared
    }

    fn candidates(&self, subject: Option<usize>, similarities: &[f64]) -> Vec<Candidate> {
        let alike = similarities.iter().enumerate().filter(|(slot, similarity)| {
            **similarity >= LEAST_SIMILARITY && Some(*slot) != subject
        });
        let led = alike.filter_map(|(event, similarity)| {
            let market = self.leading_market(event)?;
            Some(Candidate { event, similarity: *similarity, market })
        });
        led.collect()
    }

    /// The market of an event that is traded most, open ones first.
    fn leading_market(&self, event: usize) -> Option<usize> {
        let columns = &self.markets.columns;
        let rank = |slot: usize| {
            // NaN, the unknown volume, loses against every number.
            let volume = |values: &[f64]| values[slot].max(-1.0);
            let volumes = (volume(&columns.volume_24h), volume(&columns.volume_total));
            (columns.open().get(slot), volumes, std::cmp::Reverse(columns.ids[slot]))
        };
        let members = self.members.get(event).iter().map(|slot| *slot as usize);
        let members = members.filter(|slot| columns.listed.get(*slot));
        members.max_by(|a, b| rank(*a).partial_cmp(&rank(*b)).unwrap_or(Ordering::Equal))
    }

    fn compare_candidates(&self, a: &Candidate, b: &Candidate) -> Ordering {
        let open = |candidate: &Candidate| self.markets.columns.open().get(candidate.market);
        let volume = |c: &Candidate| self.markets.columns.volume_24h[c.market].max(-1.0);
        open(b)
            .cmp(&open(a))
            .then_with(|| b.similarity.total_cmp(&a.similarity))
            .then_with(|| volume(b).total_cmp(&volume(a)))
            .then_with(|| self.events.columns.ids[a.event].cmp(&self.events.columns.ids[b.event]))
    }
}
