//! Counting what each value of a filter would leave.

use domain::Category;

use super::bitmap::Bitmap;
use super::columns::{CATEGORIES, category_at};
use super::tags::Tags;
use crate::view::FacetCount;

/// Tags a facet lists, besides the selected ones.
const MOST_TAGS: usize = 30;

/// What the category filter calls the unknown category.
const UNKNOWN: &str = "unknown";

/// One value of a facet.
pub(super) fn count(
    (value, label): (&str, &str),
    rows: &Bitmap,
    mask: &Bitmap,
    selected: bool,
) -> FacetCount {
    let count = rows.count_and(mask);
    FacetCount { value: value.to_owned(), label: label.to_owned(), count, selected }
}

/// Every category and the unknown one.
pub(super) fn categories(
    rows: &[Bitmap; CATEGORIES],
    mask: &Bitmap,
    selected: &[Option<Category>],
) -> Vec<FacetCount> {
    let values = rows.iter().enumerate();
    let counts = values.map(|(code, rows)| {
        let category = category_at(code);
        let names = category.map_or((UNKNOWN, "Unknown"), |c| (c.slug(), c.label()));
        count(names, rows, mask, selected.contains(&category))
    });
    counts.collect()
}

/// The most frequent tags and the selected ones, most frequent first; `in_event` is how many rows each
/// event has.
pub(super) fn tags(tags: &Tags, in_event: &[usize], selected: &[String]) -> Vec<FacetCount> {
    let mut counts: Vec<(usize, u32)> = (0..).zip(0..tags.len()).map(|(tag, _)| (0, tag)).collect();
    for (slot, rows) in in_event.iter().enumerate().filter(|(_, rows)| **rows > 0) {
        for tag in tags.of_event(slot) {
            counts[*tag as usize].0 += rows;
        }
    }
    let chosen: Vec<Option<u32>> = selected.iter().map(|slug| tags.number(slug)).collect();
    let (mut listed, mut rest): (Vec<_>, Vec<_>) =
        counts.into_iter().partition(|(_, tag)| chosen.contains(&Some(*tag)));
    rest.retain(|(rows, _)| *rows > 0);
    let by_count = |a: &(usize, u32), b: &(usize, u32)| {
        b.0.cmp(&a.0).then_with(|| tags.slug(a.1).cmp(tags.slug(b.1)))
    };
    if rest.len() > MOST_TAGS {
        rest.select_nth_unstable_by(MOST_TAGS, by_count);
        rest.truncate(MOST_TAGS);
    }
    listed.append(&mut rest);
    let known = listed.iter().map(|(rows, tag)| FacetCount {
        value: tags.slug(*tag).to_owned(),
        label: tags.label(*tag).to_owned(),
        count: *rows,
        selected: chosen.contains(&Some(*tag)),
    });
    let never_seen = selected.iter().zip(&chosen).filter(|(_, tag)| tag.is_none());
    let never_seen = never_seen.map(|(slug, _)| FacetCount {
        value: slug.clone(),
        label: slug.clone(),
        count: 0,
        selected: true,
    });
    let mut facet: Vec<FacetCount> = known.chain(never_seen).collect();
    facet.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    facet
}
