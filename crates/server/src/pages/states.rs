//! What stands where data would be: nothing found, nothing held, an error.

use chrono::{DateTime, Utc};
use domain::{ErrorCode, InvalidField};
use maud::{Markup, html};

use super::{
    format::{ago, utc},
    shell::{Page, Section},
};
use crate::{
    api::reply::ItemMetadata,
    http::{error::ApiError, request_id::RequestId, state::AppState},
};

/// The page of a request that failed.
pub(super) fn error(error: &ApiError, request_id: &RequestId) -> Page {
    let title = match error.code() {
        ErrorCode::MarketNotFound => "There is no such market",
        ErrorCode::EventNotFound => "There is no such event",
        ErrorCode::ProtocolContract => "This address is nobody's wallet",
        ErrorCode::RouteNotFound => "There is no such page",
        ErrorCode::RateLimited => "Too many requests",
        ErrorCode::NotReady => "The terminal is starting",
        ErrorCode::Timeout => "The server took too long",
        _ => "The request failed",
    };
    let is_missing = error.status() == axum::http::StatusCode::NOT_FOUND;
    let main = html! {
        main class="main page" id="main" {
            div class="state" data-kind="error" role="alert" {
                h1 { (title) }
                p { (error.message()) }
                (field_errors(error.fields()))
                @if is_missing { (search_form("/markets", "Search all markets")) }
                p {
                    a class="chip" href="/markets" { "Screener" } " "
                    a class="chip" href="/events" { "Events" } " "
                    a class="chip" href="/wallets" { "Wallets" } " "
                    a class="chip" href="/map" { "Map" } " "
                    a class="chip" href="/categories" { "Categories" }
                }
                p class="mono" { (error.code().code()) " · request " (request_id) }
            }
        }
    };
    Page {
        title: title.to_owned(),
        description: error.message().to_owned(),
        canonical: "/markets".to_owned(),
        section: Section::Elsewhere,
        boot: None,
        density: None,
        is_unlisted: true,
        main,
    }
}

fn search_form(action: &str, label: &str) -> Markup {
    html! {
        form class="chips" role="search" method="get" action=(action) {
            input type="hidden" name="status" value="all";
            label class="chip search" {
                input type="search" name="q" maxlength="200" aria-label=(label) placeholder=(label);
            }
            button class="chip" type="submit" { "Search" }
        }
    }
}

/// Refused parameters, each with what would be accepted.
pub(super) fn field_errors(fields: &[InvalidField]) -> Markup {
    html! {
        @if !fields.is_empty() {
            ul class="errors" {
                @for field in fields {
                    li id={ "error-" (field.field) } {
                        code { (field.field) }
                        @if let Some(value) = field.value.as_deref().filter(|value| !value.is_empty()) {
                            " = " (value)
                        }
                        ": " (field.message)
                    }
                }
            }
        }
    }
}

/// What there is to say above a list, and only then: the data is old, or there is none.
pub(super) fn notice(
    app: &AppState,
    item: &ItemMetadata,
    is_empty: bool,
    now: DateTime<Utc>,
) -> Markup {
    html! {
        @if is_empty {
            p class="notice" data-kind="empty" { (why_empty(app, now)) }
        } @else if item.stale {
            p class="notice" data-kind="stale" { (why_stale(app, item, now)) }
        }
    }
}

/// The catalogue holds nothing: what is known of the reason, and nothing else.
fn why_empty(app: &AppState, now: DateTime<Utc>) -> Markup {
    let syncs = app.sync().overview();
    html! {
        "No markets yet: "
        @if let Some(running) = &syncs.running {
            "the first sync is " (running.status) ", "
            (running.markets_seen) " markets seen in " (running.pages) " pages so far."
        } @else if let Some(failed) = syncs.last.as_ref().filter(|last| last.status == "failed") {
            "Polymarket could not be read. The last attempt failed "
            (ago(failed.finished_at.unwrap_or(failed.started_at), now))
            @if let Some(error) = &failed.error { ": " (error) }
            ". The next one follows by itself."
        } @else if syncs.last.is_some() {
            "the last sync brought none."
        } @else {
            "no sync has begun. One starts by itself where this server, or another on its database, has the role ingest."
        }
    }
}

fn why_stale(app: &AppState, item: &ItemMetadata, now: DateTime<Utc>) -> Markup {
    let syncs = app.sync().overview();
    let failed_since = syncs
        .recent
        .iter()
        .skip_while(|sync| sync.finished_at.is_none())
        .take_while(|sync| sync.status == "failed")
        .last();
    html! {
        @match item.last_synced {
            Some(at) => {
                "These figures are old: the last complete sync ended " (ago(at, now)) " (" (utc(at)) ")."
            },
            None => "No sync has finished yet: these figures are not the whole catalogue.",
        }
        @if let Some(failed) = failed_since {
            " Polymarket could not be read since " (utc(failed.started_at)) "."
        } @else if syncs.running.is_some() {
            " A sync is under way."
        }
    }
}
