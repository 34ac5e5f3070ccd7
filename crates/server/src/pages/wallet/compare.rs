//! `/wallets/compare`: two to four wallets beside each other, by the same figures over the same lengths.

use axum::{
    extract::{Request, State},
    response::Response,
};
use chrono::{TimeDelta, Utc};
use maud::{Markup, html};
use serde::Serialize;

use super::{
    super::{
        PageRequest,
        format::{count, duration, fixed, money, percent, short_hash, utc},
        panels::{note, within},
        shell::{Boot, Page, SEARCH_ICON, Section, Surroundings, icon},
    },
    figures::{RECORD_ROWS, recorded},
    identity::{mark, name},
    told::{dash, profit, told},
};
use crate::{
    api::{
        list::query_string,
        reply::{ItemMetadata, Reply, loaded_snapshot},
        wallet::{asked::AskedWallet, metrics, profile, reply::WalletMetadata, value},
    },
    assets::Chunk,
    http::{client::Client, error::ApiError, state::AppState},
    view::wallet::{ValueView, WalletMetricsView, WalletProfile},
};

/// More columns than that are not read beside each other.
const MOST: usize = 4;
const MAX_CHARS: usize = 200;
/// Numbers of events over which drawdowns compare.
const LENGTHS: [usize; 3] = [20, 50, 100];

/// What is known of one of them.
#[derive(Serialize)]
struct Known {
    profile: WalletProfile,
    metadata: WalletMetadata,
    /// Null where it is not held or cannot be had now.
    value: Option<ValueView>,
    /// The same.
    metrics: Option<WalletMetricsView>,
}

struct Column {
    id: String,
    known: Result<Known, ApiError>,
}

/// Shows the page.
pub(in crate::pages) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
    whole: Request,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let client = Client::of(whole.extensions(), whole.headers());
    let named = compared(&request.pairs);
    let shown = named.get(..MOST).unwrap_or(&named);
    let mut columns = Vec::new();
    for id in shown {
        columns.push(Column { id: id.clone(), known: Box::pin(load(&app, client, id)).await });
    }
    let snapshot = loaded_snapshot(&app)?;
    let handed: Vec<(&str, Option<&Known>)> =
        columns.iter().map(|column| (column.id.as_str(), column.known.as_ref().ok())).collect();
    let reply = Reply::new(handed, ItemMetadata::of(&app, &snapshot, now));
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    Ok(surroundings.render(&Page {
        title: "Compare wallets".to_owned(),
        description: "Two to four wallets beside each other: profit, win rate and edge with intervals, drawdown over equal lengths.".to_owned(),
        canonical: href(shown.iter().map(String::as_str)),
        section: Section::Wallets,
        boot: Some(Boot {
            chunk: Chunk::Compare,
            query_string: String::new(),
            reply: serde_json::to_vec(&reply).map_err(ApiError::internal)?,
        }),
        density: None,
        is_unlisted: true,
        main: page(&named, &columns),
    }))
}

async fn load(app: &AppState, client: Client, id: &str) -> Result<Known, ApiError> {
    let asked = AskedWallet::read(app, client, id).await?;
    let profile = profile::load(app, &asked).await?;
    let is_held = profile.history.is_some();
    let (value, metrics) =
        tokio::join!(within(value::load(app, &asked)), within(metrics::load(app, &asked)));
    Ok(Known {
        profile,
        metadata: asked.metadata(),
        value: value.ok().filter(|_| is_held),
        metrics: metrics.ok().flatten(),
    })
}

/// The wallets of `?w=a,b` or `?w=a&w=b&added=c`, each once.
fn compared(pairs: &[(String, String)]) -> Vec<String> {
    let texts = pairs.iter().filter(|(key, _)| key == "w" || key == "added");
    let mut named: Vec<String> = Vec::new();
    for text in texts.flat_map(|(_, text)| text.split(',')).map(str::trim) {
        let is_new = !named.iter().any(|known| known.eq_ignore_ascii_case(text));
        if is_new && !text.is_empty() && text.chars().count() <= MAX_CHARS {
            named.push(text.to_owned());
        }
    }
    named
}

fn href<'a>(wallets: impl Iterator<Item = &'a str>) -> String {
    let wallets: Vec<&str> = wallets.collect();
    if wallets.is_empty() {
        return "/wallets/compare".to_owned();
    }
    let query = query_string([("w", wallets.join(","))]);
    format!("/wallets/compare?{}", query.replace("%2C", ","))
}

fn page(named: &[String], columns: &[Column]) -> Markup {
    html! {
        main class="main page wallets compare" id="main" {
            div class="hd" {
                p class="crumb" { a href="/wallets" { "Wallets" } }
                div class="t" { h1 { "Compare wallets" } }
                @if columns.len() < MOST { (adder(columns)) }
                @if named.len() > MOST {
                    p class="sub warn" { "Only the first " (MOST) " of " (count(named.len())) " are shown." }
                }
            }
            section class="card" {
                @if columns.is_empty() { (note("Add two to four wallets by address, name or profile.")) }
                @else { (table(columns)) }
                @if columns.len() == 1 { (note("Add another one to compare it with.")) }
            }
        }
    }
}

fn adder(columns: &[Column]) -> Markup {
    html! {
        form class="chips" method="get" action="/wallets/compare" {
            @for column in columns { input type="hidden" name="w" value=(column.id); }
            label class="chip search wide" {
                (icon(SEARCH_ICON))
                input name="added" maxlength=(MAX_CHARS) autocomplete="off" spellcheck="false"
                    placeholder="0x address, user name or profile address" aria-label="Wallet to add";
            }
            button class="chip" type="submit" { "Add" }
        }
    }
}

fn table(columns: &[Column]) -> Markup {
    let [events, win_rate, edge, _, _, _, profit_factor] = RECORD_ROWS;
    html! {
        section class="wide-table" tabindex="0" aria-label="Wallets beside each other" {
            table class="mini compared" {
                caption class="sr" { "Wallets beside each other" }
                thead {
                    tr {
                        th class="l" scope="col" { "Figure" }
                        @for column in columns { th scope="col" { (named(column, columns)) } }
                    }
                }
                tbody {
                    (row("History", "How much of it is held", columns, |_| html! {}, true))
                    (row("Positions", "At best bids", columns, |one| match &one.value {
                        Some(value) if value.value_usdc.is_some() => html! { (money(value.value_usdc)) },
                        Some(value) if value.withheld.is_some() => html! { span class="mut" { "withheld" } },
                        _ => dash(),
                    }, false))
                    (row("Total profit", "Realised and unrealised after fees, with rewards", columns, |one| {
                        of(one, |all| told(&all.totals.total, |usdc| profit(Some(*usdc))))
                    }, false))
                    (row("Return", "Total on what was put into positions", columns, |one| {
                        of(one, |all| told(&all.totals.roi, |roi| html! { (percent(Some(*roi))) }))
                    }, false))
                    @for (label, title, show) in [events, win_rate, edge, profit_factor] {
                        (row(label, title, columns, |one| recorded(one.metrics.as_ref(), show), false))
                    }
                    @for length in LENGTHS {
                        (row(&format!("Drawdown, last {length}"), "Only drawdowns of equal length compare", columns, |one| of(one, |all| drawdown(all, length)), false))
                    }
                    (row("Brier skill", "1 − Brier / what it would be if every price paid were right, every event weighing the same", columns, |one| {
                        of(one, |all| told(&all.calibration, |score| html! { (fixed(score.by_event.skill, 3)) }))
                    }, false))
                    (row("Median hold", "Of positions", columns, |one| {
                        of(one, |all| told(&all.hold_time, |held| html! { (duration(TimeDelta::seconds(held.median_s))) }))
                    }, false))
                    (row("Effective events", "1 / HHI of the money put in", columns, |one| {
                        of(one, |all| told(&all.concentration, |spread| html! { (fixed(Some(spread.effective_events), 1)) }))
                    }, false))
                    (row("Trades a day", "From the first to the last", columns, |one| {
                        of(one, |all| told(&all.frequency, |often| html! { (fixed(Some(often.per_day), 1)) }))
                    }, false))
                    (row("Maker share", "Dollars filled as maker of all", columns, |one| {
                        of(one, |all| told(&all.maker_share, |share| html! { (percent(Some(*share))) }))
                    }, false))
                }
            }
        }
    }
}

fn row(
    label: &str,
    title: &str,
    columns: &[Column],
    show: impl Fn(&Known) -> Markup,
    is_history: bool,
) -> Markup {
    html! {
        tr {
            th class="l" scope="row" title=(title) { (label) }
            @for column in columns {
                td {
                    @if is_history { (history(column)) }
                    @else if let Ok(known) = &column.known && known.profile.history.is_some() { (show(known)) }
                    @else { (dash()) }
                }
            }
        }
    }
}

fn of(one: &Known, show: impl Fn(&WalletMetricsView) -> Markup) -> Markup {
    one.metrics.as_ref().map_or_else(dash, show)
}

fn drawdown(all: &WalletMetricsView, length: usize) -> Markup {
    told(&all.courses, |courses| {
        let found = courses.iter().find(|one| one.last_events == length);
        html! {
            @if let Some(course) = found.and_then(|one| one.course.as_ref()) { (money(Some(course.drawdown_usdc))) }
            @else { span class="mut" { "fewer events" } }
        }
    })
}

fn named(column: &Column, columns: &[Column]) -> Markup {
    let known = column.known.as_ref().ok().map(|known| &known.profile);
    let address = known.map_or(column.id.as_str(), |known| known.address.as_str());
    let others = columns.iter().map(|other| other.id.as_str()).filter(|id| *id != column.id);
    html! {
        span class="who" {
            (mark(address, false))
            a href={ "/wallets/" (address) } title=(address) {
                @match known { Some(known) => (name(known)), None => (short_hash(&column.id)) }
            }
            a class="chip-x" href=(href(others)) aria-label={ "Take " (column.id) " out" } { (icon("M4 4l8 8M12 4l-8 8")) }
        }
    }
}

fn history(column: &Column) -> Markup {
    match &column.known {
        Err(error) => html! { span class="warn" { (error.message()) } },
        Ok(known) => match &known.profile.history {
            None => html! { span class="mut" { (known.profile.import.state) } },
            Some(history) => html! {
                span class=[(history.completeness != "full").then_some("warn")]
                    title=[history.since.map(|since| format!("Since {}", utc(since)))] { (history.completeness) }
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wallets_are_compared_once_each_however_they_are_given() {
        let pairs = [("w", "0xAB, ann"), ("w", "0xab"), ("added", "bob"), ("x", "eve")];
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(compared(&pairs), ["0xAB", "ann", "bob"]);
        assert_eq!(href(["a", "b"].into_iter()), "/wallets/compare?w=a,b");
        assert_eq!(href(std::iter::empty()), "/wallets/compare");
    }
}
