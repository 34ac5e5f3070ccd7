//! Conditions on the tags of an event, or of the event of a market.

use crate::catalogue::{Catalogue, Event, Status};
use crate::gamma::params::Params;
use crate::gamma::problem::Problem;

/// A tag that is wanted, with the tags that do as well.
#[derive(Debug)]
struct Wanted(Vec<u64>);

/// `tag_id` with `tag_match`, `tag_slug`, `exclude_tag_id` and `related_tags`.
#[derive(Debug)]
pub(in crate::gamma) struct TagFilter {
    numbers: Vec<Wanted>,
    all_of: bool,
    slugs: Vec<String>,
    /// Tags related to one in `slugs`.
    related_to_slugs: Vec<u64>,
    excluded: Vec<u64>,
    with_related: bool,
}

impl TagFilter {
    pub(in crate::gamma) fn read(params: &Params) -> Result<Self, Problem> {
        let numbers = params.numbers("tag_id")?.unwrap_or_default();
        let slugs = params.list("tag_slug").unwrap_or_default();
        Ok(Self {
            numbers: numbers.into_iter().map(|number| Wanted(vec![number])).collect(),
            all_of: params.one("tag_match") == Some("all"),
            slugs: slugs.into_iter().map(str::to_owned).collect(),
            related_to_slugs: Vec::new(),
            excluded: params.numbers("exclude_tag_id")?.unwrap_or_default(),
            with_related: params.flag("related_tags")?.unwrap_or(false),
        })
    }

    /// Accepts related tags in the place of a wanted one, if that was asked for.
    #[must_use]
    pub(in crate::gamma) fn widened(mut self, catalogue: &Catalogue) -> Self {
        if !self.with_related {
            return self;
        }
        let related = |number| catalogue.related_tags(number, Status::All).into_iter();
        for Wanted(numbers) in &mut self.numbers {
            let also: Vec<u64> =
                numbers.iter().flat_map(|&it| related(it)).map(|it| it.number).collect();
            numbers.extend(also);
        }
        let tags = self.slugs.iter().filter_map(|slug| catalogue.tag_by_slug(slug));
        self.related_to_slugs =
            tags.flat_map(|tag| related(tag.number)).map(|related| related.number).collect();
        self
    }

    pub(in crate::gamma) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.slugs.is_empty() && self.excluded.is_empty()
    }

    pub(in crate::gamma) fn accepts(&self, event: &Event) -> bool {
        let tagged = |number: &u64| event.tag_numbers.contains(number);
        let does = |wanted: &Wanted| wanted.0.iter().any(tagged);
        let by_number = self.numbers.is_empty()
            || if self.all_of {
                self.numbers.iter().all(does)
            } else {
                self.numbers.iter().any(does)
            };
        let by_slug = self.slugs.is_empty()
            || self.slugs.iter().any(|slug| event.tag_slugs.contains(slug))
            || self.related_to_slugs.iter().any(tagged);
        by_number && by_slug && !self.excluded.iter().any(tagged)
    }
}
