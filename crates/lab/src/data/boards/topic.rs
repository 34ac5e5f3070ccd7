//! What a board is about: everything, a category, or a part of one.

use crate::world::{Category, Event};

/// Of every market.
pub(crate) const OVERALL: &str = "overall";

/// A part of sports with boards of its own.
const ESPORTS: &str = "esports";

/// Everything first, then the categories, then the parts that have boards of their own.
const NAMES: [&str; Topic::COUNT] = [
    OVERALL,
    "politics",
    "geopolitics",
    "sports",
    "crypto",
    "economics",
    "finance",
    "tech",
    "science",
    "culture",
    "weather",
    ESPORTS,
];

/// A topic, by its place among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Topic(usize);

impl Topic {
    pub(super) const COUNT: usize = 12;

    const EVERYTHING: Self = Self(0);

    /// `None` for a word that is no topic of the lab's.
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES.iter().position(|known| *known == name).map(Self)
    }

    pub(super) const fn index(self) -> usize {
        self.0
    }

    const fn of_category(category: Category) -> Self {
        Self(match category {
            Category::Politics => 1,
            Category::World => 2,
            Category::Sports => 3,
            Category::Crypto => 4,
            Category::Economy => 5,
            Category::Finance => 6,
            Category::Tech => 7,
            Category::Science => 8,
            Category::Culture => 9,
            Category::Weather => 10,
        })
    }
}

/// The topics that an event counts for.
pub(super) fn topics_of(event: &Event) -> impl Iterator<Item = Topic> + use<> {
    let is_esports = event.draft.tags.contains(&ESPORTS);
    let part = Topic::named(ESPORTS).filter(|_| is_esports);
    [Topic::EVERYTHING, Topic::of_category(event.category)].into_iter().chain(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_have_their_names() {
        for (category, name) in [
            (Category::Politics, "politics"),
            (Category::Economy, "economics"),
            (Category::World, "geopolitics"),
            (Category::Weather, "weather"),
        ] {
            assert_eq!(Topic::named(name), Some(Topic::of_category(category)));
        }
        assert_eq!(Topic::named(OVERALL), Some(Topic::EVERYTHING));
        assert_eq!(Topic::named("combos"), None);
    }
}
