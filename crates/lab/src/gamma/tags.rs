//! `/tags`: the list, single tags, and which belong together.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde::Serialize;

use super::answer::{Answer, Pairs, array, json_body, number};
use super::lists::{Limits, page};
use super::params::Params;
use super::problem::Problem;
use crate::catalogue::{Catalogue, Related, Status, Tag};
use crate::json;
use crate::server::App;

const LIMITS: Limits = Limits { default: 100, max: 100, max_offset: None };
const COLUMNS: [&str; 6] = ["id", "label", "slug", "createdAt", "updatedAt", "publishedAt"];

pub(super) async fn list(State(app): State<App>, Query(pairs): Pairs) -> Answer {
    let params = Params::new(pairs);
    let is_carousel = params.flag("is_carousel")?;
    let catalogue = app.lab.catalogue().await?;
    let wanted = |tag: &Tag| is_carousel.is_none_or(|wanted| wanted == tag.is_carousel);
    let tags = catalogue.tags().iter().filter(|tag| wanted(tag));
    let rows = tags.map(|tag| tag.body.clone()).collect();
    Ok(array(&page(rows, &params, &COLUMNS, LIMITS)?))
}

pub(super) async fn by_id(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let tag = catalogue.tag(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(json_body(tag.body.clone()))
}

pub(super) async fn by_slug(State(app): State<App>, Path(slug): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let tag = catalogue.tag_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    Ok(json_body(tag.body.clone()))
}

pub(super) async fn relations_by_id(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let tag = catalogue.tag(number(&id)?).ok_or(Problem::NotFound("id"))?;
    relations(&catalogue, tag, &Params::new(pairs))
}

pub(super) async fn relations_by_slug(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let tag = catalogue.tag_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    relations(&catalogue, tag, &Params::new(pairs))
}

pub(super) async fn related_by_id(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let tag = catalogue.tag(number(&id)?).ok_or(Problem::NotFound("id"))?;
    related(&catalogue, tag, &Params::new(pairs))
}

pub(super) async fn related_by_slug(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let tag = catalogue.tag_by_slug(&slug).ok_or(Problem::NotFound("slug"))?;
    related(&catalogue, tag, &Params::new(pairs))
}

/// A row of `/tags/{id}/related-tags`.
#[derive(Serialize)]
struct RelationRow {
    id: String,
    #[serde(rename = "tagID")]
    tag: u64,
    #[serde(rename = "relatedTagID")]
    related: u64,
    rank: usize,
}

/// The relations of `tag`, without those `omit_empty` leaves out.
fn select(catalogue: &Catalogue, tag: &Tag, params: &Params) -> Result<Vec<Related>, Problem> {
    let status = match params.one("status") {
        None | Some("all") => Status::All,
        Some("active") => Status::Active,
        Some("closed") => Status::Closed,
        Some(_) => {
            let error = "expected value to be one of \"active, closed, all\"";
            return Err(Problem::Invalid(error.to_owned()));
        }
    };
    let omit_empty = params.flag("omit_empty")?.unwrap_or(false);
    let mut related = catalogue.related_tags(tag.number, status);
    related.retain(|related| !omit_empty || related.events > 0);
    Ok(related)
}

fn relations(catalogue: &Catalogue, tag: &Tag, params: &Params) -> Answer {
    let related = select(catalogue, tag, params)?;
    let rows: Vec<RelationRow> = related
        .into_iter()
        .map(|related| RelationRow {
            id: (tag.number * 1_000_000 + related.number).to_string(),
            tag: tag.number,
            related: related.number,
            rank: related.rank,
        })
        .collect();
    let body = serde_json::to_vec(&rows).map_err(|_| Problem::Broken("a row cannot be written"))?;
    Ok(json_body(body))
}

/// The related tags themselves, each with `activeEventsCount`.
fn related(catalogue: &Catalogue, tag: &Tag, params: &Params) -> Answer {
    let wanted = select(catalogue, tag, params)?;
    let active = catalogue.related_tags(tag.number, Status::Active);
    let rows: Vec<Bytes> = wanted
        .iter()
        .filter_map(|wanted| {
            let count = active.iter().find(|related| related.number == wanted.number)?.events;
            let mut body = catalogue.tag(wanted.number)?.body.to_vec();
            let count = count.to_string();
            json::append_members(&mut body, [("activeEventsCount", count.as_bytes())]);
            Some(body.into())
        })
        .collect();
    Ok(array(&rows))
}
