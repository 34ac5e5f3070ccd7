//! Evidence on wallets and markets, in three layers that are never one number. What was said once stays as it was said.

use chrono::{DateTime, Utc};
use domain::{Address, MarketId};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};

use crate::StoreError;
use crate::column::{column, parsed};

/// What evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// A wallet in a market: size, timing and direction against what was known before.
    Pair,
    /// A market: how much of the way its price had gone before the news.
    Leakage,
    /// An account: whether it was right about long shots more often than their prices allow.
    History,
}

impl Layer {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Pair, Self::Leakage, Self::History];

    /// The word in the database and the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Leakage => "leakage",
            Self::History => "history",
        }
    }

    fn of(word: &str) -> Result<Self, StoreError> {
        let known = Self::ALL.into_iter().find(|layer| layer.slug() == word);
        known.ok_or_else(|| StoreError::other(format!("no layer of evidence is called {word:?}")))
    }
}

/// What is said in one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct InformedEvidence {
    /// Of what.
    pub layer: Layer,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// By what rows of the layer are ordered, or by what name it says nothing.
    pub finding: Result<f64, String>,
    /// Whose; `None` of a market as such.
    pub wallet: Option<Address>,
    /// Of which market; `None` of an account as such.
    pub market_id: Option<MarketId>,
    /// What it was made from, by name.
    pub ingredients: Value,
    /// Ids of the records it rests on.
    pub evidence: Value,
}

/// Writes what is said, where it differs from what was said last: as new rows, and as the current ones. How many differ.
/// No two may be of the same layer, market and wallet.
pub async fn record(
    connection: &mut PgConnection,
    said: &[InformedEvidence],
) -> Result<u64, StoreError> {
    let wallet = |one: &InformedEvidence| crate::trades::wallet_bytes(one.wallet.as_ref());
    let market = |one: &InformedEvidence| {
        one.market_id.as_ref().map_or_else(String::new, ToString::to_string)
    };
    let written = sqlx::query(
        "WITH new AS (
             SELECT n.* FROM unnest($1::timestamptz[], $2::smallint[], $3::text[], $4::double precision[], $5::bytea[],
                 $6::text[], $7::text[], $8::jsonb[], $9::jsonb[])
                 AS n (as_of, version, layer, strength, wallet_address, market_id, out_of_scope, ingredients, evidence)
         ), changed AS (
             SELECT new.* FROM new LEFT JOIN current_informed_evidence held
                 ON held.layer = new.layer AND held.market_id = new.market_id AND held.wallet_address = new.wallet_address
             WHERE held.layer IS NULL
                OR (held.version, held.strength, held.out_of_scope, held.ingredients)
                   IS DISTINCT FROM (new.version, new.strength, new.out_of_scope, new.ingredients)
         ), kept AS (
             INSERT INTO informed_evidence (as_of, version, layer, strength, wallet_address, market_id, out_of_scope,
                                            ingredients, evidence)
             SELECT as_of, version, layer, strength, wallet_address, market_id, out_of_scope, ingredients, evidence
             FROM changed ON CONFLICT DO NOTHING
         )
         INSERT INTO current_informed_evidence (as_of, version, layer, strength, wallet_address, market_id, out_of_scope,
                                                ingredients, evidence)
         SELECT as_of, version, layer, strength, wallet_address, market_id, out_of_scope, ingredients, evidence
         FROM changed
         ON CONFLICT (layer, market_id, wallet_address) DO UPDATE SET
             as_of = EXCLUDED.as_of, version = EXCLUDED.version, strength = EXCLUDED.strength,
             out_of_scope = EXCLUDED.out_of_scope, ingredients = EXCLUDED.ingredients, evidence = EXCLUDED.evidence",
    )
    .bind(said.iter().map(|one| one.as_of).collect::<Vec<_>>())
    .bind(said.iter().map(|one| one.version).collect::<Vec<_>>())
    .bind(said.iter().map(|one| one.layer.slug()).collect::<Vec<_>>())
    .bind(said.iter().map(|one| one.finding.as_ref().ok().copied()).collect::<Vec<_>>())
    .bind(said.iter().map(wallet).collect::<Vec<_>>())
    .bind(said.iter().map(market).collect::<Vec<_>>())
    .bind(said.iter().map(|one| one.finding.as_ref().err().map(String::as_str)).collect::<Vec<_>>())
    .bind(said.iter().map(|one| &one.ingredients).collect::<Vec<_>>())
    .bind(said.iter().map(|one| &one.evidence).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(written.rows_affected())
}

const COLUMNS: &str = "as_of, version, layer, strength, wallet_address, market_id, out_of_scope, ingredients, evidence";

/// What is said last in a layer, the strongest first.
pub async fn strongest(
    executor: impl PgExecutor<'_>,
    layer: Layer,
    limit: u32,
) -> Result<Vec<InformedEvidence>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM current_informed_evidence WHERE layer = $1 ORDER BY strength DESC NULLS LAST LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(layer.slug())
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// Everything ever said of a wallet in a layer, the newest first.
pub async fn history(
    executor: impl PgExecutor<'_>,
    layer: Layer,
    market_id: &MarketId,
    wallet: &Address,
) -> Result<Vec<InformedEvidence>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM informed_evidence WHERE layer = $1 AND market_id = $2 AND wallet_address = $3
         ORDER BY as_of DESC LIMIT 1000"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(layer.slug())
        .bind(market_id.as_str())
        .bind(wallet.to_bytes().to_vec())
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<InformedEvidence, StoreError> {
    let wallet: &[u8] = column(row, "wallet_address")?;
    let market: &str = column(row, "market_id")?;
    let strength: Option<f64> = column(row, "strength")?;
    let out_of_scope: Option<String> = column(row, "out_of_scope")?;
    Ok(InformedEvidence {
        layer: Layer::of(column(row, "layer")?)?,
        as_of: column(row, "as_of")?,
        version: column(row, "version")?,
        finding: strength.ok_or_else(|| out_of_scope.unwrap_or_default()),
        wallet: if wallet.is_empty() {
            None
        } else {
            Some(Address::from_bytes(wallet.try_into().map_err(StoreError::other)?))
        },
        market_id: if market.is_empty() { None } else { Some(parsed(market)?) },
        ingredients: column(row, "ingredients")?,
        evidence: column(row, "evidence")?,
    })
}
