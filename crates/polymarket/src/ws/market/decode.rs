//! Reading the market channel's frames.

use std::cmp::Reverse;

use domain::{ConditionId, EventId, MarketId, TokenId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::message::{
    BestPrices, BookChanges, BookSnapshot, Concerned, EventMention, LastTrade, Level, LevelChange,
    MarketMessage, MarketResolved, NewMarket, TickSizeChange,
};
use crate::fields::{FieldIssue, Fields};
use crate::lenient::{self, Unreadable};
use crate::ws::reading::{Notes, id, kept, needed, price, shares, side, split, text};
use crate::ws::{Decoded, Unknown, Unusable};

/// Reads a frame: an object, or an array of objects. Whatever it holds, nothing fails; what cannot be used
/// is among the messages as [`MarketMessage::Unusable`] or [`MarketMessage::Unknown`].
pub fn decode(frame: &str) -> Decoded<MarketMessage> {
    let mut reading = Reading::default();
    match split(frame) {
        Ok(parts) => parts.into_iter().for_each(|part| reading.message(part)),
        Err(_) => reading.unusable(None, Concerned::default(), None, frame),
    }
    Decoded { messages: reading.messages, issues: reading.notes.0 }
}

/// Any message; members that none of the kinds has are passed over. The frequent kinds are read from
/// here, the rare ones anew member by member.
#[derive(Debug, Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    event_type: Option<&'a RawValue>,
    #[serde(borrow)]
    asset_id: Option<&'a RawValue>,
    #[serde(borrow)]
    market: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    hash: Option<&'a RawValue>,
    /// Recordings of 2024 have `buys` and `sells`.
    #[serde(borrow, default, deserialize_with = "present")]
    bids: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    asks: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    buys: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    sells: Option<&'a RawValue>,
    #[serde(borrow)]
    tick_size: Option<&'a RawValue>,
    #[serde(borrow)]
    last_trade_price: Option<&'a RawValue>,
    #[serde(borrow)]
    min_order_size: Option<&'a RawValue>,
    #[serde(borrow)]
    neg_risk: Option<&'a RawValue>,
    #[serde(borrow)]
    price_changes: Option<&'a RawValue>,
    /// The form before September 2025: the token stands beside the list.
    #[serde(borrow)]
    changes: Option<&'a RawValue>,
    #[serde(borrow)]
    price: Option<&'a RawValue>,
    #[serde(borrow)]
    size: Option<&'a RawValue>,
    #[serde(borrow)]
    side: Option<&'a RawValue>,
    #[serde(borrow)]
    fee_rate_bps: Option<&'a RawValue>,
    #[serde(borrow)]
    transaction_hash: Option<&'a RawValue>,
    #[serde(borrow)]
    old_tick_size: Option<&'a RawValue>,
    #[serde(borrow)]
    new_tick_size: Option<&'a RawValue>,
    #[serde(borrow)]
    best_bid: Option<&'a RawValue>,
    #[serde(borrow)]
    best_ask: Option<&'a RawValue>,
    #[serde(borrow)]
    spread: Option<&'a RawValue>,
    #[serde(borrow)]
    question: Option<&'a RawValue>,
    #[serde(borrow)]
    winning_asset_id: Option<&'a RawValue>,
}

/// Keeps an explicit `null` apart from an absent member: an empty list of a Go program is `null`.
fn present<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(input).map(Some)
}

impl Wire<'_> {
    /// What a message is that does not say it.
    fn implied_kind(&self) -> Option<&'static str> {
        if self.price_changes.is_some() || self.changes.is_some() {
            Some("price_change")
        } else if self.bids.or(self.asks).or(self.buys).or(self.sells).is_some() {
            Some("book")
        } else if self.new_tick_size.is_some() {
            Some("tick_size_change")
        } else if self.winning_asset_id.is_some() {
            Some("market_resolved")
        } else if self.question.is_some() {
            Some("new_market")
        } else if self.best_bid.or(self.best_ask).is_some() {
            Some("best_bid_ask")
        } else if self.price.is_some() && self.asset_id.is_some() {
            Some("last_trade_price")
        } else {
            None
        }
    }

    fn concerned(&self) -> Concerned {
        concerned(self.asset_id, self.market)
    }
}

fn concerned(asset_id: Option<&RawValue>, market: Option<&RawValue>) -> Concerned {
    Concerned {
        token: asset_id.and_then(|raw| token(raw.get()).ok().flatten()),
        condition: market.and_then(|raw| condition(raw.get()).ok().flatten()),
    }
}

#[derive(Debug, Deserialize)]
struct WireLevel<'a> {
    #[serde(borrow)]
    price: Option<&'a RawValue>,
    #[serde(borrow)]
    size: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct WireChange<'a> {
    #[serde(borrow)]
    asset_id: Option<&'a RawValue>,
    #[serde(borrow)]
    price: Option<&'a RawValue>,
    #[serde(borrow)]
    size: Option<&'a RawValue>,
    #[serde(borrow)]
    side: Option<&'a RawValue>,
    #[serde(borrow)]
    hash: Option<&'a RawValue>,
    #[serde(borrow)]
    best_bid: Option<&'a RawValue>,
    #[serde(borrow)]
    best_ask: Option<&'a RawValue>,
}

fn token(raw: &str) -> Result<Option<TokenId>, Unreadable> {
    id(raw, TokenId::parse)
}

fn condition(raw: &str) -> Result<Option<ConditionId>, Unreadable> {
    id(raw, ConditionId::parse)
}

#[derive(Debug, Default)]
struct Reading {
    messages: Vec<MarketMessage>,
    notes: Notes,
}

impl Reading {
    fn unusable(
        &mut self,
        kind: Option<&str>,
        concerns: Concerned,
        issue: Option<FieldIssue>,
        raw: &str,
    ) {
        let kind = kind.map(str::to_owned);
        let unusable = Unusable { kind, concerns, issue, raw: kept(raw) };
        self.messages.push(MarketMessage::Unusable(unusable));
    }

    fn message(&mut self, raw: &RawValue) {
        let Ok(wire) = serde_json::from_str::<Wire>(raw.get()) else {
            return self.unusable(None, Concerned::default(), None, raw.get());
        };
        let told = self.notes.maybe("event_type", wire.event_type, text);
        let kind = told.as_deref().or_else(|| wire.implied_kind());
        let message = match kind {
            Some("book") => self.book(&wire).map(MarketMessage::Book),
            Some("price_change") => return self.changes(&wire, raw),
            Some("last_trade_price") => self.trade(&wire).map(MarketMessage::Trade),
            Some("tick_size_change") => self.tick_size(&wire).map(MarketMessage::TickSize),
            Some("best_bid_ask") => self.best_prices(&wire).map(MarketMessage::BestPrices),
            Some("new_market") => self.new_market(raw).map(MarketMessage::NewMarket),
            Some("market_resolved") => self.resolved(raw).map(MarketMessage::Resolved),
            other => {
                let kind = other.map(str::to_owned);
                Ok(MarketMessage::Unknown(Unknown { kind, raw: kept(raw.get()) }))
            }
        };
        match message {
            Ok(message) => self.messages.push(message),
            Err(issue) => self.unusable(kind, wire.concerned(), Some(issue), raw.get()),
        }
    }

    /// A book with one unreadable level is no book.
    fn book(&mut self, wire: &Wire) -> Result<BookSnapshot, FieldIssue> {
        let (bids, asks) = (wire.bids.or(wire.buys), wire.asks.or(wire.sells));
        if bids.or(asks).is_none() {
            return Err(FieldIssue { field: "bids", reason: Unreadable::Missing });
        }
        let mut bids = levels("bids", bids)?;
        let mut asks = levels("asks", asks)?;
        bids.sort_by_key(|level| Reverse(level.price));
        asks.sort_by_key(|level| level.price);
        Ok(BookSnapshot {
            token: needed("asset_id", wire.asset_id, token)?,
            condition: self.notes.maybe("market", wire.market, condition),
            at: self.notes.maybe("timestamp", wire.timestamp, lenient::instant),
            hash: self.notes.maybe("hash", wire.hash, text),
            bids,
            asks,
            tick_size: self.notes.maybe("tick_size", wire.tick_size, price),
            last_trade_price: self.notes.maybe("last_trade_price", wire.last_trade_price, price),
            min_order_shares: self.notes.maybe("min_order_size", wire.min_order_size, shares),
            neg_risk: self.notes.maybe("neg_risk", wire.neg_risk, lenient::flag),
        })
    }

    /// One bad change costs itself only, and is told beside the others.
    fn changes(&mut self, wire: &Wire, raw: &RawValue) {
        let list = wire.price_changes.or(wire.changes);
        let rows: Option<Vec<&RawValue>> =
            list.and_then(|list| serde_json::from_str(list.get()).ok());
        let Some(rows) = rows else {
            let reason = if list.is_some() { Unreadable::NotAList } else { Unreadable::Missing };
            let issue = FieldIssue { field: "price_changes", reason };
            return self.unusable(Some("price_change"), wire.concerned(), Some(issue), raw.get());
        };
        let mut changes = Vec::with_capacity(rows.len());
        let mut bad = Vec::new();
        for row in rows {
            match self.change(wire, row) {
                Ok(change) => changes.push(change),
                Err((concerned, issue)) => bad.push((concerned, issue, row)),
            }
        }
        if !changes.is_empty() {
            let condition = self.notes.maybe("market", wire.market, condition);
            let at = self.notes.maybe("timestamp", wire.timestamp, lenient::instant);
            self.messages.push(MarketMessage::Changes(BookChanges { condition, at, changes }));
        }
        for (concerned, issue, row) in bad {
            self.unusable(Some("price_change"), concerned, issue, row.get());
        }
    }

    fn change(
        &mut self,
        wire: &Wire,
        row: &RawValue,
    ) -> Result<LevelChange, (Concerned, Option<FieldIssue>)> {
        let Ok(change) = serde_json::from_str::<WireChange>(row.get()) else {
            return Err((wire.concerned(), None));
        };
        let asset_id = change.asset_id.or(wire.asset_id);
        let needed = || {
            let token = needed("asset_id", asset_id, token)?;
            let side = needed("side", change.side, side)?;
            let price = needed("price", change.price, price)?;
            let shares = needed("size", change.size, shares)?;
            Ok((token, side, price, shares))
        };
        let (token, side, price_of_level, shares) =
            needed().map_err(|issue| (concerned(asset_id, wire.market), Some(issue)))?;
        Ok(LevelChange {
            token,
            side,
            price: price_of_level,
            shares,
            best_bid: self.notes.maybe("best_bid", change.best_bid, price),
            best_ask: self.notes.maybe("best_ask", change.best_ask, price),
            hash: self.notes.maybe("hash", change.hash.or(wire.hash), text),
        })
    }

    fn trade(&mut self, wire: &Wire) -> Result<LastTrade, FieldIssue> {
        Ok(LastTrade {
            token: needed("asset_id", wire.asset_id, token)?,
            condition: self.notes.maybe("market", wire.market, condition),
            at: self.notes.maybe("timestamp", wire.timestamp, lenient::instant),
            price: needed("price", wire.price, price)?,
            shares: self.notes.maybe("size", wire.size, shares),
            side: self.notes.maybe("side", wire.side, side),
            fee_rate_bps: self.notes.maybe("fee_rate_bps", wire.fee_rate_bps, lenient::decimal),
            transaction_hash: self.notes.maybe("transaction_hash", wire.transaction_hash, text),
        })
    }

    fn tick_size(&mut self, wire: &Wire) -> Result<TickSizeChange, FieldIssue> {
        Ok(TickSizeChange {
            token: needed("asset_id", wire.asset_id, token)?,
            condition: self.notes.maybe("market", wire.market, condition),
            at: self.notes.maybe("timestamp", wire.timestamp, lenient::instant),
            old: self.notes.maybe("old_tick_size", wire.old_tick_size, price),
            new: needed("new_tick_size", wire.new_tick_size, price)?,
        })
    }

    fn best_prices(&mut self, wire: &Wire) -> Result<BestPrices, FieldIssue> {
        Ok(BestPrices {
            token: needed("asset_id", wire.asset_id, token)?,
            condition: self.notes.maybe("market", wire.market, condition),
            at: self.notes.maybe("timestamp", wire.timestamp, lenient::instant),
            bid: self.notes.maybe("best_bid", wire.best_bid, price),
            ask: self.notes.maybe("best_ask", wire.best_ask, price),
            spread: self.notes.maybe("spread", wire.spread, price),
        })
    }

    /// Of use as soon as one of its names is known.
    fn new_market(&mut self, raw: &RawValue) -> Result<Box<NewMarket>, FieldIssue> {
        let mut fields = rare(raw)?;
        let named = named(&mut fields)?;
        let new = NewMarket {
            market: named.market,
            condition: named.condition,
            slug: fields.text("slug"),
            question: fields.text("question"),
            tokens: named.tokens,
            outcomes: texts(&mut fields, "outcomes"),
            event: self.event(&mut fields),
            active: fields.flag("active"),
            tick_size: fields.price("order_price_min_tick_size"),
            at: fields.instant("timestamp"),
            raw: kept(raw.get()),
        };
        self.notes.0.extend(fields.finish().1);
        Ok(Box::new(new))
    }

    fn resolved(&mut self, raw: &RawValue) -> Result<Box<MarketResolved>, FieldIssue> {
        let mut fields = rare(raw)?;
        let named = named(&mut fields)?;
        let resolved = MarketResolved {
            market: named.market,
            condition: named.condition,
            tokens: named.tokens,
            winner: fields.id("winning_asset_id", TokenId::parse),
            winning_outcome: fields.text("winning_outcome"),
            event: self.event(&mut fields),
            at: fields.instant("timestamp"),
            raw: kept(raw.get()),
        };
        self.notes.0.extend(fields.finish().1);
        Ok(Box::new(resolved))
    }

    fn event(&mut self, fields: &mut Fields) -> EventMention {
        let Some(raw) = fields.raw("event_message") else { return EventMention::default() };
        let Ok(mut event) = Fields::parse(raw) else { return EventMention::default() };
        let mention = EventMention {
            event: event.id("id", EventId::parse),
            slug: event.text("slug"),
            title: event.text("title"),
        };
        self.notes.0.extend(event.finish().1);
        mention
    }
}

/// Names of a market, of which there is at least one.
struct Named {
    market: Option<MarketId>,
    condition: Option<ConditionId>,
    tokens: Vec<TokenId>,
}

fn named(fields: &mut Fields) -> Result<Named, FieldIssue> {
    let market = fields.id("id", MarketId::parse);
    let either = fields.id("market", ConditionId::parse);
    let condition = fields.id("condition_id", ConditionId::parse).or(either);
    let either = tokens(fields, "clob_token_ids");
    let tokens = tokens(fields, "assets_ids").or(either).unwrap_or_default();
    if market.is_none() && condition.is_none() && tokens.is_empty() {
        return Err(FieldIssue { field: "market", reason: Unreadable::Missing });
    }
    Ok(Named { market, condition, tokens })
}

fn rare(raw: &RawValue) -> Result<Fields<'_>, FieldIssue> {
    let no_object = |_| FieldIssue { field: "event_type", reason: Unreadable::NotText };
    Fields::parse(raw).map_err(no_object)
}

/// All of a list or nothing: their place says which outcome they are.
fn tokens(fields: &mut Fields, field: &'static str) -> Option<Vec<TokenId>> {
    let list = fields.list(field)?;
    let read = list.iter().map(|raw| token(raw.get()).ok().flatten());
    let read: Option<Vec<TokenId>> = read.collect();
    if read.is_none() {
        fields.note(field, Unreadable::NotAnId);
    }
    read
}

fn texts(fields: &mut Fields, field: &'static str) -> Vec<String> {
    let list = fields.list(field).unwrap_or_default();
    let read = list.iter().map(|raw| text(raw.get()).ok().flatten().unwrap_or_default());
    read.collect()
}

fn levels(field: &'static str, raw: Option<&RawValue>) -> Result<Vec<Level>, FieldIssue> {
    let no_list = |_| FieldIssue { field, reason: Unreadable::NotAList };
    let raw = match raw.map(RawValue::get) {
        None | Some("null" | "\"\"") => return Ok(Vec::new()),
        Some(raw) => raw,
    };
    let rows: Vec<WireLevel> = serde_json::from_str(raw).map_err(no_list)?;
    let mut levels = Vec::with_capacity(rows.len());
    for row in rows {
        let price = needed(field, row.price, price)?;
        let shares = needed(field, row.size, shares)?;
        if !shares.is_zero() {
            levels.push(Level { price, shares });
        }
    }
    Ok(levels)
}

#[cfg(test)]
mod tests;
