//! Evidence of informed trading, as it stands, layer by layer.

use chrono::{DateTime, Utc};
use domain::{Address, MarketId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Postgres, QueryBuilder};

use super::{WalletFilter, is, since};
use crate::StoreError;
use crate::column::{column, parsed};
use crate::wallets::address;

/// What a layer says.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvidence {
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// `pair`, `leakage` or `history`.
    pub layer: String,
    /// By which rows of a layer are ordered; `None` out of scope.
    pub strength: Option<f64>,
    /// Of which market; `None` of an account as such.
    pub market_id: Option<MarketId>,
    /// Why the layer says nothing.
    pub out_of_scope: Option<String>,
    /// What it was made from.
    pub ingredients: Value,
    /// The records.
    pub evidence: Value,
}

/// A wallet and what a layer says of it.
pub type WalletEvidence = (Address, StoredEvidence);

/// Which evidence on wallets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EvidenceFilter {
    /// Of this layer.
    pub layer: String,
    /// Whose.
    pub who: WalletFilter,
    /// In this market.
    pub market_id: Option<MarketId>,
    /// Known since.
    pub since: Option<DateTime<Utc>>,
    /// Those that come after this one.
    pub after: Option<EvidencePlace>,
}

/// A place in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidencePlace {
    /// The strength there.
    #[serde(with = "super::exact::known")]
    pub strength: Option<f64>,
    /// The market there; empty without one.
    pub market_id: String,
    /// The wallet there.
    pub wallet: Address,
}

impl EvidencePlace {
    /// The place after a row.
    pub fn of((wallet, row): &WalletEvidence) -> Self {
        Self {
            strength: row.strength,
            market_id: row.market_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            wallet: wallet.clone(),
        }
    }
}

const COLUMNS: &str = "e.as_of, e.version, e.layer, e.strength, e.wallet_address, e.market_id, e.out_of_scope, e.ingredients, e.evidence";

/// Evidence on wallets, the strongest first, what is out of scope last.
pub async fn list(
    executor: impl PgExecutor<'_>,
    filter: &EvidenceFilter,
    limit: u32,
) -> Result<Vec<WalletEvidence>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(format!(
        "SELECT {COLUMNS} FROM current_informed_evidence e WHERE length(e.wallet_address) = 20 AND e.layer = "
    ));
    sql.push_bind(filter.layer.clone());
    since(&mut sql, "e.as_of", filter.since);
    is(&mut sql, "e.market_id", filter.market_id.as_ref().map(MarketId::as_str));
    filter.who.narrow(&mut sql, "e.wallet_address");
    if let Some(after) = &filter.after {
        match after.strength {
            Some(strength) => {
                sql.push(" AND (e.strength < ").push_bind(strength);
                sql.push(" OR e.strength IS NULL OR (e.strength = ").push_bind(strength);
                sql.push(" AND (e.market_id, e.wallet_address) > (");
            }
            None => {
                sql.push(" AND (e.strength IS NULL AND ((e.market_id, e.wallet_address) > (");
            }
        }
        sql.push_bind(after.market_id.clone()).push(", ");
        sql.push_bind(after.wallet.to_bytes().to_vec()).push(")))");
    }
    sql.push(" ORDER BY e.strength DESC NULLS LAST, e.market_id, e.wallet_address LIMIT ");
    sql.push_bind(i64::from(limit));
    let rows = sql.build().fetch_all(executor).await?;
    rows.iter().map(|row| Ok((address(row, "wallet_address")?, decode(row)?))).collect()
}

/// What is known of informed trading in a market.
#[derive(Debug, Clone, PartialEq)]
pub struct InformedMarket {
    /// The market.
    pub market_id: MarketId,
    /// Wallets with evidence of layer `pair`.
    pub pairs: u32,
    /// The strongest.
    pub strongest: Option<f64>,
    /// The first row.
    pub first_at: DateTime<Utc>,
    /// The last row.
    pub last_at: DateTime<Utc>,
}

/// Markets with evidence on wallets, the strongest first.
pub async fn markets(
    executor: impl PgExecutor<'_>,
    instant: Option<DateTime<Utc>>,
    market_id: Option<&MarketId>,
) -> Result<Vec<InformedMarket>, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT market_id, count(*) AS pairs, max(strength) AS strongest, min(as_of) AS first_at, max(as_of) AS last_at
         FROM current_informed_evidence
         WHERE layer = 'pair' AND market_id <> '' AND strength IS NOT NULL",
    );
    since(&mut sql, "as_of", instant);
    is(&mut sql, "market_id", market_id.map(MarketId::as_str));
    sql.push(" GROUP BY market_id ORDER BY max(strength) DESC, market_id LIMIT 5000");
    let rows = sql.build().fetch_all(executor).await?;
    let decode = |row: &PgRow| {
        let pairs: i64 = column(row, "pairs")?;
        Ok(InformedMarket {
            market_id: parsed(column(row, "market_id")?)?,
            pairs: u32::try_from(pairs).map_err(StoreError::other)?,
            strongest: column(row, "strongest")?,
            first_at: column(row, "first_at")?,
            last_at: column(row, "last_at")?,
        })
    };
    rows.iter().map(decode).collect()
}

/// How much of the news reached the prices of some markets before the public.
pub async fn leakages(
    executor: impl PgExecutor<'_>,
    market_ids: &[&str],
) -> Result<Vec<StoredEvidence>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM current_informed_evidence e WHERE e.layer = 'leakage' AND e.market_id = ANY($1)"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(market_ids.to_vec());
    query.fetch_all(executor).await?.iter().map(decode).collect()
}

/// Whether any evidence of a layer was ever written.
pub async fn any(executor: impl PgExecutor<'_>, layer: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT FROM current_informed_evidence WHERE layer = $1)";
    Ok(sqlx::query_scalar(sql).bind(layer).fetch_one(executor).await?)
}

fn decode(row: &PgRow) -> Result<StoredEvidence, StoreError> {
    let market_id: &str = column(row, "market_id")?;
    Ok(StoredEvidence {
        as_of: column(row, "as_of")?,
        version: column(row, "version")?,
        layer: column(row, "layer")?,
        strength: column(row, "strength")?,
        market_id: (!market_id.is_empty()).then(|| parsed(market_id)).transpose()?,
        out_of_scope: column(row, "out_of_scope")?,
        ingredients: column(row, "ingredients")?,
        evidence: column(row, "evidence")?,
    })
}
