//! Order books and what is derived from them.

use std::cmp::Reverse;
use std::collections::HashSet;

use domain::{ConditionId, Price, TokenId};
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde_json::value::RawValue;

use super::BookSide;
use crate::fields::Fields;
use crate::lenient;
use crate::quarantine::{RejectReason, RowKind};
use crate::rows::{Row, Rows};

/// What is offered at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawLevel {
    /// Dollars a share.
    pub price: Price,
    /// Shares, more than zero, six decimals.
    pub shares: Decimal,
}

/// The order book of a token as the CLOB gives it, sorted: upstream sends the best levels last, and its
/// documentation shows another order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawBook {
    /// Whose book.
    pub token_id: TokenId,
    /// The token's market.
    pub condition_id: Option<ConditionId>,
    /// Who buys, the highest price first, each price once.
    pub bids: Vec<RawLevel>,
    /// Who sells, the lowest price first, each price once.
    pub asks: Vec<RawLevel>,
    /// When the book last changed by upstream's clock, milliseconds since 1970.
    pub timestamp_ms: Option<i64>,
    /// Upstream's SHA-1 of this very book, its time included.
    pub hash: Option<String>,
    /// Distance between two prices, in dollars.
    pub tick_size: Option<Price>,
    /// Shares of the smallest order.
    pub min_order_size: Option<Decimal>,
    /// Whether the market belongs to a neg-risk event.
    pub neg_risk: Option<bool>,
    /// Dollars a share at the last trade of the market, in terms of its first outcome whichever token
    /// this is. May be days old.
    pub last_trade_price: Option<Price>,
}

impl Row for RawBook {
    const KIND: RowKind = RowKind::Book;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let token_id = fields.id("asset_id", TokenId::parse).ok_or("asset_id")?;
        let mut bids = levels(fields, "bids")?;
        let mut asks = levels(fields, "asks")?;
        bids.sort_by_key(|level| Reverse(level.price));
        asks.sort_by_key(|level| level.price);
        for (side, name) in [(&bids, "bids"), (&asks, "asks")] {
            // Which of two sizes holds cannot be known.
            if side.windows(2).any(|pair| pair[0].price == pair[1].price) {
                return Err(name);
            }
        }
        Ok(Self {
            token_id,
            condition_id: fields.id("market", ConditionId::parse),
            bids,
            asks,
            timestamp_ms: fields.instant("timestamp").map(|at| at.timestamp_millis()),
            hash: fields.text("hash"),
            tick_size: fields.price("tick_size"),
            min_order_size: fields.amount("min_order_size"),
            neg_risk: fields.flag("neg_risk"),
            last_trade_price: fields.price("last_trade_price"),
        })
    }

    fn key(&self) -> String {
        self.token_id.to_string()
    }
}

/// The levels of a side that hold something. A side that is absent or `null` is empty; one level that
/// cannot be read spoils the book, because without it the book would be another.
fn levels(fields: &mut Fields<'_>, side: &'static str) -> Result<Vec<RawLevel>, &'static str> {
    let Some(raw) = fields.raw(side) else { return Ok(Vec::new()) };
    let rows = lenient::list(raw.get()).map_err(|_| side)?.unwrap_or_default();
    let mut levels = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut members = Fields::parse(row).map_err(|_| side)?;
        let price = members.price("price").ok_or(side)?;
        let shares = members.amount("size").ok_or(side)?;
        if !shares.is_zero() {
            levels.push(RawLevel { price, shares });
        }
    }
    Ok(levels)
}

/// The middle between the best prices of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Midpoint {
    /// Whose.
    pub token_id: TokenId,
    /// Dollars a share.
    pub price: Price,
}

/// Reads `{token: "0.52"}`.
pub(super) fn read_midpoints(
    body: &[u8],
    wanted: &HashSet<TokenId>,
) -> Result<Rows<Midpoint>, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let whole: &RawValue = serde_json::from_str(&text)?;
    let mut middles = Rows::default();
    let mut members = Fields::parse(whole)?;
    let names: Vec<String> = members.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let Some(raw) = members.raw(&name) else { continue };
        middles.raw_rows += 1;
        let path = format!("midpoints.{}", name.chars().take(80).collect::<String>());
        let price = lenient::decimal(raw.get()).ok().flatten();
        let reason = match (TokenId::parse(&name), price.and_then(|price| Price::new(price).ok())) {
            (Ok(token_id), Some(price)) if wanted.contains(&token_id) => {
                middles.rows.push(Midpoint { token_id, price });
                continue;
            }
            (Ok(_), Some(_)) => RejectReason::NotRequested,
            (Ok(_), None) => RejectReason::Lacks("price"),
            (Err(_), _) => RejectReason::NoId,
        };
        middles.reject(RowKind::Midpoint, Some(name), reason, path, raw);
    }
    middles.rows.sort_by(|a, b| a.token_id.cmp(&b.token_id));
    Ok(middles)
}

/// The best prices of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestPrices {
    /// Whose.
    pub token_id: TokenId,
    /// What the highest bidder pays for a share; `None` where nobody bids.
    pub bid: Option<Price>,
    /// What the cheapest seller asks; `None` where nobody sells.
    pub ask: Option<Price>,
}

/// Reads `{token: {"BUY": "0.51", "SELL": "0.53"}}`.
pub(super) fn read_prices(
    body: &[u8],
    wanted: &HashSet<TokenId>,
) -> Result<Rows<BestPrices>, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let whole: &RawValue = serde_json::from_str(&text)?;
    let mut best = Rows::default();
    let mut members = Fields::parse(whole)?;
    let names: Vec<String> = members.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let Some(raw) = members.raw(&name) else { continue };
        best.raw_rows += 1;
        let reason = match (TokenId::parse(&name), sides(raw)) {
            (Ok(token_id), Ok((bid, ask))) if wanted.contains(&token_id) => {
                best.rows.push(BestPrices { token_id, bid, ask });
                continue;
            }
            (Ok(_), Ok(_)) => RejectReason::NotRequested,
            (Ok(_), Err(reason)) => reason,
            (Err(_), _) => RejectReason::NoId,
        };
        let path = format!("prices.{}", name.chars().take(80).collect::<String>());
        best.reject(RowKind::BestPrices, Some(name), reason, path, raw);
    }
    best.rows.sort_by(|a, b| a.token_id.cmp(&b.token_id));
    Ok(best)
}

/// The best bid and the best ask. A side that is absent is empty, as is one at the end of the scale; one that says
/// what nobody can read spoils both, because it may be anything.
fn sides(raw: &RawValue) -> Result<(Option<Price>, Option<Price>), RejectReason> {
    let mut members = Fields::parse(raw).map_err(|_| RejectReason::NotAnObject)?;
    let told = BookSide::ALL.map(|side| (side, members.raw(side.word())));
    if told.iter().all(|(_, raw)| raw.is_none()) {
        return Err(RejectReason::Lacks("price"));
    }
    let [bid, ask] = told.map(|(side, raw)| {
        let Some(raw) = raw else { return Ok(None) };
        let price = lenient::decimal(raw.get()).ok().flatten().and_then(|it| Price::new(it).ok());
        let price = price.ok_or(RejectReason::Lacks(side.word()))?;
        Ok(Some(price).filter(|price| price.decimal() != side.nobody()))
    });
    Ok((bid?, ask?))
}

/// Reads `{"price":"0.52"}`.
pub(super) fn read_price(body: &[u8]) -> Result<Price, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let whole: &RawValue = serde_json::from_str(&text)?;
    let price = Fields::parse(whole)?.price("price");
    price.ok_or_else(|| serde_json::Error::custom("no usable price"))
}
