//! Tables for spreadsheets (RFC 4180): one header line with units, raw numbers, instants in UTC, nothing for the unknown.

use std::io;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::{StreamExt as _, stream};

use crate::http::cache::CachePolicy;
use crate::http::error::ApiError;

/// A body as a file of this name.
pub(crate) fn attachment(name: &str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    headers.insert(header::CONTENT_TYPE, kind);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response.extensions_mut().insert(CachePolicy::NoStore);
    response
}

/// A table that is read part by part, because it may be long.
pub(crate) trait Parts: Send + Sized + 'static {
    /// The next lines; `None` after the last.
    fn part(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, ApiError>> + Send;
}

/// A table as a file of this name, sent while it is read.
///
/// # Errors
///
/// Of the first part. One that fails later breaks the transfer off, which a client notices.
pub(crate) async fn streamed(
    name: &str,
    mut table: Vec<u8>,
    mut parts: impl Parts,
) -> Result<Response, ApiError> {
    let Some(first) = parts.part().await? else { return Ok(attachment(name, Body::from(table))) };
    table.extend(first);
    let rest = stream::unfold(Some(parts), |parts| async move {
        let mut parts = parts?;
        match parts.part().await {
            Ok(part) => part.map(|part| (Ok(Bytes::from(part)), Some(parts))),
            Err(error) => Some((Err(io::Error::other(error.code().code())), None)),
        }
    });
    let first = stream::once(async move { Ok::<_, io::Error>(Bytes::from(table)) });
    // The compressor asks once more after the end.
    Ok(attachment(name, Body::from_stream(first.chain(rest).fuse())))
}

/// What a cell holds. The unknown is left empty.
pub(crate) enum Cell {
    Text(String),
    /// As it is, without separators.
    Number(Option<f64>),
    /// In UTC.
    Instant(Option<DateTime<Utc>>),
    Flag(bool),
}

impl Cell {
    /// A text, or nothing.
    pub(crate) fn text(text: Option<impl Into<String>>) -> Self {
        Self::Text(text.map(Into::into).unwrap_or_default())
    }
}

/// Appends a line.
pub(crate) fn write_line(out: &mut Vec<u8>, cells: impl Iterator<Item = Cell>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match cell {
            Cell::Text(text) => write_text(out, &text),
            Cell::Number(Some(number)) => out.extend_from_slice(number.to_string().as_bytes()),
            Cell::Instant(Some(at)) => {
                out.extend_from_slice(at.to_rfc3339_opts(SecondsFormat::AutoSi, true).as_bytes());
            }
            Cell::Flag(flag) => out.extend_from_slice(flag.to_string().as_bytes()),
            Cell::Number(None) | Cell::Instant(None) => {}
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    let is_number = text.parse::<f64>().is_ok();
    let looks_like_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
    let text = if looks_like_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) {
        out.extend_from_slice(format!("\"{}\"", text.replace('"', "\"\"")).as_bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn line(cells: Vec<Cell>) -> String {
        let mut out = Vec::new();
        write_line(&mut out, cells.into_iter());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_quoted_and_formulas_disarmed() {
        let cells = ["a,b", "say \"no\"", "two\nlines", "plain"].map(text).into();
        assert_eq!(line(cells), "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",plain\r\n");
        let cells = ["=1+1", "@cmd", "-5.5", "+Yes, sir", "-x"].map(text).into();
        assert_eq!(line(cells), "'=1+1,'@cmd,-5.5,\"'+Yes, sir\",'-x\r\n");
    }

    #[test]
    fn numbers_are_raw_and_the_unknown_is_empty() {
        let cells = vec![
            Cell::Number(Some(-0.0125)),
            Cell::Number(None),
            Cell::Instant(None),
            Cell::Flag(true),
        ];
        assert_eq!(line(cells), "-0.0125,,,true\r\n");
    }
}
