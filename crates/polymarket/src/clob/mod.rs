//! The CLOB, the exchange: order books, prices and their history.
//!
//! Some tokens, mostly of quiet neg-risk markets, have a ghost for a book: a bid at 0.01 and an ask at
//! 0.99, while [`ClobClient::price`] is right (py-clob-client#180). Callers that see such a book are to
//! ask for the price before they show it.

mod book;
mod history;
mod market;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{ConditionId, Origin, Price, TokenId};
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde_json::json;
use serde_json::value::RawValue;

pub use book::{BestPrices, Midpoint, RawBook, RawLevel};
pub use history::{Fidelity, HistoryQuery};
pub use market::{ClobMarket, ClobOutcome, TokenMarket};

use crate::history::PricePoint;
use crate::lenient;
use crate::quarantine::RowKind;
use crate::rows::{Row, Rows};
use crate::{Host, Request, Upstream, UpstreamError, UpstreamErrorKind};

/// Most tokens of one request for books, prices or midpoints. Upstream names no figure and refuses what it finds
/// too large (`Payload exceeds the limit`).
const MAX_TOKENS: usize = 100;
/// Most tokens of one request for histories.
const MAX_HISTORIES: usize = 20;

/// A side of the order book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BookSide {
    /// Those who buy.
    Bid,
    /// Those who sell.
    Ask,
}

impl BookSide {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Bid, Self::Ask];

    /// Upstream names the side of the resting orders: `BUY` gives the best bid.
    fn word(self) -> &'static str {
        match self {
            Self::Bid => "BUY",
            Self::Ask => "SELL",
        }
    }

    /// What upstream says where nobody is on this side.
    fn nobody(self) -> Decimal {
        match self {
            Self::Bid => Decimal::ZERO,
            Self::Ask => Decimal::ONE,
        }
    }
}

/// The client of the CLOB. Cheap to clone; clones share connections and limits.
#[derive(Debug, Clone)]
pub struct ClobClient {
    upstream: Arc<Upstream>,
}

impl ClobClient {
    /// A client that sends through `upstream`.
    pub fn new(upstream: Arc<Upstream>) -> Self {
        Self { upstream }
    }

    /// What the last answer came from; `None` before the first.
    pub fn origin(&self) -> Option<Origin> {
        self.upstream.origin()
    }

    /// The order book of a token (`/book`); `None` where there is none: the token is unknown, or its
    /// market takes no orders. A book that cannot be read whole is an error, never a smaller book.
    pub async fn book(&self, token_id: &TokenId) -> Result<Option<RawBook>, UpstreamError> {
        let request = Request::new(Host::Clob, "/book", ["book"]).with("token_id", token_id);
        let wanted = token_id.clone();
        let read = move |body: &[u8]| RawBook::decode_single(body, |book| book.token_id == wanted);
        Ok(found(self.rows(&request, RowKind::Book, read).await)?.and_then(only))
    }

    /// The order books of tokens (`POST /books`), asked for by the hundred. Tokens without a book are
    /// absent; books nobody asked for, and those that cannot be read whole, are quarantined.
    ///
    /// Fails as a whole: who wants the other parts when one fails asks in parts of at most a hundred.
    pub async fn books(&self, token_ids: &[TokenId]) -> Result<Rows<RawBook>, UpstreamError> {
        let mut books = Rows::default();
        for batch in token_ids.chunks(MAX_TOKENS) {
            let request = Request::new(Host::Clob, "/books", ["books"]).with_json(&tokens(batch));
            let wanted: HashSet<TokenId> = batch.iter().cloned().collect();
            let read = move |body: &[u8]| {
                let text = String::from_utf8_lossy(body);
                let rows: Vec<&RawValue> = serde_json::from_str(&text)?;
                Ok(RawBook::decode_all(&rows, "books", |book| wanted.contains(&book.token_id)))
            };
            books.append(self.rows(&request, RowKind::Book, read).await?);
        }
        Ok(books)
    }

    /// The best price of those who are on a side of a token's book (`/price`); `None` where nobody is,
    /// or where there is no book.
    pub async fn price(
        &self,
        token_id: &TokenId,
        side: BookSide,
    ) -> Result<Option<Price>, UpstreamError> {
        let request = Request::new(Host::Clob, "/price", ["price"])
            .with("token_id", token_id)
            .with("side", &side.word());
        let price = found(self.upstream.get(&request, book::read_price).await)?;
        Ok(price.filter(|price| price.decimal() != side.nobody()))
    }

    /// The best prices of tokens (`POST /prices`), asked for by the hundred: right also where the book is a ghost.
    /// Tokens without a book are absent.
    pub async fn prices(&self, token_ids: &[TokenId]) -> Result<Rows<BestPrices>, UpstreamError> {
        let mut best = Rows::default();
        for batch in token_ids.chunks(MAX_TOKENS) {
            let sides = |id: &TokenId| {
                let id = id.clone();
                BookSide::ALL.map(|side| json!({ "token_id": id, "side": side.word() }))
            };
            let body: serde_json::Value = batch.iter().flat_map(sides).collect();
            let request = Request::new(Host::Clob, "/prices", ["prices"]).with_json(&body);
            let wanted: HashSet<TokenId> = batch.iter().cloned().collect();
            let read = move |body: &[u8]| book::read_prices(body, &wanted);
            best.append(self.rows(&request, RowKind::BestPrices, read).await?);
        }
        Ok(best)
    }

    /// The middles of tokens' books (`POST /midpoints`), asked for by the hundred. Tokens without a book
    /// are absent. Where one side is empty upstream takes it for 0 or 1: an empty book's middle is 0.5.
    pub async fn midpoints(&self, token_ids: &[TokenId]) -> Result<Rows<Midpoint>, UpstreamError> {
        let mut middles = Rows::default();
        for batch in token_ids.chunks(MAX_TOKENS) {
            let request =
                Request::new(Host::Clob, "/midpoints", ["midpoints"]).with_json(&tokens(batch));
            let wanted: HashSet<TokenId> = batch.iter().cloned().collect();
            let read = move |body: &[u8]| book::read_midpoints(body, &wanted);
            middles.append(self.rows(&request, RowKind::Midpoint, read).await?);
        }
        Ok(middles)
    }

    /// What upstream showed for a token over time (`/prices-history`), the oldest first, one point an
    /// instant, and of a window only what lies in it. Empty for a token that nobody knows.
    pub async fn prices_history(
        &self,
        token_id: &TokenId,
        query: HistoryQuery,
    ) -> Result<Rows<PricePoint>, UpstreamError> {
        // What the other routes call `token_id` is `market` here.
        let request = Request::new(Host::Clob, "/prices-history", ["prices-history"])
            .with("market", token_id);
        let request = query.add_to(request);
        self.rows(&request, RowKind::PricePoint, move |body: &[u8]| query.read(body)).await
    }

    /// The same for several tokens (`POST /batch-prices-history`), asked for by the twenty. Tokens that
    /// nobody knows are absent.
    pub async fn batch_prices_history(
        &self,
        token_ids: &[TokenId],
        query: HistoryQuery,
    ) -> Result<BTreeMap<TokenId, Rows<PricePoint>>, UpstreamError> {
        let mut histories = BTreeMap::new();
        for batch in token_ids.chunks(MAX_HISTORIES) {
            let request =
                Request::new(Host::Clob, "/batch-prices-history", ["batch-prices-history"])
                    .with_json(&query.batch_body(batch));
            let wanted: HashSet<TokenId> = batch.iter().cloned().collect();
            let read = move |body: &[u8]| query.read_batch(body, &wanted);
            let some = self.upstream.get(&request, read).await?;
            for rows in some.values() {
                rows.report(RowKind::PricePoint, request.route());
            }
            histories.extend(some);
        }
        Ok(histories)
    }

    /// What the CLOB knows of a market (`/markets/{condition_id}`); `None` where it knows nothing.
    pub async fn market(
        &self,
        condition_id: &ConditionId,
    ) -> Result<Option<ClobMarket>, UpstreamError> {
        let segments = ["markets", condition_id.as_str()];
        let request = Request::new(Host::Clob, "/markets/{condition_id}", segments);
        let wanted = condition_id.clone();
        let read = move |body: &[u8]| {
            ClobMarket::decode_single(body, |market| market.condition_id == wanted)
        };
        Ok(found(self.rows(&request, RowKind::ClobMarket, read).await)?.and_then(only))
    }

    /// The market a token belongs to (`/markets-by-token/{token_id}`); `None` where nobody knows it.
    pub async fn market_of_token(
        &self,
        token_id: &TokenId,
    ) -> Result<Option<TokenMarket>, UpstreamError> {
        let segments = ["markets-by-token", token_id.as_str()];
        let request = Request::new(Host::Clob, "/markets-by-token/{token_id}", segments);
        let wanted = token_id.clone();
        let read = move |body: &[u8]| {
            TokenMarket::decode_single(body, |market| market.token_ids.contains(&wanted))
        };
        Ok(found(self.rows(&request, RowKind::ClobMarket, read).await)?.and_then(only))
    }

    /// The CLOB's clock, to the second (`/time`).
    pub async fn time(&self) -> Result<DateTime<Utc>, UpstreamError> {
        let request = Request::new(Host::Clob, "/time", ["time"]);
        let read = |body: &[u8]| {
            let text = String::from_utf8_lossy(body);
            let raw: &RawValue = serde_json::from_str(&text)?;
            let instant = lenient::instant(raw.get()).ok().flatten();
            instant.ok_or_else(|| serde_json::Error::custom("no time"))
        };
        self.upstream.get(&request, read).await
    }

    async fn rows<T, R>(
        &self,
        request: &Request,
        kind: RowKind,
        read: R,
    ) -> Result<Rows<T>, UpstreamError>
    where
        T: Send + 'static,
        R: Fn(&[u8]) -> Result<Rows<T>, serde_json::Error> + Clone + Send + 'static,
    {
        let rows = self.upstream.get(request, read).await?;
        rows.report(kind, request.route());
        Ok(rows)
    }
}

fn tokens(token_ids: &[TokenId]) -> serde_json::Value {
    token_ids.iter().map(|id| json!({ "token_id": id })).collect()
}

fn only<T>(mut rows: Rows<T>) -> Option<T> {
    rows.rows.pop()
}

fn found<T>(answer: Result<T, UpstreamError>) -> Result<Option<T>, UpstreamError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == UpstreamErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The decoders of maps and bare values read the body.
#[cfg(test)]
pub(crate) fn read_for_tests(body: &[u8], wanted: &HashSet<TokenId>) {
    if let Ok(middles) = book::read_midpoints(body, wanted) {
        assert_eq!(middles.rows.len() + middles.rejected.len(), middles.raw_rows);
    }
    if let Ok(best) = book::read_prices(body, wanted) {
        assert_eq!(best.rows.len() + best.rejected.len(), best.raw_rows);
    }
    let _ = book::read_price(body);
}
