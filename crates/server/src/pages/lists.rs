//! What the two lists, markets and events, have in common.

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

use super::{
    format::count,
    links::Address,
    shell::{Page, Section, Surroundings},
};
use crate::{
    api::list::{ListMetadata, Paging, query_string},
    http::bodies::{SERVER_TIMING, server_timing},
    view::FacetCount,
};

/// The one address of a list's page: its filters and order in canonical form, and where it begins.
pub(super) fn canonical(
    path: &str,
    mut screen: Vec<(&'static str, String)>,
    paging: &Paging,
) -> String {
    if paging.page.offset > 0 {
        screen.push(("offset", paging.page.offset.to_string()));
    }
    let query = query_string(screen);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The page with status 400 of a list whose filters cannot be used; the form says which, and why.
pub(super) fn refused(
    surroundings: &Surroundings<'_>,
    title: &str,
    path: &'static str,
    section: Section,
    form: &Markup,
) -> Response {
    let main = html! {
        main class="main list" id="main" {
            section class="col" {
                div class="head" { div class="a" { h1 { (title) } } (form) }
                div class="state" data-kind="error" role="alert" {
                    h2 { "Some of these filters cannot be used" }
                    p { "Nothing is shown until they are corrected or dropped." }
                    p { a class="chip" href=(path) { "Clear all filters" } }
                }
            }
        }
    };
    let page = Page {
        title: title.to_owned(),
        description: "Some of these filters cannot be used.".to_owned(),
        canonical: path.to_owned(),
        section,
        boot: None,
        density: None,
        is_unlisted: true,
        main,
    };
    (StatusCode::BAD_REQUEST, surroundings.render(&page)).into_response()
}

/// Says how long the screen took where the script reads it.
pub(super) fn timed(mut response: Response, screening: Duration) -> Response {
    if let Ok(timing) = HeaderValue::from_str(&server_timing(screening)) {
        response.headers_mut().insert(SERVER_TIMING, timing);
    }
    response
}

/// Links to the pages before and after, and where one is.
pub(super) fn pager(address: &Address, metadata: &ListMetadata, shown: usize) -> Markup {
    let ListMetadata { total, limit, offset, .. } = metadata;
    let (first, last) = (offset + 1, offset + shown);
    let at = |offset: usize| {
        let base = address.first_page();
        if offset == 0 { base.href() } else { base.with("offset", offset.to_string()).href() }
    };
    html! {
        nav class="pages foot2" aria-label="Result pages" {
            @if *offset > 0 { a rel="prev" href=(at(offset.saturating_sub(*limit))) { "Previous" } }
            span {
                @if shown == 0 { "0 of " (count(*total)) }
                @else { (count(first)) "–" (count(last)) " of " (count(*total)) }
            }
            @if last < *total && shown > 0 { a rel="next" href=(at(offset + limit)) { "Next" } }
        }
    }
}

/// One facet: each value a link that sets or drops it, with its count. `is_single`: choosing one value drops
/// the others.
pub(super) fn facet(
    title: &str,
    parameter: &str,
    counts: &[FacetCount],
    address: &Address,
    is_single: bool,
) -> Markup {
    let shown: Vec<&FacetCount> =
        counts.iter().filter(|value| value.count > 0 || value.selected).collect();
    let largest = shown.iter().map(|value| value.count).max().unwrap_or(1).max(1);
    let href = |value: &FacetCount| {
        if is_single {
            address.first_page().with(parameter, value.value.as_str()).href()
        } else {
            address.toggled(parameter, &value.value).href()
        }
    };
    html! {
        @if !shown.is_empty() {
            section {
                h2 { (title) }
                @for value in shown {
                    a class="fr" href=(href(value)) rel="nofollow" aria-current=[value.selected.then_some("true")] {
                        span class="cb" {}
                        span class="v" title=(value.label) { (value.label) }
                        em { (count(value.count)) }
                        svg class="fb" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true" {
                            rect width=(format!("{:.1}", value.count as f64 / largest as f64 * 100.0)) height="2" {}
                        }
                    }
                }
            }
        }
    }
}

/// What can be dropped from a list that found nothing: a link for each parameter that narrows.
pub(super) fn relaxations(address: &Address, narrowing: &[&str]) -> Markup {
    let set: Vec<(&str, String)> =
        narrowing.iter().filter_map(|name| address.get(name).map(|value| (*name, value))).collect();
    html! {
        @if !set.is_empty() {
            p { "Relax one of these:" }
            p class="buttons" {
                @for (name, value) in &set {
                    a class="chip" href=(address.first_page().without(name).href()) {
                        @if *name == "q" { "without text “" (value) "”" }
                        @else { "without " (name.replace('_', " ")) " " (value) }
                    }
                    " "
                }
            }
        }
        p { a class="chip primary" href=(address.path()) { "Clear all filters" } }
    }
}
