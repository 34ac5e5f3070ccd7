//! What was found, held against what is.

use std::collections::BTreeSet;

use super::results::{First, Line};

/// What was found of something that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Detected {
    /// Of what was found, the part that is so.
    pub precision: Line,
    /// Of what is so, the part that was found.
    pub recall: Line,
}

impl Detected {
    /// `what` names it for people, in the plural.
    pub fn of<T: Ord>(name: &str, what: &str, found: &BTreeSet<T>, truth: &BTreeSet<T>) -> Self {
        let both = found.intersection(truth).count();
        let precision = format!("{what}: of those found, the part that is so (precision)");
        let recall = format!("{what}: of those there are, the part that is found (recall)");
        Self {
            precision: Line::part(&format!("{name}_precision"), &precision, both, found.len()),
            recall: Line::part(&format!("{name}_recall"), &recall, both, truth.len()),
        }
    }

    /// Both, precision first.
    pub fn lines(self) -> [Line; 2] {
        [self.precision, self.recall]
    }
}

/// All pairs of members of a group, each once.
pub fn pairs<T: Ord + Clone>(groups: impl IntoIterator<Item = Vec<T>>) -> BTreeSet<(T, T)> {
    let mut all = BTreeSet::new();
    for group in groups {
        let members: Vec<T> = group.into_iter().collect::<BTreeSet<T>>().into_iter().collect();
        for (place, one) in members.iter().enumerate() {
            let others = members.iter().skip(place + 1);
            all.extend(others.map(|other| (one.clone(), other.clone())));
        }
    }
    all
}

/// Of the first `top` of a ranking, the best first, those that are what is looked for; `None` where nobody is ranked.
pub fn precision_in_first<'a, T: Ord + 'a>(
    name: &str,
    ranked: impl IntoIterator<Item = &'a T>,
    truth: &BTreeSet<T>,
    top: usize,
) -> Option<First> {
    let (hits, first) = ranked
        .into_iter()
        .take(top)
        .fold((0, 0), |(hits, first), one| (hits + usize::from(truth.contains(one)), first + 1));
    First::of(name, hits, first)
}
