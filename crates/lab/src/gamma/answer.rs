//! What the handlers share: extractors, and answers put together from raw rows.

use axum::body::{Body, Bytes};
use axum::extract::{Extension, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::paging::CURSOR_TO_START;
use super::problem::Problem;
use crate::bad_rows::Entity;
use crate::faults::{FaultKind, PageFault, spoil_rows};
use crate::json;
use crate::server::{App, Source};
use crate::world::World;

pub(super) type Answer = Result<Response, Problem>;
pub(super) type Pairs = Query<Vec<(String, String)>>;
pub(super) type Struck = Option<Extension<PageFault>>;

/// Looks at the world off the request's thread; `None` for a replay.
pub(super) async fn ask<T: Send + 'static>(
    app: &App,
    question: impl FnOnce(&mut World) -> T + Send + 'static,
) -> Result<Option<T>, Problem> {
    let lab = app.lab.clone();
    tokio::task::spawn_blocking(move || lab.with_world(question))
        .await
        .map_err(|_| Problem::Broken("the world broke; see the lab's log"))
}

/// A numeric id in a path.
pub(super) fn number(id: &str) -> Result<u64, Problem> {
    id.parse().map_err(|_| Problem::Invalid("id is invalid".to_owned()))
}

pub(super) fn json_body(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}

/// `[…]` of raw rows.
pub(super) fn array(rows: &[Bytes]) -> Response {
    json_body(json::array(rows.iter().map(AsRef::as_ref)))
}

/// A single object with the link to its schema, as upstream links those of named types. What was
/// recorded stays as it was recorded.
pub(super) fn object(app: &App, schema: &str, body: Bytes) -> Response {
    match app.lab.source() {
        Source::Replay(_) => json_body(body),
        Source::World { .. } => json_body(linked(schema, &body)),
    }
}

/// A single object, written here, with the link to its schema.
pub(super) fn written(app: &App, schema: &str, row: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(row).map_err(|_| Problem::Broken("a row cannot be written"))?;
    Ok(object(app, schema, body.into()))
}

/// The object in `body` with `$schema` as its first member.
fn linked(schema: &str, body: &[u8]) -> Vec<u8> {
    let link = format!("{{\"$schema\":\"https://gamma-api.polymarket.com/schemas/{schema}.json\"");
    let rest = body.strip_prefix(b"{").unwrap_or(body);
    let mut linked = Vec::with_capacity(link.len() + rest.len() + 1);
    linked.extend_from_slice(link.as_bytes());
    if rest != b"}" {
        linked.push(b',');
    }
    linked.extend_from_slice(rest);
    linked
}

/// `{"<list>":[…],"next_cursor":"…"}`; without the cursor on the last page.
pub(super) fn keyset_page(
    app: &App,
    (list, schema): (&str, &str),
    rows: &[Bytes],
    next: Option<&str>,
) -> Response {
    let rows = json::array(rows.iter().map(AsRef::as_ref));
    let mut body = Vec::with_capacity(rows.len() + 192);
    body.extend_from_slice(b"{}");
    let next = next.map(json::quoted);
    let next = next.as_ref().map(|cursor| ("next_cursor", cursor.as_bytes()));
    json::append_members(&mut body, std::iter::once((list, rows.as_slice())).chain(next));
    object(app, schema, body.into())
}

/// What a page fault changes in the page.
pub(super) fn spoil_page(
    entity: Entity,
    mut rows: Vec<Bytes>,
    next: Option<String>,
    struck: Option<&Extension<PageFault>>,
) -> (Vec<Bytes>, Option<String>) {
    let Some(Extension(PageFault(kind))) = struck else { return (rows, next) };
    spoil_rows(kind, entity, &mut rows);
    let next = if *kind == FaultKind::CursorLoop { Some(CURSOR_TO_START.to_owned()) } else { next };
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_the_first_member() {
        let link = r#""$schema":"https://gamma-api.polymarket.com/schemas/Event.json""#;
        assert_eq!(linked("Event", b"{}"), format!("{{{link}}}").into_bytes());
        assert_eq!(
            linked("Event", br#"{"id":"1"}"#),
            format!(r#"{{{link},"id":"1"}}"#).into_bytes()
        );
    }
}
