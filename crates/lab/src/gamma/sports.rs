//! `/sports` and `/teams`.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde_json::json;

use super::answer::{Answer, Pairs, array, json_body, number, object};
use super::lists::{Limits, page};
use super::params::Params;
use super::problem::Problem;
use crate::json::Members;
use crate::server::App;

const LIMITS: Limits = Limits { default: 100, max: 500, max_offset: None };
const COLUMNS: [&str; 6] = ["id", "name", "league", "abbreviation", "createdAt", "updatedAt"];

/// Every league. There is no paging.
pub(super) async fn list(State(app): State<App>) -> Answer {
    Ok(array(app.lab.catalogue().await?.sports()))
}

/// `{"marketTypes":[…]}`: those that markets of the catalogue have.
pub(super) async fn market_types(State(app): State<App>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let types = catalogue.markets().iter().map(|market| &market.traits.sports_market_type);
    let types: BTreeSet<&String> = types.filter(|kind| !kind.is_empty()).collect();
    Ok(json_body(json!({ "marketTypes": types }).to_string()))
}

pub(super) async fn teams(State(app): State<App>, Query(pairs): Pairs) -> Answer {
    let params = Params::new(pairs);
    let wanted = ["league", "name", "abbreviation"].map(|member| (member, params.set(member)));
    let catalogue = app.lab.catalogue().await?;
    let is_wanted = |row: &&Bytes| {
        let members = std::str::from_utf8(row).ok().and_then(|text| Members::parse(text).ok());
        members.is_some_and(|members| {
            wanted.iter().all(|(member, wanted)| {
                let Some(wanted) = wanted else { return true };
                members.text(member).is_some_and(|held| wanted.contains(&held))
            })
        })
    };
    let rows = catalogue.teams().values().filter(is_wanted).cloned().collect();
    Ok(array(&page(rows, &params, &COLUMNS, LIMITS)?))
}

pub(super) async fn team(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let team = catalogue.teams().get(&number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(object(&app, "Team", team.clone()))
}
