//! From the many names of a thing to its slot.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// What a key is a name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    MarketId,
    Condition,
    Token,
    MarketSlug,
    EventId,
    EventSlug,
}

/// An id as a number that breaks ties in the same way on every node: its value where it is a plain
/// number, as upstream's are; otherwise a hash, above all of those.
pub(super) fn id_key(id: &str) -> u64 {
    const HASHED: u64 = 1 << 63;
    match id.parse::<u64>() {
        Ok(number) if number < HASHED && !id.starts_with(['0', '+']) => number,
        _ => HASHED | xxh3_64(id.as_bytes()) >> 1,
    }
}

/// An index from names to slots. It holds hashes only and keeps names that have gone out of use, so a
/// slot it gives must be checked against the row.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyIndex {
    /// Sorted.
    entries: Vec<(u64, u32)>,
}

impl KeyIndex {
    /// What an index holds for a name.
    pub(super) fn entry(kind: KeyKind, key: &str, slot: usize) -> (u64, u32) {
        (xxh3_64_with_seed(key.as_bytes(), kind as u64), slot_number(slot))
    }

    /// The slots that may have the name.
    pub(super) fn candidates(&self, kind: KeyKind, key: &str) -> impl Iterator<Item = usize> + '_ {
        let (hash, _) = Self::entry(kind, key, 0);
        let first = self.entries.partition_point(|entry| entry.0 < hash);
        let same = self.entries[first..].iter().take_while(move |entry| entry.0 == hash);
        same.map(|entry| entry.1 as usize)
    }

    /// Whether the index has the entry.
    pub(super) fn contains(&self, entry: (u64, u32)) -> bool {
        self.entries.binary_search(&entry).is_ok()
    }

    #[expect(clippy::stable_sort_primitive, reason = "only the stable sort merges sorted runs")]
    fn merge(&mut self) {
        self.entries.sort();
        self.entries.dedup();
    }

    /// Adds entries.
    pub(super) fn extend(&mut self, added: impl IntoIterator<Item = (u64, u32)>) {
        self.entries.extend(added);
        self.merge();
    }
}

/// A slot in the four bytes that columns keep it in.
pub(super) fn slot_number(slot: usize) -> u32 {
    // Four billion rows do not fit in memory; the last number is taken by `NO_EVENT`.
    u32::try_from(slot).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_numeric_order_and_stay_apart() {
        assert!(id_key("99") < id_key("100"));
        assert!(id_key("18446744073709551615") > 1 << 63);
        assert_ne!(id_key("7"), id_key("07"));
        assert_ne!(id_key("7"), id_key("+7"));
        assert!(id_key("abc") > id_key("999999999"));
    }

    #[test]
    fn kinds_do_not_mix() {
        let mut index = KeyIndex::default();
        index.extend([KeyIndex::entry(KeyKind::MarketId, "12", 0)]);
        index.extend([KeyIndex::entry(KeyKind::EventId, "12", 5)]);
        assert_eq!(index.candidates(KeyKind::MarketId, "12").collect::<Vec<_>>(), [0]);
        assert_eq!(index.candidates(KeyKind::EventId, "12").collect::<Vec<_>>(), [5]);
        assert_eq!(index.candidates(KeyKind::EventSlug, "12").count(), 0);
    }
}
