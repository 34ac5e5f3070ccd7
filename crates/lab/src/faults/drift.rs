//! Schema drift: members nobody has seen before and types that change.

use serde_json::Number;
use serde_json::value::RawValue;

use super::FaultKind;
use super::list::Page;
use crate::json::{self, Members};

/// The new member.
const NEW_MEMBER: (&str, &[u8]) = ("marketMoodRing", br#"{"hue":7,"seenBy":["nobody"]}"#);

/// Longer digits are ids, and too long for the numbers of most languages.
const MOST_DIGITS: usize = 18;

/// `body` after the drift; `None` when `kind` is no drift or there is nothing to change.
pub(super) fn drifted(kind: &FaultKind, body: &str) -> Option<Vec<u8>> {
    match kind {
        FaultKind::NewKey => {
            let mut page = Page::read(body)?;
            for row in page.rows.iter_mut().filter(|row| row.starts_with('{')) {
                *row = String::from_utf8(with_new_key(row.as_bytes())).ok()?.into();
            }
            Some(page.write())
        }
        FaultKind::ChangedType => Some(with_changed_types(body.trim()).into_bytes()),
        _ => None,
    }
}

/// The object `row` with one more member.
pub(super) fn with_new_key(row: &[u8]) -> Vec<u8> {
    let mut spoilt = row.to_vec();
    json::append_members(&mut spoilt, [NEW_MEMBER]);
    spoilt
}

/// `value` with the types of all figures swapped, at any depth.
fn with_changed_types(value: &str) -> String {
    if let Ok(members) = Members::parse(value) {
        let changed = members.iter().map(|(name, raw)| {
            let raw = swapped(name, raw).unwrap_or_else(|| with_changed_types(raw));
            format!("{}:{raw}", json::quoted(name))
        });
        return format!("{{{}}}", changed.collect::<Vec<_>>().join(","));
    }
    match serde_json::from_str::<Vec<&RawValue>>(value) {
        Ok(elements) => {
            let changed = elements.iter().map(|element| with_changed_types(element.get()));
            format!("[{}]", changed.collect::<Vec<_>>().join(","))
        }
        Err(_) => value.to_owned(),
    }
}

/// A number as a string or the other way round; `None` for ids and for what is no figure.
pub(super) fn swapped(name: &str, raw: &str) -> Option<String> {
    let is_id = name.to_ascii_lowercase().ends_with("id");
    let bare = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    let is_figure = serde_json::from_str::<Number>(bare).is_ok() && bare.len() <= MOST_DIGITS;
    let is_text = bare.len() != raw.len();
    (is_figure && !is_id).then(|| if is_text { bare.to_owned() } else { format!("\"{bare}\"") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drift(kind: &FaultKind, body: &str) -> String {
        String::from_utf8(drifted(kind, body).unwrap()).unwrap()
    }

    #[test]
    fn every_row_has_a_new_member() {
        let spoilt = drift(&FaultKind::NewKey, r#"{"data":[{"a":1},{}],"next_cursor":"x"}"#);
        let new = r#""marketMoodRing":{"hue":7,"seenBy":["nobody"]}"#;
        let expected = format!(r#"{{"data":[{{"a":1,{new}}},{{{new}}}],"next_cursor":"x"}}"#);
        assert_eq!(spoilt, expected);
        assert!(drift(&FaultKind::NewKey, r#"{"bids":[]}"#).contains(new));
    }

    #[test]
    fn figures_change_their_types_and_ids_do_not() {
        let body = r#"{"market":"0xbd","event_id":7,"asset_id":"71","timestamp":"1757908892351",
            "neg_risk":false,"bids":[{"price":"0.48","size":"30"}],"limit":100,"price":1e-3,
            "token":"65818619657568813474341868652308942079804919287380422192892211131408793125422",
            "slug":"10-by-20","hash":""}"#;
        let expected = concat!(
            r#"{"market":"0xbd","event_id":7,"asset_id":"71","timestamp":1757908892351,"#,
            r#""neg_risk":false,"bids":[{"price":0.48,"size":30}],"limit":"100","price":"1e-3","#,
            r#""token":"65818619657568813474341868652308942079804919287380422192892211131408793125422","#,
            r#""slug":"10-by-20","hash":""}"#,
        );
        assert_eq!(drift(&FaultKind::ChangedType, body), expected);
        let list = drift(&FaultKind::ChangedType, r#"[{"p":0.5},"0.5"]"#);
        assert_eq!(list, r#"[{"p":"0.5"},"0.5"]"#);
    }
}
