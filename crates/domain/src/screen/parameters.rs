//! Reading and writing the single parameters of a screen.

use super::{MAX_SEARCH_CHARS, MAX_SORTS, Range, RangeColumn, Sort};
use crate::{Category, MarketStatus, query::QueryReader};

pub(super) fn join<'a>(items: impl Iterator<Item = &'a str>) -> Option<String> {
    let joined = items.collect::<Vec<_>>().join(",");
    (!joined.is_empty()).then_some(joined)
}

pub(super) fn sort_word(column: &str, descending: bool) -> String {
    if descending { format!("-{column}") } else { column.to_owned() }
}

pub(super) fn read_search(query: &mut QueryReader) -> Option<String> {
    let text = query.text("q")?;
    if text.chars().count() > MAX_SEARCH_CHARS {
        query.refuse("q", &text, format!("must have at most {MAX_SEARCH_CHARS} characters"));
        return None;
    }
    Some(text)
}

pub(super) fn read_categories(query: &mut QueryReader) -> Vec<Option<Category>> {
    let slugs: Vec<_> = Category::ALL.iter().map(|category| category.slug()).collect();
    query.words("category", &format!("{}, unknown", slugs.join(", ")), |word| {
        if word == "unknown" { Some(None) } else { word.parse().ok().map(Some) }
    })
}

/// `closed=true` without a status must not meet the default status, which would leave nothing.
pub(super) fn read_status(query: &mut QueryReader, closed: Option<bool>) -> Option<MarketStatus> {
    let default = if closed.is_some() { None } else { Some(MarketStatus::Open) };
    match query.text("status").as_deref() {
        None => default,
        Some("all") => None,
        Some(word) => {
            let found = MarketStatus::ALL.into_iter().find(|status| status.slug() == word);
            if found.is_none() {
                query.refuse("status", word, "must be one of open, closed, resolved, all");
            }
            found
        }
    }
}

pub(super) fn read_flag(query: &mut QueryReader, name: &'static str) -> Option<bool> {
    query.parse(name, "true or false")
}

pub(super) fn read_range(query: &mut QueryReader, column: RangeColumn) -> Option<Range> {
    let (low, high) = column.bounds();
    let (min_name, max_name) = column.parameters();
    let mut min = query.within(min_name, low, high);
    let mut max = query.within(max_name, low, high);
    if column == RangeColumn::Volume24h {
        // The source document's names for the same bounds.
        min = query.within("volume_min", low, high).or(min);
        max = query.within("volume_max", low, high).or(max);
    }
    if let (Some(least), Some(most)) = (min, max)
        && least > most
    {
        query.refuse(min_name, &least.to_string(), format!("must not exceed {max_name}"));
    }
    (min.is_some() || max.is_some()).then_some(Range { column, min, max })
}

pub(super) fn read_sort<C: Copy + PartialEq>(
    query: &mut QueryReader,
    parse: impl Fn(&str) -> Option<C>,
    expected: &str,
) -> Vec<Sort<C>> {
    let expected = format!("{expected}; a leading - sorts largest first");
    let sort = query.words("sort", &expected, |word| {
        let (word, descending) = word.strip_prefix('-').map_or((word, false), |rest| (rest, true));
        parse(word).map(|column| Sort { column, descending })
    });
    let repeated =
        sort.iter().enumerate().any(|(i, s)| sort[..i].iter().any(|t| t.column == s.column));
    if repeated {
        query.refuse("sort", "", "must not name a column twice");
    }
    if sort.len() > MAX_SORTS {
        query.refuse("sort", "", format!("must have at most {MAX_SORTS} columns"));
    }
    sort
}
