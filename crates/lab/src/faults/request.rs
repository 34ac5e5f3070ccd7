//! What goes wrong before a host looks at a request: parameters that it does not heed.

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

use super::FaultKind;

/// `uri` as the host understands it; `None` when `kind` is none of these.
pub(super) fn misread(kind: &FaultKind, uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let pairs: Vec<String> = match kind {
        FaultKind::IgnoresCursor => {
            pairs.filter(|(name, _)| !is_cursor(name)).map(rejoined).collect()
        }
        FaultKind::WrapAroundOffset { rows } => pairs
            .map(|(name, value)| match value.parse::<u64>() {
                Ok(offset) if name == "offset" && *rows > 0 => {
                    format!("{name}={}", offset % u64::from(*rows))
                }
                _ => rejoined((name, value)),
            })
            .collect(),
        FaultKind::TakerOnlyFeed => pairs
            .map(|(name, value)| match name {
                "taker_only" | "takerOnly" => format!("{name}=true"),
                _ => rejoined((name, value)),
            })
            .collect(),
        _ => return None,
    };
    let address =
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(address).ok()?);
    Uri::from_parts(parts).ok()
}

/// Whether `uri` asks for a page after the first.
pub(super) fn goes_on(uri: &Uri) -> bool {
    let pairs = uri.query().unwrap_or_default().split('&');
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.any(|(name, value)| {
        (is_cursor(name) && !value.is_empty()) || (name == "offset" && value != "0")
    })
}

fn is_cursor(name: &str) -> bool {
    matches!(name, "cursor" | "after_cursor" | "next_cursor")
}

fn rejoined((name, value): (&str, &str)) -> String {
    format!("{name}={value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misread_as(kind: &FaultKind, uri: &str) -> String {
        misread(kind, &uri.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn parameters_are_not_heeded() {
        let wrap = FaultKind::WrapAroundOffset { rows: 500 };
        let page = misread_as(&wrap, "/data/trades?limit=100&offset=1100&takerOnly=false");
        assert_eq!(page, "/data/trades?limit=100&offset=100&takerOnly=false");
        let takers =
            misread_as(&FaultKind::TakerOnlyFeed, "/data/v2/trades?taker_only=false&limit=2");
        assert_eq!(takers, "/data/v2/trades?taker_only=true&limit=2");
        let first = misread_as(&FaultKind::IgnoresCursor, "/clob/markets?next_cursor=MTAw");
        assert_eq!(first, "/clob/markets");
        assert!(misread(&FaultKind::NewKey, &"/clob/book".parse().unwrap()).is_none());
    }

    #[test]
    fn first_pages_are_told_from_the_others() {
        let goes_on = |uri: &str| goes_on(&uri.parse().unwrap());
        assert!(goes_on("/gamma/events/keyset?after_cursor=x"));
        assert!(goes_on("/data/trades?limit=5&offset=5"));
        for first in ["/data/trades", "/data/trades?offset=0", "/data/v2/trades?cursor=&limit=5"] {
            assert!(!goes_on(first), "{first}");
        }
    }
}
