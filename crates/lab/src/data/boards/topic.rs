//! What a board is about: everything, a category, or a part of one.

use crate::world::{Category, Event};

/// Of every market.
pub(crate) const OVERALL: &str = "overall";

/// A part of sports with boards of its own.
const ESPORTS: &str = "esports";

/// What the boards call a category.
const fn name_of(category: Category) -> &'static str {
    match category {
        Category::Politics => "politics",
        Category::World => "geopolitics",
        Category::Sports => "sports",
        Category::Crypto => "crypto",
        Category::Economy => "economics",
        Category::Finance => "finance",
        Category::Tech => "tech",
        Category::Science => "science",
        Category::Culture => "culture",
        Category::Weather => "weather",
    }
}

/// The boards that an event counts for.
pub(super) fn topics_of(event: &Event) -> impl Iterator<Item = &'static str> {
    let is_esports = event.draft.tags.contains(&ESPORTS);
    [OVERALL, name_of(event.category)].into_iter().chain(is_esports.then_some(ESPORTS))
}
