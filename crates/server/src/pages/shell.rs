//! The document around every page.

use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::MarketStatus;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;
use serde_json::value::RawValue;

use super::format::{ago, count};
use crate::{
    api::reply::ItemMetadata,
    assets::{Chunk, Entry},
    http::{security::Nonce, state::AppState},
};

/// The mark, as the tab's icon: an address of its own would be one more request.
const MARK: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18' \
                    fill='%23379a78'%3E%3Cpath d='M1 15 6.4 5.2 9 9.6 11.8 3 17 15h-3.6l-2-4.9L9 15.2 6.3 \
                    10.6 4.1 15z'/%3E%3C/svg%3E";

/// Restores a saved theme and density before the first paint.
const PREPAINT: &str = include_str!("../../../../web/prepaint.js");

/// Which entry of the navigation is the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Markets,
    Events,
    Wallets,
    Whales,
    Signals,
    Insiders,
    Scores,
    Map,
    Categories,
    Elsewhere,
}

/// Everything of a page but what surrounds it.
pub(super) struct Page {
    /// For the tab, search engines and link previews.
    pub(super) title: String,
    /// One or two sentences for search engines and link previews.
    pub(super) description: String,
    /// The one address of this content: path and query.
    pub(super) canonical: String,
    /// Where in the navigation.
    pub(super) section: Section,
    /// What the front end needs to take over; `None` where it does not.
    pub(super) boot: Option<Boot>,
    /// `?density=`.
    pub(super) density: Option<String>,
    /// Search engines shall not list it.
    pub(super) is_unlisted: bool,
    /// The content.
    pub(super) main: Markup,
}

/// What the front end starts from: the page's main request, answered.
pub(super) struct Boot {
    pub(super) chunk: Chunk,
    pub(super) query_string: String,
    /// The whole envelope; `null` where the page's data is asked for by the script.
    pub(super) reply: Vec<u8>,
}

#[derive(Serialize)]
struct BootJson<'a> {
    route: &'a str,
    query_string: &'a str,
    reply: &'a RawValue,
    app: BootApp<'a>,
}

#[derive(Serialize)]
struct BootApp<'a> {
    version: &'a str,
    simulated: bool,
    interval_s: u64,
}

/// What surrounds a page besides its own content.
pub(super) struct Surroundings<'a> {
    pub(super) app: &'a AppState,
    pub(super) nonce: &'a Nonce,
    pub(super) now: DateTime<Utc>,
}

impl Surroundings<'_> {
    /// The whole document.
    pub(super) fn render(&self, page: &Page) -> Response {
        let entry = Entry::of(page.boot.as_ref().map(|boot| boot.chunk));
        let markup = html! {
            (DOCTYPE)
            html lang="en" data-density=[page.density.as_deref()] {
                (self.head(page, &entry))
                body {
                    div id="root" { (self.app_frame(page.section, &page.main)) }
                    @if let Some(json) = page.boot.as_ref().and_then(|boot| self.boot_json(boot)) {
                        script type="application/json" id="boot" { (PreEscaped(json)) }
                    }
                }
            }
        };
        markup.into_response()
    }

    fn head(&self, page: &Page, entry: &Entry) -> Markup {
        let title = if page.title == "Cascadian" {
            page.title.clone()
        } else {
            format!("{} · Cascadian", page.title)
        };
        let site = self.app.settings().public_url.as_ref();
        let canonical = site.map(|site| format!("{site}{}", page.canonical));
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="dark light";
                title { (title) }
                meta name="description" content=(page.description);
                @if page.is_unlisted { meta name="robots" content="noindex"; }
                link rel="icon" href=(MARK);
                link rel="canonical" href=(canonical.as_deref().unwrap_or(&page.canonical));
                meta property="og:site_name" content="Cascadian";
                meta property="og:type" content="website";
                meta property="og:title" content=(page.title);
                meta property="og:description" content=(page.description);
                @if let Some(url) = &canonical { meta property="og:url" content=(url); }
                meta name="twitter:card" content="summary";
                script nonce=(self.nonce) { (PreEscaped(PREPAINT)) }
                @for style in &entry.styles { link rel="stylesheet" href=(style); }
                // Only a page that the script can take over needs it.
                @if let (Some(script), Some(_)) = (&entry.script, &page.boot) {
                    @for preload in &entry.preloads { link rel="modulepreload" href=(preload); }
                    script type="module" src=(script) {}
                }
            }
        }
    }

    fn app_frame(&self, section: Section, main: &Markup) -> Markup {
        html! {
            div class="app" {
                a class="skip" href="#main" { "Skip to content" }
                aside class="side" {
                    a class="logo" href="/markets" { (LOGO) span { "Cascadian" } }
                    nav class="nav" aria-label="Pages" {
                        (navigation("/markets", "Screener", "g m", SCREENER_ICON, section == Section::Markets))
                        (navigation("/events", "Events", "g e", EVENTS_ICON, section == Section::Events))
                        (navigation("/wallets", "Wallets", "g w", WALLETS_ICON, section == Section::Wallets))
                        (navigation("/whales", "Whales", "g h", WHALES_ICON, section == Section::Whales))
                        (navigation("/signals", "Signals", "g s", SIGNALS_ICON, section == Section::Signals))
                        (navigation("/insiders", "Informed flow", "g i", INSIDERS_ICON, section == Section::Insiders))
                        (navigation("/scores", "Scores", "g r", SCORES_ICON, section == Section::Scores))
                        (navigation("/map", "Map", "g p", MAP_ICON, section == Section::Map))
                        (navigation("/categories", "Categories", "g c", CATEGORIES_ICON, section == Section::Categories))
                    }
                    div class="foot" { (self.freshness()) }
                }
                header class="top" {
                    form class="find" role="search" aria-label="Search markets" action="/markets" method="get" {
                        (icon(SEARCH_ICON))
                        input type="search" name="q" maxlength="200" aria-label="Search markets"
                            placeholder="Search markets and events";
                    }
                    div class="r" {
                        @if self.app.is_simulated() { span class="tag" { "simulated world" } }
                    }
                }
                (main)
            }
        }
    }

    fn freshness(&self) -> Markup {
        let snapshot = self.app.catalog().current();
        let item = ItemMetadata::of(self.app, &snapshot, self.now);
        let (state, words) = match (snapshot.is_empty(), item.stale) {
            (true, _) => ("empty", "No data yet"),
            (false, true) => ("stale", "Stale"),
            (false, false) => ("fresh", "Up to date"),
        };
        html! {
            span class="fresh" data-state=(state) { span class="dot" {} (words) }
            @if !snapshot.is_empty() {
                span {
                    @match item.last_synced {
                        Some(at) => { "Catalogue " time datetime=(at.to_rfc3339()) { (ago(at, self.now)) } },
                        None => "First sync not finished",
                    }
                }
                span { (count(snapshot.count_of(Some(MarketStatus::Open)))) " open markets" }
            }
        }
    }

    fn boot_json(&self, boot: &Boot) -> Option<String> {
        let settings = self.app.settings();
        let reply = serde_json::from_slice(&boot.reply).ok()?;
        let json = BootJson {
            route: match boot.chunk {
                Chunk::Screener => "markets",
                Chunk::Market => "market",
                Chunk::Events => "events",
                Chunk::Event => "event",
                Chunk::Map => "map",
                Chunk::Categories => "categories",
                Chunk::Wallets => "wallets",
                Chunk::Wallet => "wallet",
                Chunk::Compare => "compare",
                Chunk::Whales => "whales",
                Chunk::Insiders => "insiders",
                Chunk::Signals => "signals",
                Chunk::Signal => "signal",
                Chunk::Scores => "scores",
                Chunk::Score => "score",
            },
            query_string: &boot.query_string,
            reply,
            app: BootApp {
                version: env!("CARGO_PKG_VERSION"),
                simulated: self.app.is_simulated(),
                interval_s: settings.sync_interval.as_secs(),
            },
        };
        serde_json::to_string(&json).ok().map(|json| escape_for_script(&json))
    }
}

/// JSON that cannot end the element it stands in, nor be taken for a comment or a line end. The characters
/// occur in JSON only within texts, where an escape says the same.
fn escape_for_script(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            c => text.push(c),
        }
    }
    text
}

const SCREENER_ICON: &str = "M2 3.5h12M2 8h12M2 12.5h7";
const EVENTS_ICON: &str = "M2 4.5A1.5 1.5 0 0 1 3.5 3h9A1.5 1.5 0 0 1 14 4.5v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 12.5zM2 6.5h12M5.5 1.5v3M10.5 1.5v3";
const WALLETS_ICON: &str = "M2.5 5h11v8h-11zM2.5 5l8.5-2.2V5M10.3 9h1.2";
const WHALES_ICON: &str =
    "M1.5 8.5c0 3 2.5 4.5 6 4.5s6-2 6-5.5M13.5 7.5l-2-3M13.5 7.5l1.3-3M4.6 9.6h.1";
const SIGNALS_ICON: &str = "M3 6v4M6.3 3.5v9M9.7 5.5v5M13 7v2";
const INSIDERS_ICON: &str = "M1.5 8s2.4-4 6.5-4 6.5 4 6.5 4-2.4 4-6.5 4-6.5-4-6.5-4zM8 6.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2";
const SCORES_ICON: &str = "M2 13.5h12M3.5 11 7 7l2.5 2L13 4.5";
const MAP_ICON: &str = "M2 3h12v10H2zM8.5 3v10M8.5 8.5H14M2 9.5h6.5";
const CATEGORIES_ICON: &str = "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z";
/// The magnifying glass.
pub(super) const SEARCH_ICON: &str = "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zM10.5 10.5l4 4";

const LOGO: PreEscaped<&str> = PreEscaped(
    r#"<svg width="18" height="18" viewBox="0 0 18 18" fill="currentColor" aria-hidden="true"><path d="M1 15 6.4 5.2 9 9.6 11.8 3 17 15h-3.6l-2-4.9L9 15.2 6.3 10.6 4.1 15z"/></svg>"#,
);

/// An icon of the set, by its path.
pub(super) fn icon(path: &str) -> Markup {
    html! {
        svg class="i" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.4" aria-hidden="true" {
            path d=(path) {}
        }
    }
}

fn navigation(href: &str, label: &str, keys: &str, path: &str, is_current: bool) -> Markup {
    html! {
        a href=(href) class=[is_current.then_some("on")] aria-current=[is_current.then_some("page")] {
            (icon(path)) span { (label) } kbd { (keys) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_the_script_that_holds_it() {
        let value = serde_json::json!({ "title": "</script><!-- & \u{2028}\u{2029}" });
        let text = escape_for_script(&value.to_string());
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
