//! `/insiders`: evidence of informed trading, layer by layer, and nobody accused.

use axum::{extract::State, response::Response};
use chrono::Utc;
use domain::insiders::wording;
use maud::html;

use super::{
    super::{
        PageRequest,
        format::{UNKNOWN, fixed, percent, words},
        links::Address,
        shell::{Section, Surroundings},
    },
    Asked, Body, Column, Hub, cells, number, switch, tab_of, text, told,
};
use crate::{
    api::intelligence::insiders::{InformedMarketsSelection, InformedWalletsSelection},
    assets::Chunk,
    http::{error::ApiError, state::AppState},
    view::intelligence::{InformedMarket, InformedWallet},
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
        number("pairs", "Wallets", "p4", |row, _| html! { (row.pairs) }),
        number("strongest", "Strongest", "p2", |row, _| {
            html! { @match row.strongest_sd { Some(sd) => { (fixed(Some(sd), 1)) " sd" }, None => span class="mut" { (UNKNOWN) } } }
        }),
        text("leakage", "Leakage", "p5", |row, _| {
            html! {
                @match (row.leakage.ils, &row.leakage.out_of_scope) {
                    (Some(score), _) => (fixed(Some(score), 2)),
                    (None, Some(why)) => span class="mut" { "out of scope: " (why) },
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
        number("last", "Last", "p3", |row, now| cells::when(row.last_at, now)),
    ];
    let title = ("informed", "Markets with evidence");
    asked.list::<InformedMarketsSelection>(title, &COLUMNS, None).await
}

async fn wallets(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<InformedWallet>; 6] = [
        text("wallet", "Wallet", "p1", |row, _| cells::wallet(&row.wallet)),
        text("market", "Market", "p3", |row, _| {
            html! { @match &row.market { Some(market) => (cells::market(market, false)), None => span class="mut" { "whole account" } } }
        }),
        text("wording", "Finding", "p5", |row, _| html! { (row.wording) }),
        number("strength", "Strength", "p2", |row, _| {
            html! { @match row.strength { Some(sd) => { (fixed(Some(sd), 1)) " sd" }, None => span class="mut" { (UNKNOWN) } } }
        }),
        text("table", "Beside matched controls", "", |row, _| {
            html! {
                details class="why" {
                    summary { (row.table.iter().filter(|one| one.present == Some(true)).count()) " found" }
                    table class="mini" {
                        @for one in &row.table {
                            tr {
                                th class="l" scope="row" { (one.label) }
                                td { @match one.present { Some(true) => "yes", Some(false) => "no", None => "unknown" } }
                                td { (one.matched_present) " of " (one.matched) " · " (percent(one.rate)) }
                            }
                        }
                    }
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
