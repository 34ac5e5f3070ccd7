//! Where a walk over a list of version 1 stands. Version 1 has no cursors, so these are ours.

/// How a cursor of ours begins. Upstream's own are base64 of JSON, which never does.
const PREFIX: &str = "v1.";

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::data) struct FirstPlace {
    /// Rows before it, from where the window begins.
    pub(super) offset: u64,
    /// The second at which the window begins, as seen in the direction of the walk; `None` for the
    /// window that was asked for.
    pub(super) window_s: Option<i64>,
    /// The second of the row before it, and how many rows in a row have it.
    pub(super) tail: Option<(i64, u64)>,
}

impl FirstPlace {
    /// The cursor of the beginning.
    pub(in crate::data) fn beginning() -> String {
        Self::default().cursor()
    }

    /// The place that a cursor of ours names; `None` for the beginning of version 2, and its cursors.
    pub(in crate::data) fn of(cursor: Option<&str>) -> Option<Self> {
        let mut parts = cursor?.strip_prefix(PREFIX)?.split('.');
        let offset = parts.next()?.parse().ok()?;
        let mut next = || parts.next().map(str::parse::<i64>).transpose().ok().flatten();
        let (window_s, second, count) = (next(), next(), next());
        let count = count.and_then(|count| u64::try_from(count).ok());
        // A window of 0 is none: seconds begin after it.
        let window_s = window_s.filter(|&second| second != 0);
        Some(Self { offset, window_s, tail: second.zip(count) })
    }

    /// The place as a cursor.
    pub(super) fn cursor(self) -> String {
        let Self { offset, window_s, tail } = self;
        match (window_s.unwrap_or(0), tail) {
            (0, None) => format!("{PREFIX}{offset}"),
            (window_s, None) => format!("{PREFIX}{offset}.{window_s}"),
            (window_s, Some((second, count))) => {
                format!("{PREFIX}{offset}.{window_s}.{second}.{count}")
            }
        }
    }

    /// The place behind `rows` more; `None` past the cap.
    pub(super) fn after(self, rows: usize, cap: u64) -> Option<Self> {
        let offset = self.offset + rows as u64;
        (rows > 0 && offset <= cap).then_some(Self { offset, ..self })
    }

    /// The same in a list in order of time, whose rows have these seconds. Past the cap a window begins
    /// at the last row's second, behind the rows of that second seen so far: each window has an offset of
    /// its own. `None` when one second alone has more rows than the cap allows.
    pub(super) fn after_in_time(self, seconds: &[Option<i64>], cap: u64) -> Option<Self> {
        let tail = self.tail_after(seconds);
        let next = Self { tail, ..self };
        if let Some(place) = next.after(seconds.len(), cap) {
            return Some(place);
        }
        let (second, count) = tail?;
        let window = Self { offset: count, window_s: Some(second), tail };
        (count <= cap && !seconds.is_empty()).then_some(window)
    }

    fn tail_after(self, seconds: &[Option<i64>]) -> Option<(i64, u64)> {
        let told = seconds.iter().rev().copied().flatten().next();
        let second = told.or(self.tail.map(|(last, _)| last))?;
        // A row without a time is where its neighbours are.
        let alike = |found: &&Option<i64>| found.is_none_or(|found| found == second);
        let count = seconds.iter().rev().take_while(alike).count();
        let before = self.tail.filter(|&(last, _)| last == second && count == seconds.len());
        Some((second, count as u64 + before.map_or(0, |(_, count)| count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_as_a_cursor() {
        for place in [
            FirstPlace::default(),
            FirstPlace { offset: 500, ..FirstPlace::default() },
            FirstPlace { offset: 500, window_s: Some(7), tail: None },
            FirstPlace { offset: 3, window_s: None, tail: Some((1_790_000_000, 3)) },
            FirstPlace { offset: 3, window_s: Some(1_790_000_000), tail: Some((1_790_000_000, 3)) },
        ] {
            assert_eq!(FirstPlace::of(Some(&place.cursor())), Some(place));
        }
        for other in [None, Some("eyJkYXRhIjp7"), Some("v1"), Some("v1.x"), Some("")] {
            assert_eq!(FirstPlace::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn past_the_cap_there_is_no_place() {
        let place = FirstPlace { offset: 8, ..FirstPlace::default() };
        assert_eq!(place.after(2, 10).unwrap().offset, 10);
        assert_eq!(place.after(3, 10), None);
        assert_eq!(place.after(0, 10), None);
    }

    /// Walks `rows`, which are seconds in order, by a host with this cap and page size.
    fn walk(rows: &[i64], cap: u64, limit: usize) -> Vec<usize> {
        let (mut seen, mut place) = (Vec::new(), Some(FirstPlace::default()));
        while let Some(at) = place {
            assert!(at.offset <= cap);
            let begin = at.window_s.map_or(0, |s| rows.partition_point(|&second| second < s));
            let begin = begin + usize::try_from(at.offset).unwrap();
            let page = begin.min(rows.len())..(begin + limit).min(rows.len());
            let seconds: Vec<_> = rows[page.clone()].iter().map(|&second| Some(second)).collect();
            seen.extend(page);
            place = at.after_in_time(&seconds, cap);
            if seconds.is_empty() {
                break;
            }
        }
        seen
    }

    #[test]
    fn windows_follow_each_other_without_gap_or_repetition() {
        let rows_of = |second: i64| vec![second; usize::try_from(second % 5).unwrap()];
        let rows: Vec<i64> = (1..200).flat_map(rows_of).collect();
        for (cap, limit) in [(10, 3), (10, 7), (4, 1), (100, 50), (1_000, 50)] {
            let expected: Vec<usize> = (0..rows.len()).collect();
            assert_eq!(walk(&rows, cap, limit), expected, "cap {cap}, limit {limit}");
        }
    }

    #[test]
    fn a_second_with_more_rows_than_the_cap_ends_the_walk() {
        let rows = [vec![1, 2], vec![3; 40], vec![4]].concat();
        let seen = walk(&rows, 10, 4);
        assert!((10..=16).contains(&seen.len()), "{seen:?}");
        assert!(seen.is_sorted_by(|one, next| one < next), "{seen:?}");
    }

    #[test]
    fn rows_without_a_time_are_where_their_neighbours_are() {
        let place = FirstPlace::default();
        let next = place.after_in_time(&[Some(5), Some(6), None, Some(6), None], 100).unwrap();
        assert_eq!((next.offset, next.tail), (5, Some((6, 4))));
        let next = next.after_in_time(&[None, None], 100).unwrap();
        assert_eq!(next.tail, Some((6, 6)));
    }
}
