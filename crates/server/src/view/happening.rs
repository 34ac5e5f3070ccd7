//! What happens in a market, as the stream tells it.

use chrono::{DateTime, Utc};
use domain::Price;
use ingest::live::LiveBook;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use store::resolutions::ObservedResolution;
use store::tape::StoredTrade;
use utoipa::ToSchema;

use super::OrderBookView;

/// A market's prices of outcome 0 changed, or how far they can be believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PriceTick {
    /// Gamma's id of the market.
    pub market_id: String,
    /// Displayed price: the midpoint where the spread is at most 0.10, else the last trade.
    pub price: Option<f64>,
    /// Highest bid.
    pub best_bid: Option<f64>,
    /// Lowest ask.
    pub best_ask: Option<f64>,
    /// Price of the last trade, as upstream states it.
    pub last_trade_price: Option<f64>,
    /// As in [`OrderBookView`].
    pub state: String,
    /// Upstream's time of the book.
    pub at: Option<DateTime<Utc>>,
}

/// Widest spread whose midpoint is shown as the price: upstream's own rule.
const WIDEST_SHOWN: f64 = 0.10;

impl PriceTick {
    /// The prices of a book.
    pub fn of(live: &LiveBook) -> Self {
        let price = |price: Price| price.to_f64();
        let last_trade_price = live.meta.last_trade.map(price);
        let book = OrderBookView::shown(live);
        let spread = book.spread().map(domain::PriceChange::to_f64);
        let mid = spread.filter(|spread| *spread <= WIDEST_SHOWN).and(book.mid());
        Self {
            market_id: live.market.market_id.to_string(),
            price: mid.map(price).or(last_trade_price),
            best_bid: book.best_bid().map(|bid| bid.price().to_f64()),
            best_ask: book.best_ask().map(|ask| ask.price().to_f64()),
            last_trade_price,
            state: OrderBookView::state_of(live).to_owned(),
            at: live.as_of_ms.and_then(DateTime::from_timestamp_millis),
        }
    }
}

/// What a taker traded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TradeView {
    /// Names the trade among all others.
    pub trade_id: String,
    /// Gamma's id of the market.
    pub market_id: String,
    /// When, to the second.
    pub traded_at: DateTime<Utc>,
    /// Index of the outcome whose token was traded.
    pub outcome: usize,
    /// What the taker did with that token: `buy` or `sell`.
    pub side: String,
    /// Dollars per share of that token, on average over what the order took.
    pub price: f64,
    /// Shares.
    pub shares: f64,
    /// Dollars, before fees.
    pub usdc: f64,
    /// The taker's wallet; null where upstream does not tell it.
    pub wallet: Option<String>,
    /// As the wallet called itself.
    pub name: Option<String>,
    /// The transaction; null where upstream does not tell it.
    pub transaction_hash: Option<String>,
    /// The price in terms of outcome 0; null where that outcome is not the only other one.
    pub canonical_price: Option<f64>,
    /// The Data API has told it too; until then it was only heard.
    pub confirmed: bool,
}

impl TradeView {
    /// A trade as held.
    pub fn of(stored: &StoredTrade) -> Self {
        let StoredTrade { trade, ordinal, name, confirmed, .. } = stored;
        let wallet = trade.wallet.as_ref().map(ToString::to_string);
        let transaction_hash = trade.transaction_hash.as_ref().map(ToString::to_string);
        Self {
            trade_id: format!(
                "{}-{}-{}-{}-{}-{ordinal}",
                transaction_hash.as_deref().unwrap_or_default(),
                wallet.as_deref().unwrap_or_default(),
                trade.outcome_index,
                trade.side,
                trade.shares,
            ),
            market_id: trade.market_id.to_string(),
            traded_at: trade.traded_at,
            outcome: trade.outcome_index,
            side: trade.side.slug().to_owned(),
            price: trade.price.to_f64(),
            shares: trade.shares.to_f64(),
            usdc: trade.usdc().to_f64(),
            wallet,
            name: name.clone(),
            transaction_hash,
            canonical_price: trade.canonical().map(|canonical| canonical.price.to_f64()),
            confirmed: *confirmed,
        }
    }
}

/// The oracle said something of a market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResolutionTick {
    /// Gamma's id of the market.
    pub market_id: String,
    /// Upstream's word: posed, proposed, challenged, disputed, resolved …
    pub status: String,
    /// Dollars per share, aligned with the outcomes; null until decided.
    pub payouts: Option<Vec<f64>>,
    /// When we learned of it.
    pub observed_at: DateTime<Utc>,
}

impl ResolutionTick {
    /// What we learned of a market.
    pub fn of(market_id: &str, observed: &ObservedResolution) -> Self {
        let payouts = observed.state.payouts.as_ref();
        Self {
            market_id: market_id.to_owned(),
            status: observed.state.status.clone(),
            payouts: payouts
                .map(|all| all.iter().map(|payout| payout.to_f64().unwrap_or(f64::NAN)).collect()),
            observed_at: observed.observed_at,
        }
    }
}
