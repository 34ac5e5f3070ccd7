//! The best prices of open markets that nobody streams: all of them are looked at in rounds, a hundred at a time.
//!
//! A look says what the best prices were within the minute in which it was, and nothing of any other: it becomes a
//! bar of that minute, and neither begins a recording nor ends a gap (`store::bars::record_looks`). Prices that have
//! not changed are not written again for some hours: most markets are quiet, and there are hundreds of thousands.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use domain::{MarketId, Price, TokenId};
use metrics::{counter, gauge};
use polymarket::UpstreamError;
use polymarket::clob::BestPrices;
use store::StoreError;
use store::bars::{self, Quote};
use store::streaming::{self, TradedMarket};

use super::service::{Pen, Sources, ticks};

/// Markets of one request.
const BATCH: u32 = 100;
/// Prices that stay the same are written so often.
const UNCHANGED: TimeDelta = TimeDelta::hours(6);
/// How often an answer is asked for that came in another minute than the question.
const TRIES: u32 = 3;

/// Looks at the tail round after round, until the database is lost.
pub(super) async fn look(service: Arc<Sources>, pen: Pen) -> Result<(), StoreError> {
    let Some(every) = service.options.tail_every else {
        return std::future::pending().await;
    };
    let mut ticks = ticks(every);
    let mut tail = Tail { service: &service, pen: &pen, written: HashMap::new() };
    loop {
        ticks.tick().await;
        tail.round(every).await?;
    }
}

struct Tail<'a> {
    service: &'a Sources,
    pen: &'a Pen,
    /// What was written last of each market, as long as it need not be written again.
    written: HashMap<MarketId, Written>,
}

#[derive(Debug, Clone, Copy)]
struct Written {
    minute: DateTime<Utc>,
    bid: Option<Price>,
    ask: Option<Price>,
}

impl Tail<'_> {
    /// Looks at every open market that is not streamed, evenly over the time of a round.
    async fn round(&mut self, every: Duration) -> Result<(), StoreError> {
        let began = tokio::time::Instant::now();
        let database = self.service.database.service();
        let batches = streaming::open_count(database).await?.div_ceil(BATCH).max(1);
        let mut pace = ticks(every / batches);
        let mut after = None;
        let mut failed = 0_u32;
        loop {
            let batch = streaming::open_after(database, after.as_ref(), BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = Some(last.market_id.clone());
            let books = &self.service.books;
            let unstreamed: Vec<TradedMarket> =
                batch.into_iter().filter(|market| !books.is_live(&market.market_id)).collect();
            if !unstreamed.is_empty() {
                pace.tick().await;
                failed += u32::from(!self.look_at(&unstreamed).await?);
            }
        }
        if failed > 0 {
            tracing::warn!(
                failed,
                batches,
                "not all markets could be looked at; they are in the next round"
            );
        }
        let now = self.service.now();
        self.written.retain(|_, written| now - written.minute < UNCHANGED);
        gauge!("cascadian_tail_round_seconds").set(began.elapsed().as_secs_f64());
        Ok(())
    }

    /// Asks for the best prices of some markets and writes what is new; whether there was an answer.
    async fn look_at(&mut self, markets: &[TradedMarket]) -> Result<bool, StoreError> {
        match self.prices(markets).await {
            Ok(Some((minute, prices))) => self.write(minute, markets, prices).await.map(|()| true),
            Ok(None) => Ok(true),
            Err(error) => {
                tracing::debug!(%error, "the tail cannot be looked at");
                counter!("cascadian_tail_failures_total").increment(1);
                Ok(false)
            }
        }
    }

    /// The best prices of outcomes 0, and the minute they are of. `None` when every answer came in another minute
    /// than its question: nobody can say of which it is.
    async fn prices(
        &self,
        markets: &[TradedMarket],
    ) -> Result<Option<(DateTime<Utc>, Vec<BestPrices>)>, UpstreamError> {
        let tokens: Vec<TokenId> = markets.iter().map(|market| market.tokens[0].clone()).collect();
        for _ in 0..TRIES {
            let minute = Interval::Minute.bucket(self.service.now());
            let told = self.service.clob.prices(&tokens).await?;
            if Interval::Minute.bucket(self.service.now()) == minute {
                return Ok(Some((minute, told.rows)));
            }
        }
        Ok(None)
    }

    async fn write(
        &mut self,
        minute: DateTime<Utc>,
        markets: &[TradedMarket],
        prices: Vec<BestPrices>,
    ) -> Result<(), StoreError> {
        let by_token: HashMap<&TokenId, &MarketId> =
            markets.iter().map(|market| (&market.tokens[0], &market.market_id)).collect();
        let mut quotes = Vec::new();
        for BestPrices { token_id, bid, ask } in prices {
            let Some(&market_id) = by_token.get(&token_id) else { continue };
            let is_crossed = bid.zip(ask).is_some_and(|(bid, ask)| bid >= ask);
            if !is_crossed && is_news(self.written.get(market_id), minute, bid, ask) {
                self.written.insert(market_id.clone(), Written { minute, bid, ask });
                quotes.push(Quote { market_id: market_id.clone(), bid, ask });
            }
        }
        if quotes.is_empty() {
            return Ok(());
        }
        let mut lock = self.pen.take().await;
        bars::record_looks(lock.connection(), minute, &quotes, self.service.now()).await?;
        counter!("cascadian_tail_quotes_total")
            .increment(u64::try_from(quotes.len()).unwrap_or(u64::MAX));
        Ok(())
    }
}

/// Whether prices are to be written.
fn is_news(
    last: Option<&Written>,
    minute: DateTime<Utc>,
    bid: Option<Price>,
    ask: Option<Price>,
) -> bool {
    last.is_none_or(|last| (last.bid, last.ask) != (bid, ask) || minute - last.minute >= UNCHANGED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_written_when_they_change_and_every_some_hours() {
        let minute: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let price = |mills| Price::new(rust_decimal::Decimal::new(mills, 3)).ok();
        let last = Written { minute, bid: price(400), ask: price(410) };
        let is_news = |last, after: TimeDelta, bid, ask| is_news(last, minute + after, bid, ask);
        let soon = TimeDelta::minutes(10);
        assert!(is_news(None, soon, price(400), price(410)));
        assert!(!is_news(Some(&last), soon, price(400), price(410)));
        assert!(is_news(Some(&last), soon, price(400), None));
        assert!(is_news(Some(&last), soon, price(401), price(410)));
        assert!(is_news(Some(&last), UNCHANGED, price(400), price(410)));
    }
}
