//! Faults inside a page: what they do to its rows.

use axum::body::Bytes;

use super::FaultKind;
use super::drift::{swapped, with_new_key};
use crate::bad_rows::{Entity, bad_rows};
use crate::json::{self, Members};

/// Values a decoder meets where a row should be.
const GARBAGE: [&str; 6] = [
    "null",
    "\"qqq\"",
    "[]",
    "17",
    "{\"error\":\"row unavailable\"}",
    "{\"id\":{\"$oid\":\"5f\"},\"markets\":7}",
];

/// Applies the row faults to a page of `entity` rows; other kinds leave it alone.
pub(crate) fn spoil_rows(kind: &FaultKind, entity: Entity, rows: &mut Vec<Bytes>) {
    match kind {
        FaultKind::BadRow { row } => {
            if let Some(bad) = bad_rows().iter().find(|known| known.name == row) {
                rows.insert(rows.len() / 2, bad.body_for(entity).into());
            }
        }
        FaultKind::HalfGarbage => {
            for (row, garbage) in rows.iter_mut().step_by(2).zip(GARBAGE.iter().cycle()) {
                *row = Bytes::from_static(garbage.as_bytes());
            }
        }
        FaultKind::NewKey => {
            for row in rows {
                *row = with_new_key(row).into();
            }
        }
        FaultKind::ChangedType => {
            for row in rows {
                *row = change_types(row);
            }
        }
        _ => {}
    }
}

/// Swaps numbers and strings in figures whose type clients rely on.
fn change_types(row: &Bytes) -> Bytes {
    const FIGURES: [&str; 5] = ["volume", "liquidity", "volumeNum", "liquidityNum", "volume24hr"];
    let text = std::str::from_utf8(row).unwrap_or_default();
    let Ok(members) = Members::parse(text) else { return row.clone() };
    let swapped: Vec<(&str, String)> = FIGURES
        .iter()
        .filter_map(|&name| {
            let raw = members.raw(name)?;
            Some((name, swapped(name, raw)?))
        })
        .collect();
    let names: Vec<&str> = swapped.iter().map(|&(name, _)| name).collect();
    let mut spoilt = members.without(&names);
    json::append_members(&mut spoilt, swapped.iter().map(|(name, raw)| (*name, raw.as_bytes())));
    spoilt.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_change_and_values_stay() {
        let row = Bytes::from_static(br#"{"id":"1","volume":"12.5","volumeNum":12.5}"#);
        let spoilt = change_types(&row);
        assert_eq!(spoilt.as_ref(), br#"{"id":"1","volume":12.5,"volumeNum":"12.5"}"#);
    }
}
