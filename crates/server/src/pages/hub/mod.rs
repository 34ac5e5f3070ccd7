//! What the hubs of intelligence have in common: filters in the address, a table, what it waits for.

mod filters;
pub(super) mod insiders;
pub(super) mod scores;
pub(super) mod signals;
pub(super) mod whales;

use std::iter;

use axum::response::Response;
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde::Serialize;
use utoipa::IntoParams;

use super::{
    format::count,
    links::Address,
    lists,
    shell::{Boot, Page, Section, Surroundings},
    traders as cells,
};
use crate::{
    api::{
        intelligence::board::{self, Board, Paged},
        list::query_string,
        reply::Reply,
    },
    assets::Chunk,
    http::{
        error::ApiError,
        extract::{FromQuery, read_pairs},
        state::AppState,
    },
    view::intelligence::RowsPage,
};

/// A column of a table.
struct Column<T> {
    id: &'static str,
    header: &'static str,
    /// Text stands at the left, numbers at the right.
    is_text: bool,
    /// Where it stands on a phone: `p1` to `p5`, or nowhere.
    place: &'static str,
    cell: fn(&T, DateTime<Utc>) -> Markup,
}

const fn text<T>(
    id: &'static str,
    header: &'static str,
    place: &'static str,
    cell: fn(&T, DateTime<Utc>) -> Markup,
) -> Column<T> {
    Column { id, header, is_text: true, place, cell }
}

const fn number<T>(
    id: &'static str,
    header: &'static str,
    place: &'static str,
    cell: fn(&T, DateTime<Utc>) -> Markup,
) -> Column<T> {
    Column { id, header, is_text: false, place, cell }
}

fn table<T>(
    name: &str,
    caption: &str,
    columns: &[Column<T>],
    rows: &[T],
    now: DateTime<Utc>,
) -> Markup {
    let class = |column: &Column<T>| {
        let text = if column.is_text { "l " } else { "" };
        format!("{text}c-{} {}", column.id, column.place).trim_end().to_owned()
    };
    html! {
        // A box that scrolls must be reachable by keyboard.
        section class="scroll" aria-label=(caption) tabindex="0" {
            table class={ "grid board " (name) } {
                caption class="sr" { (caption) }
                thead { tr { @for column in columns { th class=(class(column)) scope="col" { (column.header) } } } }
                tbody {
                    @for row in rows {
                        tr { @for column in columns { td class=(class(column)) { ((column.cell)(row, now)) } } }
                    }
                }
            }
        }
    }
}

/// The rows of a list, or what it waits for, with the way to the next page.
fn rows<T>(
    name: &str,
    caption: &str,
    columns: &[Column<T>],
    page: (&[T], Option<&str>, Option<&str>),
    address: &Address,
    now: DateTime<Utc>,
) -> Markup {
    let (rows, next_cursor, waiting_for) = page;
    html! {
        @if rows.is_empty() {
            (nothing(waiting_for, address))
        } @else {
            (table(name, caption, columns, rows, now))
        }
        nav class="pages foot2" aria-label="Result pages" {
            @if address.get("cursor").is_some() { a href=(address.first_page().href()) { "First" } }
            span { (count(rows.len())) @if next_cursor.is_some() { ", and more" } }
            @if let Some(cursor) = next_cursor {
                a rel="next" href=(address.first_page().with("cursor", cursor).href()) { "More" }
            }
        }
    }
}

/// The state of a list without rows.
fn nothing(waiting_for: Option<&str>, address: &Address) -> Markup {
    html! {
        div class="state" role="status" {
            @match waiting_for {
                Some(sentence) => { h2 { "Nothing yet" } p { (sentence) } },
                None => {
                    h2 { "Nothing matches" }
                    p { "Records are there, and these filters leave none of them." }
                    p { a class="chip" href=(address.path()) { "Reset" } }
                },
            }
        }
    }
}

/// The parameters of an address that a query takes, and what they mean.
fn read<Q: FromQuery + IntoParams>(
    address: &Address,
) -> Result<(Q, Vec<(String, String)>), ApiError> {
    let known: Vec<String> = Q::into_params(|| None).into_iter().map(|one| one.name).collect();
    let pairs =
        address.others(&[]).into_iter().filter(|(name, _)| known.iter().any(|one| one == name));
    let pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok((read_pairs(pairs.clone()).map_err(ApiError::invalid_query)?, pairs))
}

/// What a hub is asked for.
struct Asked<'a> {
    app: &'a AppState,
    address: &'a Address,
    now: DateTime<Utc>,
}

impl Asked<'_> {
    /// A list and nothing else. `file`: the path of the same as a file, without its ending.
    async fn list<B: Board>(
        &self,
        (name, caption): (&str, &str),
        columns: &[Column<B::Row>],
        file: Option<&str>,
    ) -> Result<Body, ApiError> {
        let (query, pairs) = read::<Paged<B>>(self.address)?;
        let reply = board::answer(self.app, &query).await?;
        let RowsPage { rows: shown, next_cursor, waiting_for } = &reply.data;
        let page = (shown.as_slice(), next_cursor.as_deref(), waiting_for.as_deref());
        let content = rows(name, caption, columns, page, self.address, self.now);
        Body::new(content, &reply, file.map(|path| csv_href(path, &pairs)))
    }
}

/// What a hub shows under its filters.
struct Body {
    content: Markup,
    /// The API's own answer.
    reply: Vec<u8>,
    /// The same as a file.
    csv: Option<String>,
}

impl Body {
    fn new<T: Serialize>(
        content: Markup,
        reply: &Reply<T>,
        csv: Option<String>,
    ) -> Result<Self, ApiError> {
        let reply = serde_json::to_vec(reply).map_err(ApiError::internal)?;
        Ok(Self { content, reply, csv })
    }
}

/// The address of a list's file: its filters, without the page.
fn csv_href(path: &str, pairs: &[(String, String)]) -> String {
    let kept = pairs.iter().filter(|(name, _)| name != "cursor" && name != "limit");
    let query = query_string(kept.map(|(name, value)| (name, value)));
    if query.is_empty() { format!("{path}.csv") } else { format!("{path}.csv?{query}") }
}

/// What surrounds the body of a hub.
struct Hub<'a> {
    title: &'static str,
    /// Its class.
    name: &'static str,
    sub: &'static str,
    section: Section,
    chunk: Chunk,
    address: &'a Address,
    /// Name and label, the first one without a parameter.
    tabs: &'static [(&'static str, &'static str)],
    tab: &'static str,
    fields: &'static [&'static str],
    notice: Markup,
}

impl Hub<'_> {
    /// The page; with status 400, the form, and what is wrong with it where it cannot be used.
    fn show(
        self,
        surroundings: &Surroundings<'_>,
        body: Result<Body, ApiError>,
    ) -> Result<Response, ApiError> {
        let body = match body {
            Ok(body) => body,
            Err(error) if !error.fields().is_empty() => {
                let form = filters::form(self.address, self.fields, error.fields());
                let path = self.address.path();
                return Ok(lists::refused(surroundings, self.title, path, self.section, &form));
            }
            Err(error) => return Err(error),
        };
        let main = self.main(&body);
        Ok(surroundings.render(&Page {
            title: self.title.to_owned(),
            description: format!("{}: {}.", self.title, self.sub),
            canonical: self.address.without("cursor").href(),
            section: self.section,
            boot: Some(Boot {
                chunk: self.chunk,
                query_string: self.address.query(),
                reply: body.reply,
            }),
            density: None,
            is_unlisted: false,
            main,
        }))
    }

    fn main(&self, body: &Body) -> Markup {
        html! {
            main class={ "main list hub " (self.name) } id="main" {
                section class="col" {
                    div class="head" {
                        div class="a" {
                            h1 { (self.title) }
                            span class="sub" { (self.sub) }
                            div class="tools" {
                                @if let Some(csv) = &body.csv { a class="chip" href=(csv) download { "CSV" } }
                            }
                        }
                        @if !self.tabs.is_empty() { (self.tabs()) }
                        (filters::form(self.address, self.fields, &[]))
                    }
                    (self.notice)
                    (body.content)
                }
            }
        }
    }

    fn tabs(&self) -> Markup {
        let base = self.address.first_page().without("sort").without("tab");
        let first = self.tabs.first().map(|(id, _)| *id);
        html! {
            nav class="tabs" aria-label={ "Lists of " (self.title) } {
                @for (id, label) in self.tabs {
                    @let is_current = *id == self.tab;
                    @let href = if Some(*id) == first { base.href() } else { base.with("tab", *id).href() };
                    a href=(href) class=[is_current.then_some("on")] aria-current=[is_current.then_some("page")] { (label) }
                }
            }
        }
    }
}

/// The tab that an address names; the first unless it names one.
fn tab_of(address: &Address, tabs: &'static [(&'static str, &'static str)]) -> &'static str {
    let named = address.get("tab");
    let known = tabs.iter().map(|(id, _)| *id).find(|id| Some(*id) == named.as_deref());
    known.or_else(|| tabs.first().map(|(id, _)| *id)).unwrap_or_default()
}

/// A note above a list.
fn told(parts: impl IntoIterator<Item = Markup>) -> Markup {
    html! { p class="notice" data-kind="told" { @for part in parts { (part) " " } } }
}

/// A link that sets a parameter, or drops it where it is set.
fn switch(address: &Address, name: &'static str, value: &str, words: (&str, &str)) -> Markup {
    let is_set = address.get(name).as_deref() == Some(value);
    let first = address.first_page();
    let next = if is_set { first.without(name) } else { first.with(name, value) };
    html! { a class="link" href=(next.href()) { @if is_set { (words.1) } @else { (words.0) } } }
}

/// A page of one thing rather than of a list.
fn page_of(
    title: String,
    description: &str,
    canonical: String,
    section: Section,
    boot: (Chunk, Vec<u8>),
    main: Markup,
) -> Page {
    let (chunk, reply) = boot;
    Page {
        title,
        description: description.to_owned(),
        canonical,
        section,
        boot: Some(Boot { chunk, query_string: String::new(), reply }),
        density: None,
        is_unlisted: false,
        main,
    }
}

/// Some markups one after the other.
fn joined(parts: impl IntoIterator<Item = Markup>) -> Markup {
    let mut parts = parts.into_iter();
    let first = parts.next();
    html! {
        @for (index, part) in iter::once(first).flatten().chain(parts).enumerate() {
            @if index > 0 { ", " } (part)
        }
    }
}
