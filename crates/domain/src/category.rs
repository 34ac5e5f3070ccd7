//! The one list of categories, shared by sync, screens and scores.
//!
//! Polymarket has no categories any more, only tags. A category is derived from the tags of an event by
//! whole slugs and whole words (`category_rules.tsv`): a substring rule once read "ai" out of "Ukraine".

use std::{collections::HashMap, fmt, str::FromStr, sync::LazyLock};

use serde::{Deserialize, Serialize};

/// What an event is about. An event whose tags say nothing has no category; it is never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Elections, governments, courts.
    Politics,
    /// International affairs and conflicts.
    World,
    /// Sports and esports.
    Sports,
    /// Cryptocurrencies and their prices.
    Crypto,
    /// Central banks and macroeconomic figures.
    Economy,
    /// Companies, stocks, commodities.
    Finance,
    /// Technology.
    Tech,
    /// Science and health.
    Science,
    /// Entertainment and celebrities.
    Culture,
    /// Weather, climate, natural disasters.
    Weather,
}

impl Category {
    /// Every category, in the order pages list them.
    pub const ALL: [Self; 10] = [
        Self::Politics,
        Self::World,
        Self::Sports,
        Self::Crypto,
        Self::Economy,
        Self::Finance,
        Self::Tech,
        Self::Science,
        Self::Culture,
        Self::Weather,
    ];

    /// The stable lower-case name used in URLs and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Politics => "politics",
            Self::World => "world",
            Self::Sports => "sports",
            Self::Crypto => "crypto",
            Self::Economy => "economy",
            Self::Finance => "finance",
            Self::Tech => "tech",
            Self::Science => "science",
            Self::Culture => "culture",
            Self::Weather => "weather",
        }
    }

    /// The name people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Politics => "Politics",
            Self::World => "World",
            Self::Sports => "Sports",
            Self::Crypto => "Crypto",
            Self::Economy => "Economy",
            Self::Finance => "Finance",
            Self::Tech => "Tech",
            Self::Science => "Science",
            Self::Culture => "Culture",
            Self::Weather => "Weather",
        }
    }

    /// Derives the category from an event's tags, each given as (slug, label). `legacy` is the free text
    /// of the `category` field that rows of 2022 and earlier carry; it decides only where no tag does.
    pub fn from_tags<'a>(
        tags: impl IntoIterator<Item = (&'a str, &'a str)>,
        legacy: Option<&str>,
    ) -> Option<Self> {
        let rules = &*RULES;
        let mut best_slug = usize::MAX;
        let mut best_word = usize::MAX;
        for (slug, label) in tags {
            let slug = slug.to_lowercase();
            best_slug = best_slug.min(rank(&rules.slugs, &slug));
            for word in words(&slug).chain(words(&label.to_lowercase())) {
                best_word = best_word.min(rank(&rules.words, word));
            }
        }
        rules.category(best_slug).or_else(|| rules.category(best_word)).or_else(|| {
            let legacy = legacy?.to_lowercase();
            let best = words(&legacy)
                .map(|word| rank(&rules.words, word).min(rank(&rules.slugs, word)))
                .min()?;
            rules.category(best)
        })
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for Category {
    type Err = UnknownCategory;
    fn from_str(text: &str) -> Result<Self, UnknownCategory> {
        let found = Self::ALL.into_iter().find(|c| c.slug().eq_ignore_ascii_case(text));
        found.ok_or(UnknownCategory)
    }
}

/// Text that names no category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a category")]
pub struct UnknownCategory;

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// The precedence of the category that a text stands for; the largest number for none.
fn rank(rules: &HashMap<&'static str, usize>, text: &str) -> usize {
    rules.get(text).copied().unwrap_or(usize::MAX)
}

struct Rules {
    /// Categories by precedence.
    order: Vec<Category>,
    slugs: HashMap<&'static str, usize>,
    words: HashMap<&'static str, usize>,
}

impl Rules {
    fn category(&self, rank: usize) -> Option<Category> {
        self.order.get(rank).copied()
    }
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut rules = Rules { order: Vec::new(), slugs: HashMap::new(), words: HashMap::new() };
    for line in include_str!("category_rules.tsv").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut fields = line.split('\t');
        let (Some(category), Some(kind), Some(text)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let Ok(category) = category.parse() else { continue };
        let rank = rules.order.iter().position(|known| *known == category).unwrap_or_else(|| {
            rules.order.push(category);
            rules.order.len() - 1
        });
        let target = if kind == "slug" { &mut rules.slugs } else { &mut rules.words };
        target.entry(text).or_insert(rank);
    }
    rules
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_rule_file_is_understood() {
        let lines = include_str!("category_rules.tsv")
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let fields: Vec<_> = line.split('\t').collect();
            assert_eq!(fields.len(), 3, "{line}");
            assert!(fields[0].parse::<Category>().is_ok(), "{line}");
            assert!(matches!(fields[1], "slug" | "word"), "{line}");
            assert_eq!(fields[2], fields[2].to_lowercase(), "{line}");
        }
        assert_eq!(RULES.order.len(), Category::ALL.len(), "every category has a rule");
    }

    #[test]
    fn words_are_whole() {
        let of = |slug| Category::from_tags([(slug, "")], None);
        assert_eq!(of("ukraine"), Some(Category::World), "not Tech for its 'ai'");
        assert_eq!(of("federal-express"), None, "not Economy for its 'fed'");
        assert_eq!(of("market-makers"), None);
        assert_eq!(of("nba-finals"), Some(Category::Sports));
    }

    #[test]
    fn slugs_go_before_words_and_tags_before_the_legacy_text() {
        let tags = [("trump", "Trump"), ("economy", "Economy")];
        assert_eq!(Category::from_tags(tags, None), Some(Category::Economy));
        assert_eq!(
            Category::from_tags([("all", "All")], Some("NBA Playoffs")),
            Some(Category::Sports)
        );
        assert_eq!(Category::from_tags([("crypto", "")], Some("Sports")), Some(Category::Crypto));
        assert_eq!(Category::from_tags([("all", "All")], Some("US-current-affairs")), None);
    }
}
