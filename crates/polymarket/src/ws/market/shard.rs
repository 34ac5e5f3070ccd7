//! One connection of the market channel.

use std::future::pending;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::TokenId;
use serde_json::json;
use tokio::sync::watch;

use super::message::MarketMessage;
use super::plan::Tokens;
use super::{MarketEvent, ShardId, decode};
use crate::ws::subject::{Amendment, Subject};
use crate::ws::{Decoded, LossCause};

/// What a shard is to do.
#[derive(Debug, Clone, Default)]
pub(super) struct Orders {
    pub(super) tokens: Tokens,
    /// How often a new connection was asked for.
    pub(super) reconnects: u64,
}

/// One connection of the market channel.
#[derive(Debug)]
pub(super) struct Shard {
    id: ShardId,
    orders: watch::Receiver<Orders>,
    /// As the connection was told.
    told: Orders,
}

impl Shard {
    pub(super) fn new(id: ShardId, orders: watch::Receiver<Orders>) -> Self {
        Self { id, orders, told: Orders::default() }
    }

    fn tokens(&self) -> Vec<TokenId> {
        self.told.tokens.keys().cloned().collect()
    }

    fn watches(&self, token: &TokenId) -> bool {
        self.told.tokens.contains_key(token)
    }

    /// Whether a message is about a token of this shard. Who watches a token is also told the changes of
    /// the market's other one; if that is on another connection its changes would come twice, and not in
    /// one order.
    fn keeps(&self, message: &mut MarketMessage) -> bool {
        match message {
            MarketMessage::Changes(changes) => {
                changes.changes.retain(|change| self.watches(&change.token));
                !changes.changes.is_empty()
            }
            MarketMessage::Book(book) => self.watches(&book.token),
            MarketMessage::Trade(trade) => self.watches(&trade.token),
            MarketMessage::TickSize(change) => self.watches(&change.token),
            MarketMessage::BestPrices(prices) => self.watches(&prices.token),
            MarketMessage::Unusable(unusable) => {
                unusable.concerns.token.as_ref().is_none_or(|token| self.watches(token))
            }
            MarketMessage::NewMarket(_)
            | MarketMessage::Resolved(_)
            | MarketMessage::Unknown(_) => true,
        }
    }
}

/// Asks for, or gives up, tokens of an open connection.
fn operation(name: &str, tokens: &[TokenId]) -> String {
    let ids: Vec<&str> = tokens.iter().map(TokenId::as_str).collect();
    json!({ "operation": name, "assets_ids": ids, "custom_feature_enabled": true }).to_string()
}

/// Those of `tokens` that `others` has not, or has from another wish.
fn missing(tokens: &Tokens, others: &Tokens) -> Vec<TokenId> {
    let differs = tokens.iter().filter(|(token, wish)| others.get(*token) != Some(*wish));
    differs.map(|(token, _)| token.clone()).collect()
}

impl Subject for Shard {
    const CHANNEL: &'static str = "market";
    type Message = MarketMessage;
    type Event = MarketEvent;

    fn number(&self) -> usize {
        self.id.0
    }

    async fn wanted(&mut self) {
        if self.orders.wait_for(|orders| !orders.tokens.is_empty()).await.is_err() {
            // Nobody is left who could want anything.
            pending::<()>().await;
        }
    }

    fn greet(&mut self) -> Option<String> {
        self.told = self.orders.borrow_and_update().clone();
        if self.told.tokens.is_empty() {
            return None;
        }
        let ids: Vec<&str> = self.told.tokens.keys().map(TokenId::as_str).collect();
        let greeting =
            json!({ "assets_ids": ids, "type": "market", "custom_feature_enabled": true });
        Some(greeting.to_string())
    }

    async fn changed(&mut self) {
        if self.orders.changed().await.is_err() {
            pending::<()>().await;
        }
    }

    fn amend(&mut self, at: DateTime<Utc>) -> Result<Amendment<MarketEvent>, LossCause> {
        let wanted = self.orders.borrow_and_update().clone();
        if wanted.tokens.is_empty() {
            return Err(LossCause::Unneeded);
        }
        if wanted.reconnects != self.told.reconnects {
            return Err(LossCause::Requested);
        }
        let given_up = missing(&self.told.tokens, &wanted.tokens);
        let added = missing(&wanted.tokens, &self.told.tokens);
        self.told = wanted;
        let mut amendment = Amendment { say: Vec::new(), tell: Vec::new() };
        let shard = self.id;
        if !given_up.is_empty() {
            amendment.say.push(operation("unsubscribe", &given_up));
            amendment.tell.push(MarketEvent::Unsubscribed { shard, tokens: given_up, at });
        }
        if !added.is_empty() {
            amendment.say.push(operation("subscribe", &added));
            amendment.tell.push(MarketEvent::Subscribed { shard, tokens: added, at });
        }
        Ok(amendment)
    }

    fn decode(text: &str) -> Decoded<MarketMessage> {
        decode(text)
    }

    fn kind(message: &MarketMessage) -> &'static str {
        message.kind()
    }

    fn connected(&self, at: DateTime<Utc>) -> MarketEvent {
        MarketEvent::Connected { shard: self.id, tokens: self.tokens(), at }
    }

    fn received(
        &self,
        mut messages: Vec<MarketMessage>,
        received_at: DateTime<Utc>,
    ) -> Option<MarketEvent> {
        messages.retain_mut(|message| self.keeps(message));
        (!messages.is_empty()).then_some(MarketEvent::Received {
            shard: self.id,
            messages,
            received_at,
        })
    }

    fn lost(&self, cause: LossCause, at: DateTime<Utc>) -> MarketEvent {
        MarketEvent::Lost { shard: self.id, tokens: self.tokens(), cause, at }
    }

    fn unreachable(&self, cause: LossCause, retry_in: Duration, at: DateTime<Utc>) -> MarketEvent {
        MarketEvent::Unreachable { shard: self.id, cause, retry_in, at }
    }
}
