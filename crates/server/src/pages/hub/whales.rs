//! `/whales`: what large and scored wallets do.

use axum::{extract::State, response::Response};
use chrono::Utc;
use maud::{Markup, html};

use super::{
    super::{
        PageRequest,
        figures::{flow_figure, money_figure, outcome_class},
        format::{UNKNOWN, cents, count, fixed, percent, ratio, utc},
        links::Address,
        shell::{Section, Surroundings},
        wallet::told::profit,
    },
    Asked, Body, Column, Hub, cells, csv_href, nothing, number, read, rows, switch, tab_of, table,
    text, told,
};
use crate::{
    api::intelligence::{
        concentration::ConcentrationSelection,
        flips::FlipsSelection,
        flows::{self, FlowsQuery},
        positions::PositionsSelection,
        scoreboard::{self, ScoreboardQuery},
        trades::TradesSelection,
    },
    assets::Chunk,
    http::{error::ApiError, state::AppState},
    view::intelligence::{
        ClassNet, ConcentrationRow, FlowHour, Flows, MarketFlow, ScoreRow, Scoreboard, WhaleFlip,
        WhalePosition, WhaleTrade,
    },
};

const PATH: &str = "/whales";
const TABS: [(&str, &str); 6] = [
    ("trades", "Trades"),
    ("positions", "Positions"),
    ("flows", "Flows"),
    ("flips", "Flips"),
    ("concentration", "Concentration"),
    ("scoreboard", "Scoreboard"),
];

/// What a tab lists, and by what it can be narrowed.
fn about(tab: &str) -> (&'static str, &'static [&'static str]) {
    match tab {
        "positions" => (
            "what the largest hold, from their own histories",
            &[
                "timeframe",
                "min_usdc",
                "max_usdc",
                "category",
                "class",
                "side",
                "wallet",
                "min_score",
            ],
        ),
        "flows" => (
            "what takers of each class did on balance, toward the first outcome",
            &["timeframe", "min_usdc", "category", "class"],
        ),
        "flips" => (
            "wallets that turned to the other side of an event",
            &[
                "timeframe",
                "min_usdc",
                "max_usdc",
                "category",
                "class",
                "side",
                "wallet",
                "min_score",
            ],
        ),
        "concentration" => {
            ("how much of an outcome its largest holders have", &["timeframe", "category", "side"])
        }
        "scoreboard" => (
            "size, skill and conduct, each with its interval; size is a fact, skill a separate claim",
            &["score", "verdict", "class", "wallet", "min_score"],
        ),
        _ => (
            "trades that are large for their market or in dollars, by taker",
            &[
                "timeframe",
                "min_usdc",
                "max_usdc",
                "category",
                "class",
                "action",
                "side",
                "wallet",
                "min_score",
            ],
        ),
    }
}

/// Shows the page.
pub(in crate::pages) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    let address = Address::new(PATH, &request.pairs);
    let tab = tab_of(&address, &TABS);
    let (sub, fields) = about(tab);
    let asked = Asked { app: &app, address: &address, now };
    let body = match tab {
        "positions" => list_positions(&asked).await,
        "flows" => show_flows(&asked).await,
        "flips" => list_flips(&asked).await,
        "concentration" => list_concentration(&asked).await,
        "scoreboard" => rank(&asked).await,
        _ => list_trades(&asked).await,
    };
    let notice = if tab == "trades" {
        hidden(&address)
    } else {
        html! {}
    };
    let hub = Hub {
        title: "Whales",
        name: "whales",
        sub,
        section: Section::Whales,
        chunk: Chunk::Whales,
        address: &address,
        tabs: &TABS,
        tab,
        fields,
        notice,
    };
    hub.show(&surroundings, body)
}

/// What the trades leave out unless it is asked for.
fn hidden(address: &Address) -> Markup {
    told([
        html! { "Trades at 95¢ and more, or 5¢ and less, mostly collect what is decided." },
        switch(address, "endgame", "show", ("Show them", "Hide them")),
        html! { "The size of maker-like and bot-like wallets says nothing about their opinion." },
        switch(address, "makers", "show", ("Show them", "Hide them")),
    ])
}

async fn list_trades(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<WhaleTrade>; 10] = [
        text("when", "Time", "p4", |row, now| cells::when(row.traded_at, now)),
        text("wallet", "Wallet", "p1", |row, _| cells::wallet(&row.wallet)),
        text("market", "Market", "p3", |row, _| cells::market(&row.market, false)),
        text("did", "Did", "p5", |row, _| {
            html! {
                @if row.action == "buy" { "bought " } @else { "sold " }
                b class=[row.market.outcome_index.and_then(outcome_class)] {
                    (row.market.outcome.as_deref().unwrap_or("an outcome"))
                }
            }
        }),
        number("usdc", "USDC", "p2", |row, _| html! { b { (cells::dollars(Some(row.usdc))) } }),
        number("paid", "Price", "", |row, _| html! { (cents(Some(row.price), None)) }),
        number("size", "Size", "", |row, _| {
            html! { span class=[row.size_z.is_none().then_some("mut")] { (cells::deviations(row.size_z)) } }
        }),
        number("of_volume", "Of volume", "", |row, _| html! { (ratio(row.volume_share)) }),
        number("of_depth", "Of depth", "", |row, _| html! { (ratio(row.depth_share)) }),
        text("why", "Why", "", |row, _| cells::why(&row.evidence, &[])),
    ];
    let title = ("trades", "Large trades, the newest first");
    asked.list::<TradesSelection>(title, &COLUMNS, Some("/api/whale/trades")).await
}

async fn list_positions(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<WhalePosition>; 8] = [
        text("wallet", "Wallet", "p1", |row, _| cells::wallet(&row.wallet)),
        text("market", "Market", "p3", |row, _| cells::market(&row.market, true)),
        number("value", "Value", "p2", |row, _| html! { b { (cells::dollars(row.value_usdc)) } }),
        number("cost", "Cost", "", |row, _| cells::dollars(row.cost_usdc)),
        number("prices", "Paid → now", "p5", |row, _| {
            html! { (cents(row.average_price, None)) " → " (cents(row.current_price, None)) }
        }),
        number("unrealized", "Unrealised", "p4", |row, _| {
            html! { (profit(row.unrealized_usdc)) span class="phone-only" { " unrealised" } }
        }),
        number(
            "of_liquidity",
            "Of liquidity",
            "",
            |row, _| html! { (ratio(row.share_of_liquidity)) },
        ),
        number("as_of", "As of", "", |row, now| cells::when(row.as_of, now)),
    ];
    let title = ("positions", "Large positions");
    asked.list::<PositionsSelection>(title, &COLUMNS, Some("/api/whale/positions")).await
}

async fn show_flows(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const MARKETS: [Column<MarketFlow>; 6] = [
        text("market", "Market", "p1", |row, _| cells::market(&row.market, false)),
        number("net", "Net", "p2", |row, _| flow_figure(Some(row.net_usdc))),
        number("bought", "For", "p3", |row, _| money_figure(Some(row.bought_usdc))),
        number("sold", "Against", "p4", |row, _| money_figure(Some(row.sold_usdc))),
        number(
            "trades",
            "Trades",
            "",
            |row, _| html! { (count(usize::try_from(row.trades).unwrap_or(usize::MAX))) },
        ),
        text("classes", "By class", "p5", |row, _| by_class(&row.by_class)),
    ];
    const HOURS: [Column<FlowHour>; 2] = [
        text(
            "when",
            "Hour",
            "p1",
            |row, _| html! { time datetime=(row.hour.to_rfc3339()) { (utc(row.hour)) } },
        ),
        text("classes", "Net by class", "p3", |row, _| {
            let nets = row
                .by_class
                .iter()
                .map(|flow| ClassNet { class: flow.class.clone(), net_usdc: flow.net_usdc });
            by_class(&nets.collect::<Vec<_>>())
        }),
    ];
    let Asked { app, address, now } = *asked;
    let (query, _) = read::<FlowsQuery>(address)?;
    let reply = flows::answer(app, &query).await?;
    let Flows { hours, markets, waiting_for, complete_since, .. } = &reply.data;
    let content = html! {
        @if hours.is_empty() {
            (nothing(waiting_for.as_deref(), address))
        } @else {
            (told([html! {
                "Flows are of takers; whoever rested took the other side, unnamed. "
                @match complete_since {
                    Some(since) => { "No trade is missing since " (utc(*since)) "." },
                    None => "How much of the tape is missing is not known.",
                }
            }]))
            (table("flows", "Markets by net flow", &MARKETS, markets, now))
            (table("hours", "Net flow by hour", &HOURS, hours, now))
        }
    };
    Body::new(content, &reply, None)
}

fn by_class(nets: &[ClassNet]) -> Markup {
    let one = |net: &ClassNet| html! { (cells::class_word(&net.class)) " " (flow_figure(Some(net.net_usdc))) };
    super::joined(nets.iter().map(one))
}

async fn list_flips(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<WhaleFlip>; 9] = [
        text("when", "Time", "p4", |row, now| cells::when(row.at, now)),
        text("wallet", "Wallet", "p1", |row, _| cells::wallet(&row.wallet)),
        text("market", "Market", "p3", |row, _| cells::market(&row.market, false)),
        text("turn", "From → to", "p5", |row, _| {
            html! { (cells::side(row.from_side.as_deref())) " → " (cells::side(row.to_side.as_deref())) }
        }),
        number("before", "Before", "", |row, _| cells::dollars(Some(row.before_usdc))),
        number(
            "after",
            "After",
            "p2",
            |row, _| html! { span class="phone-only" { "now " } b { (cells::dollars(Some(row.after_usdc))) } },
        ),
        number("peak", "Peak", "", |row, _| cells::dollars(Some(row.peak_usdc))),
        number("turned", "Change", "", |row, _| html! { (ratio(Some(row.change))) }),
        text("history", "History", "", |row, _| {
            html! { @if row.is_whole { "whole" } @else { span class="warn" { "not whole" } } }
        }),
    ];
    let title = ("flips", "Reversals, the newest first");
    asked.list::<FlipsSelection>(title, &COLUMNS, Some("/api/whale/flips")).await
}

async fn list_concentration(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<ConcentrationRow>; 7] = [
        text("market", "Market", "p1", |row, _| cells::market(&row.market, true)),
        number("hhi", "HHI", "p2", |row, _| {
            html! { span class="phone-only" { "HHI " } b { (fixed(Some(row.hhi), 3)) } }
        }),
        number(
            "effective",
            "Effective",
            "p3",
            |row, _| html! { (fixed(Some(row.effective_holders), 1)) span class="phone-only" { " effective holders" } },
        ),
        number("top", "Largest", "p4", |row, _| {
            html! { (percent(Some(row.top_share))) span class="phone-only" { " with the largest" } }
        }),
        text("holder", "Who", "", |row, _| {
            html! { @match row.top.first() { Some(top) => (cells::wallet(&top.wallet)), None => span class="mut" { (UNKNOWN) } } }
        }),
        number("holders", "Holders", "p5", |row, _| {
            html! { @if row.is_top_only { "top " } (count(row.holders as usize)) span class="phone-only" { " holders" } }
        }),
        number("as_of", "Read", "", |row, now| cells::when(row.observed_at, now)),
    ];
    let title = ("concentration", "Outcomes in few hands");
    asked.list::<ConcentrationSelection>(title, &COLUMNS, Some("/api/whale/concentration")).await
}

async fn rank(asked: &Asked<'_>) -> Result<Body, ApiError> {
    const COLUMNS: [Column<ScoreRow>; 7] = [
        number("rank", "#", "p5", |row, _| {
            html! { @match row.rank { Some(rank) => { span class="phone-only" { "rank " } (rank) }, None => span class="mut" { (UNKNOWN) } } }
        }),
        text("wallet", "Wallet", "p1", |row, _| cells::wallet(&row.wallet)),
        text("score", "Score of 100, with its interval", "p3", |row, _| cells::verdict(row)),
        number(
            "n",
            "n",
            "p2",
            |row, _| html! { span class="phone-only" { "n " } (count(row.n as usize)) },
        ),
        number("profit", "Profit", "p4", |row, _| {
            html! { span class="phone-only mut" { "profit " } (profit(row.profit_usdc)) }
        }),
        number("as_of", "As of", "", |row, now| cells::when(row.as_of, now)),
        text("why", "Why", "", |row, _| cells::why(&row.evidence, &row.ingredients)),
    ];
    let Asked { app, address, now } = *asked;
    let (query, pairs) = read::<ScoreboardQuery>(address)?;
    let reply = scoreboard::answer(app, &query).await?;
    let Scoreboard { rows: shown, next_cursor, waiting_for, population, withdrawn, .. } =
        &reply.data;
    let page = (shown.as_slice(), next_cursor.as_deref(), waiting_for.as_deref());
    let content = html! {
        @match withdrawn {
            Some(withdrawn) => {
                p class="notice" data-kind="error" role="status" {
                    "Withdrawn since " (utc(withdrawn.since)) ". " (withdrawn.reason)
                    " Nobody is ranked by it until it errs less than it declares."
                }
            },
            None => {
                @if let Some(known) = population {
                    (told([html! {
                        (count(known.scored as usize)) " wallets are scored; of "
                        (count(known.too_few as usize)) " there are too few events to say, "
                        (count(known.withheld as usize)) " are withheld, "
                        (count(known.excluded as usize)) " excluded. As of " (utc(known.as_of)) "."
                    }]))
                }
                (rows("scoreboard", "Wallets by score", &COLUMNS, page, address, now))
            },
        }
    };
    Body::new(content, &reply, Some(csv_href("/api/whale/scoreboard", &pairs)))
}
