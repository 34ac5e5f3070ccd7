//! Trades that a test makes up, told by upstream's feed among those that happened.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::{Address, Side};
use serde_json::{Value, json};
use store::streaming::TradedMarket;

use super::doctored::doctored;
use super::exchange::Exchange;
use super::record::FEED;

/// What a taker did.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    pub(crate) at: DateTime<Utc>,
    /// By which the wallet is told from others.
    pub(crate) who: u8,
    pub(crate) side: Side,
    /// Of the first outcome.
    pub(crate) cents: u32,
    pub(crate) usdc: f64,
}

impl Planted {
    pub(crate) fn wallet(&self) -> Address {
        Address::from_bytes([self.who; 20])
    }
}

/// The rows that the feed tells beside its own, the newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Garden(Arc<Mutex<Vec<Value>>>);

impl Garden {
    /// Has the exchange's feed tell what is planted; before anybody reads it.
    pub(crate) async fn beside(exchange: &mut Exchange) -> Self {
        let garden = Self::default();
        let own = garden.clone();
        let cure = move |rows: &mut Vec<Value>| own.join(rows);
        exchange.upstream = doctored(exchange, FEED, cure).await;
        garden
    }

    /// Plants trades in the first outcome of a market.
    pub(crate) fn plant(&self, market: &TradedMarket, trades: &[Planted]) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for trade in trades {
            let number = rows.len();
            rows.push(row(market, trade, number));
        }
        rows.sort_by_key(|row| -second(row));
    }

    /// Puts those among a page's rows that belong there by their time.
    fn join(&self, rows: &mut Vec<Value>) {
        let (Some(first), Some(last)) = (rows.first().map(second), rows.last().map(second)) else {
            return;
        };
        let planted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The page's own rows go before: a second that is on two pages is told on the later one.
        rows.extend(planted.iter().filter(|row| (last..first).contains(&second(row))).cloned());
        rows.sort_by_key(|row| -second(row));
    }
}

fn second(row: &Value) -> i64 {
    row["timestamp"].as_i64().unwrap()
}

fn row(market: &TradedMarket, trade: &Planted, number: usize) -> Value {
    let price = f64::from(trade.cents) / 100.0;
    // Whole millionths, as the exchange has them.
    let shares = (trade.usdc / price * 1e6).round() / 1e6;
    json!({
        "proxy_wallet": trade.wallet().to_string(),
        "side": trade.side.slug().to_uppercase(),
        "token_id": market.tokens[0].as_str(),
        "condition_id": market.condition_id.as_str(),
        "size": shares,
        "price": price,
        "timestamp": trade.at.timestamp(),
        "title": "planted",
        "slug": "planted",
        "event_slug": "planted",
        "outcome": "Yes",
        "outcome_index": 0,
        "transaction_hash": format!("0x{:064x}", 0xa000_0000 + number),
    })
}
