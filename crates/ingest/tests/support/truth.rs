//! What was traded, as only the lab knows it, beside what was recorded.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Timelike, Utc};
use domain::tape::{Trade, TradeKey};
use domain::{ConditionId, Price, Shares, Side};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use store::streaming::TradedMarket;
use store::{streaming, tape};

use super::exchange::Exchange;

/// Fills of an answer.
const PAGE: usize = 10_000;

/// Every trade since an instant of the markets that the database knows: the fills of one order of a taker together,
/// as upstream's record reports them.
pub(crate) async fn trades(exchange: &Exchange, since: DateTime<Utc>) -> Vec<Trade> {
    let mut fills = Vec::new();
    // Fills are numbered in the order of time: the newest first, by pages.
    let all = exchange.lab.with_world(|world| world.fill_count()).unwrap();
    let mut end = all;
    while end > 0 {
        let from = end.saturating_sub(PAGE);
        let path = format!("truth/fills?from={from}&limit={}", end - from);
        let Value::Array(page) = exchange.told(&path).await else { unreachable!("fills") };
        let is_last = page.first().is_none_or(|fill| instant(fill) < since);
        fills.extend(page);
        end = if is_last { 0 } else { from };
    }
    fills.retain(|fill| instant(fill) >= since);
    let conditions: Vec<&str> =
        fills.iter().map(|fill| fill["condition_id"].as_str().unwrap()).collect();
    let pool = exchange.database.service();
    let markets = streaming::by_conditions(pool, &conditions).await.unwrap();
    let mut orders: BTreeMap<(String, String), Vec<&Value>> = BTreeMap::new();
    for fill in &fills {
        let of = |text: &Value| text.as_str().unwrap().to_owned();
        let order = (of(&fill["transaction_hash"]), of(&fill["taker"]["address"]));
        orders.entry(order).or_default().push(fill);
    }
    orders.values().filter_map(|fills| trade(fills, &markets)).collect()
}

fn instant(fill: &Value) -> DateTime<Utc> {
    fill["at"].as_str().unwrap().parse().unwrap()
}

/// Millionths of a share.
fn micro_shares(fill: &Value) -> i64 {
    whole(fill["shares"].as_f64().unwrap() * 1e6)
}

/// Millionths of a dollar that the taker paid or got: shares × price, rounded to the nearest.
fn micro_usdc(fill: &Value) -> i64 {
    let pips = whole(fill["taker"]["price"].as_f64().unwrap() * 1e4);
    (micro_shares(fill) * pips + 5_000).div_euclid(10_000)
}

#[expect(clippy::cast_possible_truncation, reason = "rounded, and far from the limits")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

fn trade(fills: &[&Value], markets: &HashMap<String, TradedMarket>) -> Option<Trade> {
    let (first, taker) = (fills[0], &fills[0]["taker"]);
    let market = markets.get(first["condition_id"].as_str().unwrap())?;
    let token = taker["token_id"].as_str().unwrap();
    let shares: i64 = fills.iter().map(|fill| micro_shares(fill)).sum();
    let usdc: i64 = fills.iter().map(|fill| micro_usdc(fill)).sum();
    // By share, to ten decimals as the record tells it, and to eight as it is kept.
    let told = Decimal::new(whole(usdc as f64 / shares as f64 * 1e10), 10);
    let kept = told.round_dp_with_strategy(8, RoundingStrategy::MidpointNearestEven);
    Some(Trade {
        market_id: market.market_id.clone(),
        condition_id: ConditionId::parse(first["condition_id"].as_str().unwrap()).unwrap(),
        outcome_index: market.tokens.iter().position(|known| known.as_str() == token).unwrap(),
        token_id: token.parse().unwrap(),
        side: if taker["side"] == "BUY" { Side::Buy } else { Side::Sell },
        price: Price::new(kept).unwrap(),
        shares: Shares::new(Decimal::new(shares, 6)).unwrap(),
        traded_at: instant(first).with_nanosecond(0).unwrap(),
        transaction_hash: first["transaction_hash"].as_str().unwrap().parse().ok(),
        wallet: taker["address"].as_str().unwrap().parse().ok(),
    })
}

/// What is recorded since an instant.
pub(crate) async fn recorded(exchange: &Exchange, since: DateTime<Utc>) -> Vec<Trade> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT DISTINCT market_id FROM trades")
        .fetch_all(exchange.database.service())
        .await
        .unwrap();
    let mut all = Vec::new();
    for id in ids {
        let id = super::exchange::market_id(&id);
        let of = tape::of_market_since(exchange.database.service(), &id, since).await.unwrap();
        all.extend(of.into_iter().map(|stored| stored.trade));
    }
    all
}

/// What is amiss in a record.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Amiss {
    /// Trades that were not recorded.
    pub(crate) lost: Vec<TradeKey>,
    /// Trades that were recorded once more than they happened, or never happened.
    pub(crate) doubled: Vec<TradeKey>,
    /// Trades with another second, price or amount than they had.
    pub(crate) changed: Vec<(Trade, Trade)>,
}

impl Amiss {
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares a record with what happened.
pub(crate) fn compare(truth: &[Trade], recorded: &[Trade]) -> Amiss {
    let mut amiss = Amiss::default();
    let mut happened: HashMap<TradeKey, Vec<&Trade>> = HashMap::new();
    for trade in truth {
        happened.entry(trade.key()).or_default().push(trade);
    }
    for trade in recorded {
        match happened.get_mut(&trade.key()).and_then(Vec::pop) {
            Some(one) if one != trade => amiss.changed.push((one.clone(), trade.clone())),
            Some(_) => {}
            None => amiss.doubled.push(trade.key()),
        }
    }
    amiss.lost = happened.into_values().flatten().map(Trade::key).collect();
    amiss
}
