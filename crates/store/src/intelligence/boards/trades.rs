//! Trades that were large when they were made.

use chrono::{DateTime, Utc};
use domain::{Address, MarketId, Side, TransactionHash};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Postgres, QueryBuilder};

use super::{Dollars, WalletFilter, is, since};
use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::address;

/// Prices from which on a trade is about an answer that is all but known, and what is one less it.
pub const ENDGAME: (Decimal, Decimal) =
    (Decimal::from_parts(5, 0, 0, false, 2), Decimal::from_parts(95, 0, 0, false, 2));

/// A trade that was large.
#[derive(Debug, Clone, PartialEq)]
pub struct NotableTrade {
    /// When, to the second.
    pub traded_at: DateTime<Utc>,
    /// When we learned of it.
    pub observed_at: DateTime<Utc>,
    /// Which of several equal trades.
    pub ordinal: i16,
    /// Which token.
    pub outcome_index: u8,
    /// What the taker did with it.
    pub action: Side,
    /// Dollars before fees.
    pub usdc: Decimal,
    /// Dollars a share.
    pub price: Decimal,
    /// Shares.
    pub shares: Decimal,
    /// Deviations from the middle of the market's day until then; `None` with too few trades.
    pub size_z: Option<f64>,
    /// Part of the dollars of the market's last 24 hours.
    pub volume_share: Option<f64>,
    /// Part of the dollars within two cents of the best price.
    pub depth_share: Option<f64>,
    /// Whether it is large by the market's own measures; `None` where that cannot be said.
    pub is_large: Option<bool>,
    /// Who.
    pub wallet: Address,
    /// By which transaction.
    pub transaction_hash: TransactionHash,
    /// In which market.
    pub market_id: MarketId,
    /// Whose money it was known to be then.
    pub wallet_class: String,
}

/// Which trades.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TradesFilter {
    /// Whose.
    pub who: WalletFilter,
    /// Traded since.
    pub since: Option<DateTime<Utc>>,
    /// For so many dollars.
    pub dollars: Dollars,
    /// Of this category.
    pub category: Option<String>,
    /// Of this market.
    pub market_id: Option<MarketId>,
    /// Of this event (or market without one).
    pub event_key: Option<String>,
    /// For the first outcome (bought it, or sold the other) or against it.
    pub is_for_first: Option<bool>,
    /// Bought or sold.
    pub action: Option<Side>,
    /// Not at prices of [`ENDGAME`].
    pub hides_endgame: bool,
    /// Not by wallets like makers and bots.
    pub hides_makers: bool,
    /// Those that come after this one.
    pub after: Option<TradePlace>,
}

/// A place in the list: its rows come in the descending order of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradePlace {
    /// Second of the trade there.
    pub traded_at: DateTime<Utc>,
    /// Its transaction.
    pub transaction_hash: TransactionHash,
    /// Its wallet.
    pub wallet: Address,
    /// Its market.
    pub market_id: MarketId,
    /// Its outcome.
    pub outcome_index: u8,
    /// Whether it bought.
    pub is_buy: bool,
    /// Its shares.
    pub shares: Decimal,
    /// Its number among equal ones.
    pub ordinal: i16,
}

impl TradePlace {
    /// The place after a trade.
    pub fn of(trade: &NotableTrade) -> Self {
        Self {
            traded_at: trade.traded_at,
            transaction_hash: trade.transaction_hash.clone(),
            wallet: trade.wallet.clone(),
            market_id: trade.market_id.clone(),
            outcome_index: trade.outcome_index,
            is_buy: trade.action == Side::Buy,
            shares: trade.shares,
            ordinal: trade.ordinal,
        }
    }
}

/// Trades that were large, the newest first.
pub async fn list(
    executor: impl PgExecutor<'_>,
    filter: &TradesFilter,
    limit: u32,
) -> Result<Vec<NotableTrade>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT t.traded_at, t.observed_at, t.ordinal, t.outcome_index, t.is_buy, t.usdc, t.price, t.shares, t.size_z,
                t.volume_share, t.depth_share, t.is_large, t.wallet_address, t.transaction_hash, t.market_id,
                t.wallet_class
         FROM notable_trades t LEFT JOIN wallet_classes k ON k.wallet_address = t.wallet_address
         WHERE TRUE",
    );
    since(&mut sql, "t.traded_at", filter.since);
    filter.dollars.narrow(&mut sql, "t.usdc");
    is(&mut sql, "t.category", filter.category.as_deref());
    is(&mut sql, "t.market_id", filter.market_id.as_ref().map(MarketId::as_str));
    is(&mut sql, "t.event_key", filter.event_key.as_deref());
    filter.who.narrow_to_wallets(&mut sql, "t.wallet_address");
    // Whose money it is known to be now; what was known then, where nobody has said since.
    is(&mut sql, "coalesce(k.class, t.wallet_class)", filter.who.class.as_deref());
    if filter.hides_makers {
        sql.push(" AND coalesce(k.class, t.wallet_class) NOT IN ('maker_like', 'bot_like')");
    }
    if let Some(is_for_first) = filter.is_for_first {
        sql.push(" AND (t.is_buy = (t.outcome_index = 0)) = ").push_bind(is_for_first);
    }
    if let Some(action) = filter.action {
        sql.push(" AND t.is_buy = ").push_bind(action == Side::Buy);
    }
    if filter.hides_endgame {
        sql.push(" AND t.price > ").push_bind(ENDGAME.0);
        sql.push(" AND t.price < ").push_bind(ENDGAME.1);
    }
    if let Some(after) = &filter.after {
        push_after(&mut sql, after);
    }
    sql.push(
        " ORDER BY t.traded_at DESC, t.transaction_hash DESC, t.wallet_address DESC, t.market_id DESC,
                   t.outcome_index DESC, t.is_buy DESC, t.shares DESC, t.ordinal DESC LIMIT ",
    );
    sql.push_bind(i64::from(limit));
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(decode).collect()
}

fn push_after(sql: &mut QueryBuilder<Postgres>, after: &TradePlace) {
    // Said twice, so that the index is begun at the second.
    sql.push(" AND t.traded_at <= ").push_bind(after.traded_at);
    sql.push(
        " AND (t.traded_at, t.transaction_hash, t.wallet_address, t.market_id, t.outcome_index, t.is_buy, t.shares,
               t.ordinal) < (",
    );
    let mut place = sql.separated(", ");
    place.push_bind(after.traded_at);
    place.push_bind(after.transaction_hash.to_bytes().to_vec());
    place.push_bind(after.wallet.to_bytes().to_vec());
    place.push_bind(after.market_id.as_str().to_owned());
    place.push_bind(i16::from(after.outcome_index));
    place.push_bind(after.is_buy);
    place.push_bind(after.shares);
    place.push_bind(after.ordinal);
    sql.push(")");
}

/// Whether any trade has ever been notable.
pub async fn any(executor: impl PgExecutor<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT FROM notable_trades)";
    Ok(sqlx::query_scalar(sql).fetch_one(executor).await?)
}

fn decode(row: &PgRow) -> Result<NotableTrade, StoreError> {
    let outcome: i16 = column(row, "outcome_index")?;
    let hash: &[u8] = column(row, "transaction_hash")?;
    let is_buy: bool = column(row, "is_buy")?;
    Ok(NotableTrade {
        traded_at: column(row, "traded_at")?,
        observed_at: column(row, "observed_at")?,
        ordinal: column(row, "ordinal")?,
        outcome_index: u8::try_from(outcome).map_err(StoreError::other)?,
        action: if is_buy { Side::Buy } else { Side::Sell },
        usdc: column(row, "usdc")?,
        price: column(row, "price")?,
        shares: column(row, "shares")?,
        size_z: column(row, "size_z")?,
        volume_share: column(row, "volume_share")?,
        depth_share: column(row, "depth_share")?,
        is_large: column(row, "is_large")?,
        wallet: address(row, "wallet_address")?,
        transaction_hash: TransactionHash::from_bytes(hash.try_into().map_err(StoreError::other)?),
        market_id: parsed(column(row, "market_id")?)?,
        wallet_class: column(row, "wallet_class")?,
    })
}
