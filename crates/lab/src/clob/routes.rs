//! Paths and what they answer.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use serde::Serialize;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::book::Snapshot;
use super::catalogue::{List, Listed, base_fee};
use super::paging::{self, Page};
use super::quote::{self, LastTrade, Touch};
use super::requests::{self, TokenRequest};
use super::{Pairs, Problem, Token, ask, history, param};
use crate::decimal::{Price, PriceNumber};
use crate::faults::{FaultKind, PageFault};
use crate::server::App;

type Answer = Result<Response, Problem>;
type Body = Result<Bytes, BytesRejection>;
type Struck = Option<Extension<PageFault>>;

/// Routes relative to the CLOB's base URL.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/ok", get(|| async { Json("OK") }))
        .route("/time", get(time))
        .route("/version", get(|| async { Json(json!({ "version": 2 })) }))
        .route("/book", get(book))
        .route("/books", plural(post(books)))
        .route("/price", get(price))
        .route("/prices", plural(post(prices)))
        .route("/midpoint", get(midpoint))
        .route("/midpoints", plural(post(midpoints)))
        .route("/spread", get(spread))
        .route("/spreads", plural(post(spreads)))
        .route("/last-trade-price", get(last_trade_price))
        .route("/last-trades-prices", plural(post(last_trades_prices)))
        .route("/tick-size", get(tick_size))
        .route("/tick-size/{token_id}", get(tick_size))
        .route("/neg-risk", get(neg_risk))
        .route("/neg-risk/{token_id}", get(neg_risk))
        .route("/fee-rate", get(fee_rate))
        .route("/fee-rate/{token_id}", get(fee_rate))
        .route("/clob-markets/{condition_id}", get(compact_market))
        .route("/markets/{condition_id}", get(market))
        .route("/markets-by-token/{token_id}", get(market_by_token))
        .route("/markets", get(markets))
        .route("/simplified-markets", get(simplified_markets))
        .route("/sampling-markets", get(sampling_markets))
        .route("/sampling-simplified-markets", get(sampling_simplified_markets))
        .route("/prices-history", get(history::one))
        .route("/batch-prices-history", plural(post(history::batch)))
        .fallback(|| async { Problem::NoRoute })
}

/// A route for many tokens. The documented `GET` forms are refused whatever they ask for.
fn plural(route: MethodRouter<App>) -> MethodRouter<App> {
    route.get(|| async { Problem::Payload })
}

async fn time(State(app): State<App>) -> Answer {
    let now_ms = ask(&app, |world| Ok(world.now_ms())).await?;
    Ok(Json(now_ms.div_euclid(1_000)).into_response())
}

async fn book(State(app): State<App>, struck: Struck, Query(pairs): Query<Pairs>) -> Answer {
    let snapshot = quoted(&app, &pairs, Snapshot::of).await?;
    Ok(Json(shown(snapshot, struck.as_ref()).row()).into_response())
}

async fn books(State(app): State<App>, struck: Struck, body: Body) -> Answer {
    let snapshots = each_quoted(&app, body, |token, _| Ok(Some(Snapshot::of(token)))).await?;
    let shown: Vec<Snapshot> =
        snapshots.into_iter().map(|(_, snapshot)| shown(snapshot, struck.as_ref())).collect();
    Ok(Json(shown.iter().map(Snapshot::row).collect::<Vec<_>>()).into_response())
}

/// What a request for a book shows, also when a fault has struck it.
fn shown(snapshot: Snapshot, struck: Option<&Extension<PageFault>>) -> Snapshot {
    match struck {
        Some(Extension(PageFault(FaultKind::GhostBook))) => snapshot.haunted(),
        _ => snapshot,
    }
}

async fn price(State(app): State<App>, Query(pairs): Query<Pairs>) -> Answer {
    let side = param(&pairs, "side").and_then(quote::side).ok_or(Problem::NoSide)?;
    let price = quoted(&app, &pairs, move |token| Touch::of(token).price(side)).await?;
    Ok(Json(json!({ "price": price })).into_response())
}

async fn prices(State(app): State<App>, body: Body) -> Answer {
    let read = |token: &Token<'_>, request: &TokenRequest| {
        let side = request.side()?;
        Ok(Some((side.name(), Touch::of(token).price(side))))
    };
    let mut prices: BTreeMap<String, BTreeMap<&str, Price>> = BTreeMap::new();
    for (token_id, (side, price)) in each_quoted(&app, body, read).await? {
        prices.entry(token_id).or_default().insert(side, price);
    }
    Ok(Json(prices).into_response())
}

async fn midpoint(State(app): State<App>, Query(pairs): Query<Pairs>) -> Answer {
    let middle = quoted(&app, &pairs, |token| Touch::of(token).middle()).await?;
    Ok(Json(json!({ "mid": middle })).into_response())
}

async fn midpoints(State(app): State<App>, body: Body) -> Answer {
    by_token(&app, body, |token| Touch::of(token).middle()).await
}

async fn spread(State(app): State<App>, Query(pairs): Query<Pairs>) -> Answer {
    let spread = quoted(&app, &pairs, |token| Touch::of(token).spread()).await?;
    Ok(Json(json!({ "spread": spread })).into_response())
}

async fn spreads(State(app): State<App>, body: Body) -> Answer {
    by_token(&app, body, |token| Touch::of(token).spread()).await
}

async fn last_trade_price(State(app): State<App>, Query(pairs): Query<Pairs>) -> Answer {
    let last = quoted(&app, &pairs, LastTrade::of).await?;
    Ok(Json(last.unwrap_or(LastTrade::NONE)).into_response())
}

#[derive(Serialize)]
struct LastTradeRow {
    token_id: String,
    #[serde(flatten)]
    last: LastTrade,
}

/// Tokens that never traded are left out.
async fn last_trades_prices(State(app): State<App>, body: Body) -> Answer {
    let lasts = each_quoted(&app, body, |token, _| Ok(LastTrade::of(token))).await?;
    let rows = lasts.into_iter().map(|(token_id, last)| LastTradeRow { token_id, last });
    Ok(Json(rows.collect::<Vec<_>>()).into_response())
}

/// `GET /tick-size` and its likes take the token as a parameter or as the rest of the path.
type Named = Option<Path<String>>;

async fn tick_size(State(app): State<App>, path: Named, query: Query<Pairs>) -> Answer {
    let tick = known(&app, path, &query, Problem::NoMarket, |token| token.listing.terms.tick);
    Ok(Json(json!({ "minimum_tick_size": PriceNumber(tick.await?) })).into_response())
}

async fn neg_risk(State(app): State<App>, path: Named, query: Query<Pairs>) -> Answer {
    let group = known(&app, path, &query, Problem::NoMarket, |token| token.listing.terms.group);
    Ok(Json(json!({ "neg_risk": group.await?.is_some() })).into_response())
}

async fn fee_rate(State(app): State<App>, path: Named, query: Query<Pairs>) -> Answer {
    let fee = known(&app, path, &query, Problem::NoFeeRate, |token| token.listing.terms.fee);
    Ok(Json(json!({ "base_fee": base_fee(fee.await?) })).into_response())
}

async fn market(State(app): State<App>, Path(condition_id): Path<String>) -> Answer {
    one_market(&app, condition_id, |listed| written(&listed.long())).await
}

async fn compact_market(State(app): State<App>, Path(condition_id): Path<String>) -> Answer {
    one_market(&app, condition_id, |listed| written(&listed.compact())).await
}

async fn market_by_token(State(app): State<App>, Path(token_id): Path<String>) -> Answer {
    let row = ask(&app, move |world| {
        let (ix, _) = world.by_token(&token_id).ok_or(Problem::NoMarket)?;
        written(&Listed::at(world, ix).tokens())
    });
    Ok(Json(row.await?).into_response())
}

async fn markets(State(app): State<App>, Query(pairs): Query<Pairs>) -> Answer {
    page(&app, &pairs, List::All, |listed| written(&listed.long())).await
}

async fn simplified_markets(State(app): State<App>, Query(pairs): Query<Pairs>) -> Answer {
    page(&app, &pairs, List::All, |listed| written(&listed.simplified())).await
}

async fn sampling_markets(State(app): State<App>, Query(pairs): Query<Pairs>) -> Answer {
    page(&app, &pairs, List::Sampled, |listed| written(&listed.long())).await
}

async fn sampling_simplified_markets(State(app): State<App>, Query(pairs): Query<Pairs>) -> Answer {
    page(&app, &pairs, List::Sampled, |listed| written(&listed.simplified())).await
}

/// A row as it is sent.
type Written = Result<Box<RawValue>, Problem>;

fn written(row: &impl Serialize) -> Written {
    to_raw_value(row).map_err(|_| Problem::Broken)
}

async fn one_market(
    app: &App,
    condition_id: String,
    write: impl FnOnce(&Listed<'_>) -> Written + Send + 'static,
) -> Answer {
    let row = ask(app, move |world| {
        let ix = world.by_condition(&condition_id).ok_or(Problem::NoMarket)?;
        write(&Listed::at(world, ix))
    });
    Ok(Json(row.await?).into_response())
}

async fn page(
    app: &App,
    pairs: &Pairs,
    list: List,
    write: impl Fn(&Listed<'_>) -> Written + Send + 'static,
) -> Answer {
    let offset = paging::offset(param(pairs, "next_cursor"))?;
    let page =
        ask(app, move |world| Page::cut(Listed::of(world, list), offset, |listed| write(&listed)));
    Ok(Json(page.await?).into_response())
}

/// What `read` finds at the token of a request, if it has a book.
async fn quoted<R: Send + 'static>(
    app: &App,
    pairs: &Pairs,
    read: impl FnOnce(&Token<'_>) -> R + Send + 'static,
) -> Result<R, Problem> {
    let token_id = param(pairs, "token_id").ok_or(Problem::NoToken)?.to_owned();
    ask(app, move |world| {
        Token::with_book(world, &token_id).map(|token| read(&token)).ok_or(Problem::NoBook)
    })
    .await
}

/// What `read` finds at the token of a request, whether it still trades or not.
async fn known<R: Send + 'static>(
    app: &App,
    path: Named,
    query: &Query<Pairs>,
    missing: Problem,
    read: impl FnOnce(&Token<'_>) -> R + Send + 'static,
) -> Result<R, Problem> {
    let named = path.map(|Path(token_id)| token_id);
    let named = named.or_else(|| param(&query.0, "token_id").map(str::to_owned));
    let token_id = named.ok_or(Problem::NoToken)?;
    ask(app, move |world| Token::find(world, &token_id).map(|token| read(&token)).ok_or(missing))
        .await
}

/// What `read` finds at each token of a body that has a book, with the token's id, by id.
async fn each_quoted<R: Send + 'static>(
    app: &App,
    body: Body,
    read: impl Fn(&Token<'_>, &TokenRequest) -> Result<Option<R>, Problem> + Send + 'static,
) -> Result<Vec<(String, R)>, Problem> {
    let requests = requests::tokens(body)?;
    ask(app, move |world| {
        let mut found = Vec::with_capacity(requests.len());
        for request in requests {
            let Some(token) = Token::with_book(world, &request.token_id) else { continue };
            if let Some(read) = read(&token, &request)? {
                found.push((request.token_id, read));
            }
        }
        Ok(found)
    })
    .await
}

/// An object with what `read` finds, by token.
async fn by_token<R: Serialize + Send + 'static>(
    app: &App,
    body: Body,
    read: impl Fn(&Token<'_>) -> R + Send + 'static,
) -> Answer {
    let found = each_quoted(app, body, move |token, _| Ok(Some(read(token)))).await?;
    let found: BTreeMap<String, R> = found.into_iter().collect();
    Ok(Json(found).into_response())
}
