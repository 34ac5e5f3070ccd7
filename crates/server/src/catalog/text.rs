//! An index from words to the documents (markets or events) that have them.

use std::{collections::HashMap, ops::Range, sync::Arc};

use super::bitmap::Bitmap;
use super::lists::Lists;
use super::lookup::slot_number;
use super::{typo, words::words};

/// Replaced documents kept beside the main index before it is made anew, and the share of all documents
/// that may be replaced.
const FEW_REPLACED: usize = 16;
const REPLACED_SHARE: usize = 16;

/// The words of the first line of every document (its title) and of the other lines.
///
/// A change of a few documents costs little: their words go into a small second segment, and what the
/// main one says of them is ignored.
#[derive(Debug, Clone, Default)]
pub(super) struct TextIndex {
    main: Arc<Segment>,
    recent: Arc<Segment>,
    replaced: Bitmap,
}

/// A document that has a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) document: usize,
    /// The word is in the title.
    pub(super) in_title: bool,
}

impl TextIndex {
    /// Takes in the documents that are new or have another text.
    pub(super) fn update(&mut self, texts: &[Arc<str>], changed: impl Iterator<Item = usize>) {
        self.replaced.grow(texts.len());
        changed.for_each(|document| self.replaced.set(document, true));
        if self.replaced.count() > FEW_REPLACED.max(texts.len() / REPLACED_SHARE) {
            self.main = Arc::new(Segment::new(texts, 0..texts.len()));
            self.recent = Arc::default();
            self.replaced = Bitmap::empty(texts.len());
        } else {
            self.recent = Arc::new(Segment::new(texts, self.replaced.iter()));
        }
    }

    /// Visits the documents that have the word; says whether there was one.
    pub(super) fn whole(&self, word: &str, mut visit: impl FnMut(Hit)) -> bool {
        let mut found = false;
        self.visit(
            |segment| segment.exactly(word),
            |hit| {
                found = true;
                visit(hit);
            },
        );
        found
    }

    /// Visits the documents that have a longer word beginning with this one.
    pub(super) fn beginning(&self, word: &str, visit: impl FnMut(Hit)) {
        self.visit(|segment| segment.longer(word), visit);
    }

    /// Visits the documents that have a word which differs by forgivable typing mistakes.
    pub(super) fn nearly(&self, word: &str, mut visit: impl FnMut(Hit)) {
        let most = typo::forgiven(word);
        if most == 0 {
            return;
        }
        let typed: Vec<char> = word.chars().collect();
        let letters = typo::letters(word);
        for segment in [&self.main, &self.recent] {
            for (at, signature) in segment.signatures.iter().enumerate() {
                if signature.excludes(typed.len(), letters, most) {
                    continue;
                }
                let held: Vec<char> = segment.words[at].chars().collect();
                if held != typed && typo::within(&typed, &held, most) {
                    self.visit_words(segment, at..at + 1, &mut visit);
                }
            }
        }
    }

    fn visit(&self, find: impl Fn(&Segment) -> Range<usize>, mut visit: impl FnMut(Hit)) {
        for segment in [&self.main, &self.recent] {
            self.visit_words(segment, find(segment), &mut visit);
        }
    }

    fn visit_words(
        &self,
        segment: &Arc<Segment>,
        words: Range<usize>,
        visit: &mut impl FnMut(Hit),
    ) {
        let current = Arc::ptr_eq(segment, &self.recent);
        for posting in words.flat_map(|word| segment.postings.get(word)) {
            let hit = Hit { document: (posting >> 1) as usize, in_title: posting & 1 == 1 };
            if current || !self.replaced.get(hit.document) {
                visit(hit);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Segment {
    /// Sorted.
    words: Vec<Box<str>>,
    signatures: Vec<Signature>,
    /// For each word, documents times two, plus one where it is in the title.
    postings: Lists,
}

/// What rules out most words before their letters are compared.
#[derive(Debug)]
struct Signature {
    chars: usize,
    letters: u32,
}

impl Signature {
    fn excludes(&self, chars: usize, letters: u32, mistakes: usize) -> bool {
        self.chars.abs_diff(chars) > mistakes
            || (self.letters ^ letters).count_ones() as usize > 2 * mistakes
    }
}

impl Segment {
    fn new(texts: &[Arc<str>], documents: impl Iterator<Item = usize>) -> Self {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for document in documents {
            let first = pairs.len();
            let mut lines = texts[document].split('\n');
            let title = words(lines.next().unwrap_or_default()).map(|word| (word, 1));
            for (word, in_title) in title.chain(lines.flat_map(words).map(|word| (word, 0))) {
                let next = slot_number(numbers.len());
                let number = *numbers.entry(word).or_insert(next);
                if !pairs[first..].iter().any(|pair| pair.0 == number) {
                    pairs.push((number, slot_number(document) << 1 | in_title));
                }
            }
        }
        let mut words: Vec<(String, u32)> = numbers.into_iter().collect();
        words.sort_unstable();
        let mut sorted_at = vec![0; words.len()];
        for (at, (_, number)) in words.iter().enumerate() {
            sorted_at[*number as usize] = slot_number(at);
        }
        let pairs = pairs.iter().map(|(number, hit)| (sorted_at[*number as usize], *hit));
        let postings = Lists::from_pairs(words.len(), pairs);
        let words: Vec<Box<str>> = words.into_iter().map(|(word, _)| word.into()).collect();
        let signatures = words
            .iter()
            .map(|word| Signature { chars: word.chars().count(), letters: typo::letters(word) });
        Self { signatures: signatures.collect(), words, postings }
    }

    fn exactly(&self, word: &str) -> Range<usize> {
        match self.words.binary_search_by(|held| (**held).cmp(word)) {
            Ok(at) => at..at + 1,
            Err(_) => 0..0,
        }
    }

    fn longer(&self, word: &str) -> Range<usize> {
        let first = self.words.partition_point(|held| **held <= *word);
        let rest = &self.words[first..];
        first..first + rest.partition_point(|held| held.starts_with(word))
    }
}
