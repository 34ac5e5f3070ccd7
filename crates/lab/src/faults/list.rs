//! Where the rows are in a JSON body of any host, without re-writing what is around them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::json::{self, Members};

/// Members that hold the rows of a page.
const LISTS: [&str; 7] = ["data", "history", "events", "markets", "comments", "tags", "profiles"];

/// What the rows are in.
#[derive(Debug)]
enum Frame<'a> {
    /// The body is the list.
    List,
    /// The body is the row.
    Row,
    /// A member of the body is the list, or the one row.
    Member { body: Members<'a>, name: &'static str, is_list: bool },
}

/// A body taken apart: its rows as raw JSON, and what is around them.
#[derive(Debug)]
pub(super) struct Page<'a> {
    frame: Frame<'a>,
    pub(super) rows: Vec<Cow<'a, str>>,
}

impl<'a> Page<'a> {
    /// `None` when the body is no list and no object.
    pub(super) fn read(body: &'a str) -> Option<Self> {
        let body = body.trim();
        if body.starts_with('[') {
            return Some(Self { frame: Frame::List, rows: elements(body)? });
        }
        let members = Members::parse(body).ok()?;
        let held = LISTS.iter().find_map(|&name| Some((name, members.raw(name)?)));
        let Some((name, held)) = held.filter(|(_, held)| held.starts_with(['[', '{'])) else {
            return Some(Self { frame: Frame::Row, rows: vec![body.into()] });
        };
        let is_list = held.starts_with('[');
        let rows = if is_list { elements(held)? } else { vec![held.into()] };
        Some(Self { frame: Frame::Member { body: members, name, is_list }, rows })
    }

    /// The body with the rows as they are now.
    pub(super) fn write(&self) -> Vec<u8> {
        let list = || json::array(self.rows.iter().map(|row| row.as_bytes()));
        let row = || self.rows.concat().into_bytes();
        match &self.frame {
            Frame::List => list(),
            Frame::Row => row(),
            Frame::Member { body, name, is_list } => {
                let rows = if *is_list { list() } else { row() };
                body.replacing(&[(name, &String::from_utf8_lossy(&rows))])
            }
        }
    }
}

fn elements(list: &str) -> Option<Vec<Cow<'_, str>>> {
    let elements: Vec<&RawValue> = serde_json::from_str(list).ok()?;
    Some(elements.into_iter().map(|element| element.get().into()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_wherever_they_are() {
        for (body, rows) in [
            (r#"[{"a":1}, {"a":2.50}]"#, vec![r#"{"a":1}"#, r#"{"a":2.50}"#]),
            (r#"{"data":[{"a":1}],"next_cursor":"x"}"#, vec![r#"{"a":1}"#]),
            (r#"{"data":{"a":1}}"#, vec![r#"{"a":1}"#]),
            (r#"{"history":[]}"#, vec![]),
            (r#"{"data":null}"#, vec![r#"{"data":null}"#]),
            (r#"{"bids":[{"price":"0.1"}]}"#, vec![r#"{"bids":[{"price":"0.1"}]}"#]),
        ] {
            assert_eq!(Page::read(body).unwrap().rows, rows, "{body}");
        }
        assert!(Page::read("1795392000").is_none());
        assert!(Page::read("<html>").is_none());
    }

    #[test]
    fn what_is_around_the_rows_stays() {
        let mut page = Page::read(r#"{"limit":2,"data":[{"a":1},{"a":2}],"more":true}"#).unwrap();
        page.rows.remove(0);
        assert_eq!(page.write(), br#"{"limit":2,"data":[{"a":2}],"more":true}"#);
        let mut row = Page::read(r#"{"data":{"a":1},"x":[]}"#).unwrap();
        row.rows[0] = r#"{"b":1}"#.into();
        assert_eq!(row.write(), br#"{"data":{"b":1},"x":[]}"#);
    }
}
