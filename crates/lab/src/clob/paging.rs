//! Cursors of the catalogue: base64 of the number of markets before the page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::Problem;

/// Markets of one page.
pub(super) const PAGE: usize = 1_000;

/// Says that no page follows: base64 of `-1`.
const END: &str = "LTE=";

/// A page in the wire's order of members.
#[derive(Debug, Serialize)]
pub(super) struct Page<T> {
    data: Vec<T>,
    next_cursor: String,
    limit: usize,
    count: usize,
}

impl<T> Page<T> {
    /// The page of `items` after the first `offset`; `row` is only asked for its own.
    pub(super) fn cut<I, E>(
        items: impl Iterator<Item = I>,
        offset: usize,
        row: impl FnMut(I) -> Result<T, E>,
    ) -> Result<Self, E> {
        let mut items = items.skip(offset);
        let data = items.by_ref().take(PAGE).map(row).collect::<Result<Vec<T>, E>>()?;
        let next_cursor = match items.next() {
            Some(_) => STANDARD.encode((offset + PAGE).to_string()),
            None => END.to_owned(),
        };
        Ok(Self { count: data.len(), data, next_cursor, limit: PAGE })
    }
}

/// Markets before the page that `cursor` leads to.
pub(super) fn offset(cursor: Option<&str>) -> Result<usize, Problem> {
    let Some(cursor) = cursor else { return Ok(0) };
    let bytes = STANDARD.decode(cursor).map_err(|_| Problem::Cursor)?;
    let text = String::from_utf8(bytes).map_err(|_| Problem::Cursor)?;
    let offset: i64 = text.parse().map_err(|_| Problem::Cursor)?;
    usize::try_from(offset).map_err(|_| Problem::CursorOfTheEnd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_those_recorded() {
        assert_eq!(offset(None), Ok(0));
        assert_eq!(offset(Some("MA==")), Ok(0));
        assert_eq!(offset(Some("MTAwMA==")), Ok(1_000));
        assert_eq!(offset(Some("LTE=")), Err(Problem::CursorOfTheEnd));
        for wrong in ["zzz", "//8=", "YWJj"] {
            assert_eq!(offset(Some(wrong)), Err(Problem::Cursor), "{wrong}");
        }
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let page = |offset| Page::cut(0..2_000, offset, Ok::<i32, Problem>).unwrap();
        let first = page(0);
        assert_eq!((first.count, first.next_cursor.as_str()), (1_000, "MTAwMA=="));
        let second = page(1_000);
        assert_eq!((second.data[0], second.count), (1_000, 1_000));
        assert_eq!(second.next_cursor, END, "no empty page follows a full one");
        let beyond = serde_json::to_string(&page(5_000)).unwrap();
        assert_eq!(beyond, r#"{"data":[],"next_cursor":"LTE=","limit":1000,"count":0}"#);
    }
}
