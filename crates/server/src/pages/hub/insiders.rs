//! `/insiders`: evidence of informed trading, layer by layer, and nobody accused.

use axum::{extract::State, response::Response};
use chrono::Utc;
use domain::insiders::wording;
use maud::html;

use super::{
    super::{
        PageRequest,
        format::{fixed, percent, words},
        links::Address,
        shell::{Section, Surroundings},
    },
    Asked, Body, Column, Hub, cells, number, switch, tab_of, text, told,
};
use crate::{
    api::intelligence::insiders::{InformedMarketsSelection, InformedWalletsSelection},
    assets::Chunk,
    http::{error::ApiError, state::AppState},
    view::intelligence::{EvidenceRow, InformedMarket, InformedWallet},
};

const PATH: &str = "/insiders";
const TABS: [(&str, &str); 2] = [("markets", "Markets"), ("wallets", "Wallets")];

/// Shows the page.
pub(in crate::pages) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    let address = Address::new(PATH, &request.pairs);
    let tab = tab_of(&address, &TABS);
    let asked = Asked { app: &app, address: &address, now };
    let body = match tab {
        "wallets" => wallets(&asked).await,
        _ => markets(&asked).await,
    };
    let is_shown = address.words("gated").iter().any(|word| word == "show");
    let notice = told([
        html! {
            (wording::RESERVE) " Three layers stand beside each other and are never added up: a wallet on an event, the "
            "market, the account. "
            @if is_shown {
                "Sports, weather and crypto, where large and early trades are common, are shown as well."
            } @else {
                "Sports, weather and crypto are left out: large and early trades are common there without anybody knowing more."
            }
        },
        switch(&address, "gated", "show", ("Show them", "Leave them out")),
    ]);
    let hub = Hub {
        title: "Informed flow",
        name: "insiders",
        sub: "patterns consistent with trading ahead of news",
        section: Section::Insiders,
        chunk: Chunk::Insiders,
        address: &address,
        tabs: &TABS,
        tab,
        fields: match tab {
            "wallets" => &["timeframe", "layer", "category", "class", "wallet"],
            _ => &["timeframe", "category"],
        },
        notice,
    };
    hub.show(&surroundings, body)
}

async fn markets(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<InformedMarket>; 6] = [
        text("market", "Market", "p1", |row, _| cells::market(&row.market, false)),
        number("pairs", "Wallets", "p4", |row, _| {
            html! { (row.pairs) span class="phone-only" { @if row.pairs == 1 { " wallet" } @else { " wallets" } } }
        }),
        number("strongest", "Strongest", "p2", |row, _| {
            html! { span class=[row.strongest_sd.is_none().then_some("mut")] { (cells::deviations(row.strongest_sd)) } }
        }),
        text("leakage", "Leakage", "", |row, _| {
            html! {
                @match (row.leakage.ils, &row.leakage.out_of_scope) {
                    (Some(score), _) => (fixed(Some(score), 2)),
                    (None, Some(why)) => span class="mut" { "out of scope: " (words(why)) },
                    (None, None) => span class="mut" { "unknown" },
                }
            }
        }),
        text("gate", "Category", "", |row, _| {
            html! {
                (row.market.category.as_deref().map_or_else(|| "none".to_owned(), words))
                @if row.gate != "open" { " " span class="tag warn" title=[row.gate_reason.as_deref()] { (row.gate) } }
            }
        }),
        number("last", "Last", "p5", |row, now| {
            html! { span class="phone-only" { "last " } (cells::when(row.last_at, now)) }
        }),
    ];
    let title = ("informed", "Markets with evidence");
    asked.list::<InformedMarketsSelection>(title, &COLUMNS, None).await
}

/// Whether anything is known of a sign, here or of those who are like it otherwise.
fn is_known(row: &EvidenceRow) -> bool {
    row.value.is_some() || row.present.is_some() || row.matched > 0
}

/// The 95 % interval of a rate among controls.
fn interval(row: &EvidenceRow) -> String {
    match (row.low, row.high) {
        (Some(_), Some(_)) => format!("[{}, {}]", percent(row.low), percent(row.high)),
        _ => String::new(),
    }
}

async fn wallets(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<InformedWallet>; 6] = [
        text("wallet", "Wallet", "p1", |row, _| cells::wallet(&row.wallet)),
        text("market", "Market", "p3", |row, _| {
            html! { @match &row.market { Some(market) => (cells::market(market, false)), None => span class="mut" { "whole account" } } }
        }),
        text("wording", "Finding", "p5", |row, _| html! { (row.wording) }),
        number("strength", "Strength", "p2", |row, _| {
            html! { span class=[row.strength.is_none().then_some("mut")] { (cells::deviations(row.strength)) } }
        }),
        text("table", "Beside matched controls", "", |row, _| {
            html! {
                details class="why" {
                    summary { (row.table.iter().filter(|one| one.present == Some(true)).count()) " found" }
                    table class="mini" {
                        thead { tr { th class="l" scope="col" { "Sign" } th scope="col" { "Here" } th scope="col" { "Found" } th scope="col" { "Among matched controls" } } }
                        tbody {
                            @for one in row.table.iter().filter(|one| is_known(one)) {
                                tr {
                                    th class="l" scope="row" { (one.label) }
                                    td { (cells::deviations(one.value)) }
                                    td { @match one.present { Some(true) => "yes", Some(false) => "no", None => "unknown" } }
                                    td { @if one.matched == 0 { "no control is like it" } @else { (percent(one.rate)) " " (interval(one)) " " (one.matched_present) " of " (one.matched) } }
                                }
                            }
                        }
                    }
                    @let unknown: Vec<_> = row.table.iter().filter(|one| !is_known(one)).map(|one| one.label.as_str()).collect();
                    @if !unknown.is_empty() { p class="sub" { "Nothing is known of: " (unknown.join("; ")) "." } }
                    (cells::reasons(&row.evidence, &[]))
                    p class="sub" { (row.reserve) }
                }
            }
        }),
        number("as_of", "As of", "p4", |row, now| cells::when(row.as_of, now)),
    ];
    let title = ("informed", "Wallets with evidence");
    asked.list::<InformedWalletsSelection>(title, &COLUMNS, None).await
}
