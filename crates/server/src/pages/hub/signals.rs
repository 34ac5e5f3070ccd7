//! `/signals`: the ledger of signals, losses included; `/signals/{id}`: one of them.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    super::{
        PageRequest,
        figures::{fact, figure, instant},
        format::{UNKNOWN, cents, fixed, utc, words},
        links::Address,
        shell::{Section, Surroundings},
    },
    Body, Column, Hub, cells, csv_href, number, page_of, read, rows, text,
};
use crate::{
    api::intelligence::{
        context::Context,
        signals::{self, SignalsQuery, find},
    },
    assets::Chunk,
    http::{error::ApiError, extract::Path, state::AppState},
    view::intelligence::{Signal, SignalPage, SignalTally},
};

const PATH: &str = "/signals";

/// Shows the ledger.
pub(in crate::pages) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    let address = Address::new(PATH, &request.pairs);
    let body = ledger(&app, &address, now).await;
    let hub = Hub {
        title: "Signals",
        name: "signals",
        sub: "every one that was published, losses included; settled by the market, not by opinion",
        section: Section::Signals,
        chunk: Chunk::Signals,
        address: &address,
        tabs: &[],
        tab: "",
        fields: &["timeframe", "kind", "status", "category", "side", "min_score"],
        notice: html! {},
    };
    hub.show(&surroundings, body)
}

async fn ledger(app: &AppState, address: &Address, now: DateTime<Utc>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<Signal>; 8] = [
        text("when", "Published", "p4", |row, now| cells::when(row.published_at, now)),
        text("kind", "Kind", "p1", |row, _| {
            html! { a class="link" href={ "/signals/" (row.id) } { (cells::signal_word(&row.kind)) } }
        }),
        text("market", "Market", "p3", |row, _| cells::market(&row.market, false)),
        text("side", "For", "p2", |row, _| cells::toward(row.side.as_deref(), &row.market)),
        number("strength", "Strength", "", |row, _| html! { (fixed(Some(row.strength), 0)) }),
        number("n", "n", "", |row, _| html! { (fixed(Some(row.n), 1)) }),
        number("mid", "Price", "", |row, _| html! { (cents(row.price, None)) }),
        text("result", "Result, a share after cost", "p5", |row, _| outcome(row)),
    ];
    let (query, pairs) = read::<SignalsQuery>(address)?;
    let reply = signals::answer(app, &query).await?;
    let SignalPage { rows: shown, next_cursor, waiting_for, tally } = &reply.data;
    let page = (shown.as_slice(), next_cursor.as_deref(), waiting_for.as_deref());
    let content = html! {
        @if !tally.is_empty() { (tallies(tally)) }
        (rows("signals", "Signals, the newest first", &COLUMNS, page, address, now))
    };
    Body::new(content, &reply, Some(csv_href("/api/signals", &pairs)))
}

/// Cents a share with a sign.
fn gain(amount: Option<f64>) -> String {
    match amount {
        Some(amount) if amount < 0.0 => format!("−{:.1}¢", -amount * 100.0),
        Some(amount) => format!("+{:.1}¢", amount * 100.0),
        None => UNKNOWN.to_owned(),
    }
}

fn outcome(signal: &Signal) -> Markup {
    html! {
        @match &signal.result {
            None => {
                span class="mut" {
                    "open, due " @match signal.due_at { Some(due) => (utc(due)), None => "when the market resolves" }
                }
            },
            Some(result) if result.status == "void" => {
                span class="mut" { "void: " (result.reason.as_deref().map_or_else(String::new, words)) }
            },
            Some(result) => {
                @match result.net {
                    Some(net) => span class=(if net > 0.0 { "up" } else { "down" }) { (gain(Some(net))) },
                    None => { (gain(result.gain)) span class="mut" { " before an unknown cost" } },
                }
                @if result.status == "push" { span class="mut" { " push" } }
            },
        }
    }
}

fn tallies(tally: &[SignalTally]) -> Markup {
    html! {
        section class="lead wide-table" aria-label="Tally by kind" tabindex="0" {
            table class="mini tally" {
                caption class="sr" { "How signals did by kind" }
                thead { tr {
                    th class="l" scope="col" { "Kind" } th scope="col" { "Published" } th scope="col" { "Open" }
                    th scope="col" { "Right" } th scope="col" { "Wrong" } th scope="col" { "Push" } th scope="col" { "Void" }
                    th scope="col" { "Events" } th scope="col" { "Mean after cost" }
                } }
                tbody {
                    @for one in tally {
                        tr {
                            th class="l" scope="row" { (cells::signal_word(&one.kind)) }
                            td { (one.published) } td { (one.open) } td { (one.right) } td { (one.wrong) }
                            td { (one.push) } td { (one.void) } td { (one.events) }
                            td {
                                (gain(one.mean_net))
                                @if one.low.is_some() { span class="mut" { " [" (gain(one.low)) ", " (gain(one.high)) "]" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Shows one signal.
pub(in crate::pages) async fn show_one(
    State(app): State<AppState>,
    Path(id): Path<String>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now: Utc::now() };
    let context = Context::load(&app).await?;
    let reply = context.reply(find(&context, &id).await?);
    let handed = serde_json::to_vec(&reply).map_err(ApiError::internal)?;
    let signal = &reply.data;
    let title = format!("{}: {}", cells::signal_word(&signal.kind), signal.market.question);
    Ok(surroundings.render(&page_of(
        title.clone(),
        "A published signal: what was said, from what, and what became of it.",
        format!("{PATH}/{}", signal.id),
        Section::Signals,
        (Chunk::Signal, handed),
        main_of(&title, signal),
    )))
}

fn main_of(title: &str, signal: &Signal) -> Markup {
    html! {
        main class="main page signal" id="main" {
            div class="hd" {
                p class="crumb" { a href="/signals" { "Signals" } " · " a href={ "/signals?kind=" (signal.kind) } { (cells::signal_word(&signal.kind)) } }
                div class="t" { h1 { (title) } }
                dl class="facts" {
                    (figure("For", &cells::toward(signal.side.as_deref(), &signal.market)))
                    (figure("Strength", &html! { (fixed(Some(signal.strength), 0)) }))
                    (figure("n", &html! { (fixed(Some(signal.n), 1)) }))
                    (figure("Price then", &html! { (cents(signal.price, None)) }))
                    (figure("Cost", &html! { (cents(signal.cost, None)) }))
                    (figure("Result, a share after cost", &outcome(signal)))
                }
                p class="sub" { "Published for research. What it was made of and what became of it is never changed." }
            }
            div class="body" {
                div class="left" {
                    section class="card" aria-label="Why" { h2 { "Why" } (cells::reasons(&signal.evidence, &signal.ingredients)) }
                    section class="card" aria-label="Market" { h2 { "Market" } (cells::market(&signal.market, false)) }
                }
                aside class="right" aria-label="Result and record" {
                    @if let Some(result) = &signal.result {
                        section class="card" aria-label="Result" {
                            h2 { "Result" }
                            dl class="kv" {
                                (fact("Settled", &instant(Some(result.settled_at))))
                                (fact("Price then", &html! { (cents(result.exit_price, None)) }))
                                (fact("Gain a share", &html! { (gain(result.gain)) }))
                                (fact("After cost", &html! { (gain(result.net)) }))
                            }
                        }
                    }
                    section class="card" aria-label="Record" {
                        h2 { "Record" }
                        dl class="kv" {
                            (fact("Published", &instant(Some(signal.published_at))))
                            (fact("From what was known", &instant(Some(signal.as_of))))
                            (fact("Version", &html! { (signal.version) }))
                            (fact("Id", &html! { span class="mono" { (signal.id) } }))
                        }
                    }
                }
            }
        }
    }
}
