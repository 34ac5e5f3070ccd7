//! Envelopes: rows with where the walk is, or data alone.

use serde::{Deserialize, Serialize};

use super::cursor;
use super::feed::Sequence;
use super::params::Params;
use super::problem::Problem;

/// Page sizes of v2.
pub(crate) const DEFAULT_LIMIT: usize = 100;
pub(crate) const MAX_LIMIT: usize = 1_000;

/// `{data, pagination}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) data: Vec<T>,
    pub(crate) pagination: Pagination,
}

/// Where a walk is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Pagination {
    pub(crate) limit: usize,
    /// Rows before this page; only to be looked at.
    pub(crate) offset: usize,
    pub(crate) has_more: bool,
    pub(crate) next_cursor: Option<String>,
}

/// `{data}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Envelope<T> {
    pub(crate) data: T,
}

impl<T> Page<T> {
    /// A page and, when there is more, the cursor of the next one.
    pub(crate) fn new(data: Vec<T>, limit: usize, offset: usize, next: Option<String>) -> Self {
        let pagination = Pagination { limit, offset, has_more: next.is_some(), next_cursor: next };
        Self { data, pagination }
    }

    /// The only page of nothing.
    pub(crate) fn empty(limit: usize) -> Self {
        Self::new(Vec::new(), limit, 0, None)
    }
}

/// Where a walk over a feed is. The feeds' cursors hold no filters: they are sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FeedPlace {
    /// Page size.
    #[serde(rename = "l")]
    pub(crate) limit: usize,
    /// Unix seconds of the last row.
    #[serde(rename = "ts")]
    pub(crate) timestamp: i64,
    /// Sequence of the last row.
    #[serde(rename = "sq")]
    sequence: String,
    /// Rows so far.
    #[serde(rename = "d")]
    pub(crate) seen: usize,
    /// Oldest first.
    #[serde(rename = "asc", default, skip_serializing_if = "is_false")]
    pub(crate) ascending: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl FeedPlace {
    /// The first page of the size asked for, or where the cursor says.
    pub(crate) fn read(kind: &str, params: &Params, ascending: bool) -> Result<Self, Problem> {
        params.forbid_offset()?;
        let limit = params.limit(DEFAULT_LIMIT, MAX_LIMIT)?;
        match params.text("cursor") {
            Some(cursor) => cursor::read(kind, cursor),
            None => Ok(Self { limit, timestamp: 0, sequence: String::new(), seen: 0, ascending }),
        }
    }

    /// The last row seen; `None` at the beginning.
    pub(crate) fn last(&self) -> Option<Sequence> {
        self.sequence.parse().ok().map(Sequence)
    }

    /// The page of the first rows of `rows`, which go on from here. `place` tells a row's second and
    /// sequence.
    pub(crate) fn page<R, T>(
        self,
        kind: &str,
        rows: impl Iterator<Item = R>,
        place: impl Fn(&R) -> (i64, Sequence),
        write: impl FnMut(R) -> T,
    ) -> Result<Page<T>, Problem> {
        let limit = self.limit;
        let mut found: Vec<R> = rows.take(limit + 1).collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let next = match found.last() {
            Some(last) if more => {
                let (timestamp, Sequence(sequence)) = place(last);
                let next = Self {
                    limit,
                    timestamp,
                    sequence: sequence.to_string(),
                    seen: self.seen + found.len(),
                    ascending: self.ascending,
                };
                Some(cursor::sign(kind, next)?)
            }
            _ => None,
        };
        Ok(Page::new(found.into_iter().map(write).collect(), limit, self.seen, next))
    }
}

/// Where a walk over a ranked board is, and which board it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BoardPlace {
    #[serde(rename = "l")]
    pub(crate) limit: usize,
    #[serde(rename = "o")]
    pub(crate) offset: usize,
    /// What the board is sorted by, where there is a choice.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) sort: Option<String>,
    /// Its period.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) period: Option<String>,
    /// Its category.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<String>,
}

/// Which board is asked for: its sort, period and category, where a board has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Board {
    pub(crate) sort: Option<String>,
    pub(crate) period: Option<String>,
    pub(crate) category: Option<String>,
}

impl BoardPlace {
    /// The first page of `defaults` with what was `asked` for, or where the cursor says: it names its
    /// board, which the request may repeat but not contradict.
    pub(crate) fn read(
        kind: &str,
        params: &Params,
        asked: Board,
        defaults: Board,
    ) -> Result<Self, Problem> {
        params.forbid_offset()?;
        let limit = params.limit(DEFAULT_LIMIT, MAX_LIMIT)?;
        let Some(text) = params.text("cursor") else {
            return Ok(Self {
                limit,
                offset: 0,
                sort: asked.sort.or(defaults.sort),
                period: asked.period.or(defaults.period),
                category: asked.category.or(defaults.category),
            });
        };
        let place: Self = cursor::read(kind, text)?;
        let agrees = |asked: Option<String>, bound: &Option<String>| {
            asked.is_none_or(|asked| bound.as_ref() == Some(&asked))
        };
        if agrees(asked.sort, &place.sort)
            && agrees(asked.period, &place.period)
            && agrees(asked.category, &place.category)
        {
            Ok(place)
        } else {
            Err(cursor::invalid())
        }
    }

    /// The page of `rows`, which are the whole board.
    pub(crate) fn page<R, T>(
        self,
        kind: &str,
        rows: &[R],
        write: impl FnMut(&R) -> T,
    ) -> Result<Page<T>, Problem> {
        let Self { limit, offset, .. } = self;
        let end = offset.saturating_add(limit).min(rows.len());
        let page: Vec<T> = rows.get(offset..end).unwrap_or_default().iter().map(write).collect();
        let next = if end < rows.len() {
            Some(cursor::sign(kind, Self { offset: end, ..self })?)
        } else {
            None
        };
        Ok(Page::new(page, limit, offset, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(period: &str) -> Board {
        Board { period: Some(period.to_owned()), ..Board::default() }
    }

    #[test]
    fn a_walk_over_a_feed_sees_every_row_once() {
        let rows: Vec<u64> = (0..23).collect();
        let (mut seen, mut query) = (Vec::new(), "limit=5".to_owned());
        loop {
            let place = FeedPlace::read("trades", &Params::of(&query), false).unwrap();
            let start = place.last().map_or(0, |Sequence(last)| last + 1);
            let left = rows.iter().copied().filter(|&row| row >= start);
            let page = place.page("trades", left, |&row| (0, Sequence(row)), |row| row).unwrap();
            assert_eq!(page.pagination.offset, seen.len());
            assert_eq!(page.pagination.limit, 5);
            assert_eq!(page.pagination.has_more, page.pagination.next_cursor.is_some());
            seen.extend(page.data);
            match page.pagination.next_cursor {
                // The cursor's own size wins.
                Some(next) => query = format!("cursor={next}&limit=7"),
                None => break,
            }
        }
        assert_eq!(seen, rows);
    }

    #[test]
    fn a_full_last_page_has_no_next_one() {
        let place = FeedPlace::read("trades", &Params::of("limit=3"), false).unwrap();
        let page = place.page("trades", 0..3_u64, |&row| (0, Sequence(row)), |row| row).unwrap();
        assert_eq!((page.data.len(), page.pagination.next_cursor), (3, None));
    }

    #[test]
    fn a_cursor_names_its_board() {
        let rows = [1, 2, 3];
        let read = |query: &str, asked: Board| {
            BoardPlace::read("leaderboard", &Params::of(query), asked, board("day"))
        };
        let place = read("limit=2", board("week")).unwrap();
        let page = place.page("leaderboard", &rows, |row| *row).unwrap();
        assert_eq!(page.data, [1, 2]);
        let cursor = format!("cursor={}", page.pagination.next_cursor.unwrap());
        for asked in [Board::default(), board("week")] {
            let place = read(&cursor, asked).unwrap();
            assert_eq!(place.period.as_deref(), Some("week"));
            let page = place.page("leaderboard", &rows, |row| *row).unwrap();
            assert_eq!((page.data, page.pagination.offset), (vec![3], 2));
        }
        assert_eq!(read(&cursor, board("day")), Err(cursor::invalid()));
        assert!(read("offset=0", Board::default()).unwrap_err().error.contains("offset"));
    }
}
