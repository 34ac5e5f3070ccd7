//! What goes wrong in Data's feeds of trades and activity.

use std::borrow::Cow;

use super::FaultKind;
use super::list::Page;
use crate::json::Members;

/// Of so many transactions one is late.
const ONE_LATE_IN: u32 = 4;

/// Every so-many-th row comes twice.
const ONE_TWICE_IN: usize = 5;

/// Rows of combos are about no market that has a page.
const EMPTY: &str = "\"\"";

/// `body` after the fault; `None` when `kind` is none of these or the body is no feed. `now_s` is the
/// world's time in Unix seconds.
pub(super) fn spoilt(kind: &FaultKind, body: &str, now_s: i64) -> Option<Vec<u8>> {
    let mut page = Page::read(body)?;
    let is_feed = page.rows.iter().any(|row| transaction_hash(row).is_some());
    if !is_feed {
        return None;
    }
    match kind {
        FaultKind::LateTrade { by_s } => {
            let since_s = now_s - i64::from(*by_s);
            page.rows.retain(|row| !is_late(row, since_s));
        }
        FaultKind::ComboRows => {
            let middle = page.rows.len() / 2;
            let combo = combo_of(&page.rows[middle])?;
            page.rows.insert(middle, combo.into());
        }
        FaultKind::DuplicatedFills => {
            let rows = page.rows.into_iter().enumerate();
            page.rows = rows.flat_map(|(place, row)| twice(row, place)).collect();
        }
        _ => return None,
    }
    Some(page.write())
}

fn transaction_hash(row: &str) -> Option<String> {
    let members = Members::parse(row).ok()?;
    members.text("transaction_hash").or_else(|| members.text("transactionHash"))
}

/// Whether a row that is younger than `since_s` does not show yet. All rows of a transaction are late
/// together.
fn is_late(row: &str, since_s: i64) -> bool {
    let Some(last) = transaction_hash(row).and_then(|hash| hash.chars().next_back()) else {
        return false;
    };
    let Ok(members) = Members::parse(row) else { return false };
    let is_young = members.number("timestamp").is_some_and(|at_s| at_s > since_s as f64);
    is_young && last.to_digit(16).is_some_and(|digit| digit % ONE_LATE_IN == 0)
}

fn twice(row: Cow<'_, str>, place: usize) -> impl Iterator<Item = Cow<'_, str>> {
    let count = if place.is_multiple_of(ONE_TWICE_IN) { 2 } else { 1 };
    std::iter::repeat_n(row, count)
}

/// The same trade as if it had been one of a combo, in the spelling of the row.
fn combo_of(row: &str) -> Option<String> {
    let members = Members::parse(row).ok()?;
    let hash = transaction_hash(row)?;
    let digits = hash.strip_prefix("0x")?.get(..32)?;
    let condition = format!("\"0x03{digits}{:0<28}\"", "");
    // Position ids of combos have 76 digits; this one is no token of a market.
    let digits: String = hash.bytes().map(|byte| char::from(b'0' + byte % 10)).collect();
    let position = format!("\"14{:0<74}\"", digits.get(..66)?);
    let combo = members.replacing(&[
        ("condition_id", &condition),
        ("conditionId", &condition),
        ("token_id", &position),
        ("asset", &position),
        ("title", EMPTY),
        ("slug", EMPTY),
        ("icon", EMPTY),
        ("event_slug", EMPTY),
        ("eventSlug", EMPTY),
        ("outcome", EMPTY),
        ("outcome_index", "999"),
        ("outcomeIndex", "999"),
    ]);
    String::from_utf8(combo).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Ten trades, a second apart, the youngest at 1009 first.
    fn feed() -> String {
        let rows = (0..10).map(|row| {
            format!(
                r#"{{"conditionId":"0x{row:064x}","asset":"{row}","price":0.5,"timestamp":{},"slug":"s","outcome":"Yes","outcomeIndex":0,"transactionHash":"0x{:064x}"}}"#,
                1_009 - row,
                row
            )
        });
        format!("[{}]", rows.collect::<Vec<_>>().join(","))
    }

    fn rows(kind: &FaultKind, now_s: i64) -> Vec<Value> {
        serde_json::from_slice(&spoilt(kind, &feed(), now_s).unwrap()).unwrap()
    }

    #[test]
    fn late_trades_come_when_it_is_time() {
        let times = |now_s| -> Vec<i64> {
            let rows = rows(&FaultKind::LateTrade { by_s: 60 }, now_s);
            rows.iter().map(|row| row["timestamp"].as_i64().unwrap()).collect()
        };
        assert_eq!(times(1_010), [1_008, 1_007, 1_006, 1_004, 1_003, 1_002, 1_000]);
        // A minute after 1005 it is there, below younger rows that were there before.
        assert_eq!(times(1_065), [1_008, 1_007, 1_006, 1_005, 1_004, 1_003, 1_002, 1_001, 1_000]);
        assert_eq!(times(1_069).len(), 10);
    }

    #[test]
    fn a_combo_has_a_short_condition_and_no_market() {
        let rows = rows(&FaultKind::ComboRows, 0);
        assert_eq!(rows.len(), 11);
        let combo = &rows[5];
        let condition = combo["conditionId"].as_str().unwrap();
        assert!(condition.starts_with("0x03") && condition.len() == 64, "{condition}");
        assert_eq!(combo["asset"].as_str().unwrap().len(), 76);
        assert_eq!((&combo["slug"], &combo["outcome"]), (&Value::from(""), &Value::from("")));
        assert_eq!(combo["outcomeIndex"], 999);
        assert_eq!(combo["transactionHash"], rows[6]["transactionHash"]);
    }

    #[test]
    fn duplicates_are_the_same_byte_for_byte() {
        let rows = rows(&FaultKind::DuplicatedFills, 0);
        assert_eq!(rows.len(), 12);
        assert_eq!((&rows[0], &rows[6]), (&rows[1], &rows[7]));
        assert_ne!(rows[1], rows[2]);
    }

    #[test]
    fn what_is_no_feed_stays() {
        for body in [r#"{"data":[{"user_id":"0x1","pnl":2.0}]}"#, "[]", "1"] {
            assert_eq!(spoilt(&FaultKind::DuplicatedFills, body, 0), None, "{body}");
        }
    }
}
