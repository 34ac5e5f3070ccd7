//! The best prices of the exchange's own books, recorded as looks at them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Price;
use domain::bars::Interval;
use domain::book::Pips;
use ingest::live::snapshot_of_rest;
use store::bars::{self, Quote};
use store::streaming;

use super::exchange::Exchange;

/// Records the best prices of all open markets at the end of this minute, as the exchange's own books have them; the
/// middle of each.
pub(crate) async fn look(exchange: &Exchange) -> (DateTime<Utc>, BTreeMap<String, f64>) {
    let minute = Interval::Minute.bucket(exchange.now());
    let end = minute + TimeDelta::minutes(1);
    exchange.advance(end - exchange.now()).await;
    let pool = exchange.database.service();
    let markets = streaming::open_after(pool, None, 1_000).await.unwrap();
    let tokens: Vec<_> = markets.iter().map(|market| market.tokens[0].clone()).collect();
    let books = exchange.clob().books(&tokens).await.unwrap();
    let quotes = books.rows.into_iter().filter_map(|raw| {
        let market = markets.iter().find(|market| market.tokens[0] == raw.token_id)?;
        let book = snapshot_of_rest(raw)?.book;
        let (bid, ask) = (book.best_bid().map(Pips::price), book.best_ask().map(Pips::price));
        Some(Quote { market_id: market.market_id.clone(), bid, ask })
    });
    let quotes: Vec<Quote> = quotes.collect();
    let mut connection = pool.acquire().await.unwrap();
    bars::record_looks(&mut connection, minute, &quotes, exchange.now()).await.unwrap();
    let price = |price: Price| f64::try_from(price.decimal()).unwrap();
    let mids = quotes.iter().filter_map(|quote| {
        Some((quote.market_id.to_string(), f64::midpoint(price(quote.bid?), price(quote.ask?))))
    });
    (end, mids.collect())
}
