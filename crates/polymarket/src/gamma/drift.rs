//! Signs that upstream has changed what it sends.

use std::collections::BTreeMap;

use super::RowKind;
use super::keys::known_types;
use crate::fields::Fields;

/// Where rows differ from what we know, with counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Keys never seen before.
    pub unknown_keys: BTreeMap<(RowKind, String), u64>,
    /// Known keys with a JSON type they never had, and that type's name.
    pub changed_types: BTreeMap<(RowKind, String, &'static str), u64>,
    /// Words not among the known ones: key and word.
    pub unknown_words: BTreeMap<(RowKind, String, String), u64>,
}

impl Drift {
    /// Distinct entries kept of each sort. A flood of generated keys must not become a leak.
    const MAX_DISTINCT: usize = 200;
    const MAX_NAME_CHARS: usize = 80;

    /// Whether everything was as known.
    pub fn is_empty(&self) -> bool {
        self.unknown_keys.is_empty()
            && self.changed_types.is_empty()
            && self.unknown_words.is_empty()
    }

    /// Adds the counts of another page.
    pub fn merge(&mut self, other: Self) {
        merge(&mut self.unknown_keys, other.unknown_keys);
        merge(&mut self.changed_types, other.changed_types);
        merge(&mut self.unknown_words, other.unknown_words);
    }

    /// Looks at the keys and types of one row.
    pub(crate) fn look_at(&mut self, kind: RowKind, fields: &Fields<'_>) {
        for (key, raw) in fields.iter() {
            match (known_types(kind, key), json_type(raw)) {
                (None, Some(_)) => add(&mut self.unknown_keys, (kind, cut(key)), 1),
                (Some(known), Some((letter, name))) if !known.contains(letter) => {
                    add(&mut self.changed_types, (kind, cut(key), name), 1);
                }
                (_, None) | (Some(_), Some(_)) => {}
            }
        }
    }

    pub(crate) fn note_word(&mut self, kind: RowKind, key: &str, word: &str) {
        add(&mut self.unknown_words, (kind, cut(key), cut(word)), 1);
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(Drift::MAX_NAME_CHARS).collect()
}

fn add<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K, count: u64) {
    if let Some(known) = counts.get_mut(&key) {
        *known += count;
    } else if counts.len() < Drift::MAX_DISTINCT {
        counts.insert(key, count);
    }
}

fn merge<K: Ord>(counts: &mut BTreeMap<K, u64>, other: BTreeMap<K, u64>) {
    for (key, count) in other {
        add(counts, key, count);
    }
}

/// Letter (as in the key tables) and name of a raw value's type; `None` for null.
fn json_type(raw: &str) -> Option<(char, &'static str)> {
    match raw.as_bytes().first()? {
        b'n' => None,
        b'"' => Some(('T', "text")),
        b't' | b'f' => Some(('B', "flag")),
        b'[' => Some(('A', "array")),
        b'{' => Some(('O', "object")),
        _ => Some(('N', "number")),
    }
}
