//! Takes in what the market channel says of books.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::TokenId;
use domain::book::{
    Announced, Book, BookCause, BookMeta, BookSource, BookUpdate, LevelChange, Pips,
};
use metrics::counter;
use polymarket::ws;
use polymarket::ws::market::{BookChanges, Concerned, MarketMessage, ShardId};

use super::convert::{level, micro_shares};
use super::work::Work;

impl Work {
    pub(super) fn take_message(
        &mut self,
        shard: ShardId,
        message: MarketMessage,
        received_at: DateTime<Utc>,
    ) {
        match message {
            MarketMessage::Book(snapshot) => self.take_book(&snapshot, received_at),
            MarketMessage::Changes(changes) => self.take_changes(&changes, received_at),
            MarketMessage::Trade(trade) => self.books.traded(&trade.token, trade.price),
            MarketMessage::TickSize(change) => {
                if let Some(tick) = Pips::of(change.new) {
                    self.books.update(&change.token, |keeper| keeper.tick_changed(tick));
                }
            }
            MarketMessage::BestPrices(best) => {
                let announced = Announced {
                    bid: best.bid.and_then(Pips::of),
                    ask: best.ask.and_then(Pips::of),
                };
                if let Some(at) = best.at {
                    self.take_delta(
                        &best.token,
                        &[],
                        announced,
                        at.timestamp_millis(),
                        received_at,
                    );
                }
            }
            MarketMessage::Resolved(resolved) => {
                // A full queue only means that the oracle is asked later.
                for token in resolved.tokens.into_iter().take(1) {
                    drop(self.resolved.try_send(token));
                }
            }
            MarketMessage::Unusable(unusable) => {
                counter!("cascadian_live_unusable_messages_total").increment(1);
                if may_change_books(unusable.kind.as_deref()) {
                    self.doubt_concerned(shard, unusable.concerns, received_at);
                }
            }
            MarketMessage::NewMarket(_) | MarketMessage::Unknown(_) => {}
        }
    }

    fn take_book(&mut self, snapshot: &ws::market::BookSnapshot, received_at: DateTime<Utc>) {
        let levels = |levels: &[ws::market::Level]| -> Option<Vec<_>> {
            levels.iter().map(|one| level(one.price, one.shares)).collect()
        };
        let book = levels(&snapshot.bids)
            .zip(levels(&snapshot.asks))
            .map(|(bids, asks)| Book::of(bids, asks));
        let Some((book, at)) = book.zip(snapshot.at) else {
            return self.doubt(&snapshot.token, received_at);
        };
        let meta = BookMeta {
            tick: snapshot.tick_size.and_then(Pips::of),
            last_trade: snapshot.last_trade_price,
            min_order: snapshot.min_order_shares.and_then(|size| domain::Shares::new(size).ok()),
            neg_risk: snapshot.neg_risk,
            hash: snapshot.hash.clone().map(String::into_boxed_str),
        };
        let at_ms = at.timestamp_millis();
        let update = self.books.update(&snapshot.token, |keeper| {
            keeper.snapshot(book, at_ms, received_at, BookSource::Stream, meta)
        });
        self.heed(&snapshot.token, update);
    }

    fn take_changes(&mut self, message: &BookChanges, received_at: DateTime<Utc>) {
        let mut by_token: HashMap<&TokenId, (Vec<LevelChange>, Announced)> = HashMap::new();
        let mut doubted = Vec::new();
        for change in &message.changes {
            let (Some(price), Some(size)) = (Pips::of(change.price), micro_shares(change.shares))
            else {
                doubted.push(&change.token);
                continue;
            };
            let (changes, announced) = by_token.entry(&change.token).or_default();
            changes.push(LevelChange { side: change.side, price, size });
            *announced = Announced {
                bid: change.best_bid.and_then(Pips::of),
                ask: change.best_ask.and_then(Pips::of),
            };
        }
        for (token, (changes, announced)) in by_token {
            match message.at {
                Some(at) if !doubted.contains(&token) => {
                    let at_ms = at.timestamp_millis();
                    self.take_delta(token, &changes, announced, at_ms, received_at);
                }
                _ => self.doubt(token, received_at),
            }
        }
    }

    fn take_delta(
        &mut self,
        token: &TokenId,
        changes: &[LevelChange],
        announced: Announced,
        at_ms: i64,
        received_at: DateTime<Utc>,
    ) {
        let update =
            self.books.update(token, |keeper| keeper.delta(changes, announced, at_ms, received_at));
        self.heed(token, update);
    }

    fn heed(&mut self, token: &TokenId, update: Option<BookUpdate>) {
        if let Some(BookUpdate::NeedsResync { cause }) = update {
            counter!("cascadian_live_resyncs_total", "cause" => cause.slug()).increment(1);
            self.due.insert(token.clone());
        }
    }

    /// What cannot be used was about these; where it does not say, about anything the connection carries.
    fn doubt_concerned(&self, shard: ShardId, concerned: Concerned, received_at: DateTime<Utc>) {
        let of_market = concerned.condition.and_then(|id| self.books.token_of_condition(&id));
        match (concerned.token, of_market) {
            (Some(token), _) | (None, Some(token)) => self.doubt(&token, received_at),
            (None, None) => {
                for token in self.shards.get(&shard).cloned().unwrap_or_default() {
                    self.doubt(&token, received_at);
                }
            }
        }
    }

    /// Something was said of a token that cannot be used: its book is what it was, until it is fetched.
    fn doubt(&self, token: &TokenId, received_at: DateTime<Utc>) {
        if self.books.update(token, |keeper| keeper.doubt(received_at)).is_some() {
            let cause = BookCause::Unreadable.slug();
            counter!("cascadian_live_resyncs_total", "cause" => cause).increment(1);
        }
    }
}

/// Whether a message of this kind, or of none, would have changed a book.
fn may_change_books(kind: Option<&str>) -> bool {
    !matches!(kind, Some("last_trade_price" | "new_market" | "market_resolved"))
}
