//! Who the wallets of a page are: one statement for all of them.

use chrono::{DateTime, Utc};
use domain::Address;
use sqlx::PgExecutor;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::StoreError;
use crate::column::column;
use crate::wallets::{address, bytes};

/// What a row says of its wallet.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// Its address.
    pub wallet: Address,
    /// As its owner calls it, else as upstream does.
    pub name: Option<String>,
    /// Whose money it is; `None` where nobody has said yet.
    pub class: Option<String>,
    /// The cluster it is in, and how many wallets that has.
    pub owner: Option<(Uuid, u32)>,
    /// Its scores `whale`, `smart_money` and `reputation`, where it has them.
    pub scores: [Option<f64>; 3],
    /// The first of its acts that is known.
    pub first_active_at: Option<DateTime<Utc>>,
    /// Whether nothing can have been before that.
    pub begins_there: bool,
    /// `full`, `capped` or `gap`; `None` before its first import.
    pub completeness: Option<String>,
    /// Whether its books do not agree with what upstream reports; `None` unknown.
    pub disagrees: Option<bool>,
}

/// Who some wallets are, in no order. Every one of them is there, heard of or not.
pub async fn faces(
    executor: impl PgExecutor<'_>,
    wallets: &[Address],
) -> Result<Vec<Face>, StoreError> {
    let rows = sqlx::query(
        "SELECT a.address, coalesce(w.name, w.pseudonym) AS name, w.first_active_at, w.completeness,
                (w.imported_at IS NOT NULL AND w.history_since IS NULL) AS begins_there,
                NOT t.is_reconciled AS disagrees,
                c.class, o.cluster_id,
                (SELECT count(*) FROM owner_clusters x WHERE x.cluster_id = o.cluster_id) AS owned,
                s.whale, s.smart_money, s.reputation
         FROM unnest($1::bytea[]) AS a (address)
         LEFT JOIN wallets w ON w.address = a.address
         LEFT JOIN wallet_classes c ON c.wallet_address = a.address
         LEFT JOIN owner_clusters o ON o.wallet_address = a.address
         LEFT JOIN wallet_traits t ON t.wallet_address = a.address
         LEFT JOIN LATERAL (
             SELECT max(value) FILTER (WHERE kind = 'whale') AS whale,
                    max(value) FILTER (WHERE kind = 'smart_money') AS smart_money,
                    max(value) FILTER (WHERE kind = 'reputation') AS reputation
             FROM current_wallet_scores WHERE wallet_address = a.address AND verdict = 'scored'
         ) s ON TRUE",
    )
    .bind(bytes(wallets))
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<Face, StoreError> {
    let cluster: Option<Uuid> = column(row, "cluster_id")?;
    let owned: i64 = column(row, "owned")?;
    Ok(Face {
        wallet: address(row, "address")?,
        name: column(row, "name")?,
        class: column(row, "class")?,
        owner: cluster.map(|id| (id, u32::try_from(owned).unwrap_or(u32::MAX))),
        scores: [column(row, "whale")?, column(row, "smart_money")?, column(row, "reputation")?],
        first_active_at: column(row, "first_active_at")?,
        begins_there: column::<Option<bool>>(row, "begins_there")?.unwrap_or(false),
        completeness: column(row, "completeness")?,
        disagrees: column(row, "disagrees")?,
    })
}

/// A wallet and the others of its owner, as far as evidence goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its id.
    pub id: Uuid,
    /// All wallets of it.
    pub wallets: Vec<Address>,
    /// How much speaks for the wallet asked about being in it: ln of how much likelier it is.
    pub log_likelihood: f64,
    /// By what.
    pub evidence: serde_json::Value,
    /// When that was found.
    pub as_of: DateTime<Utc>,
}

/// The cluster a wallet is in; at most 200 of its wallets.
pub async fn cluster_of(
    executor: impl PgExecutor<'_>,
    wallet: &Address,
) -> Result<Option<Cluster>, StoreError> {
    let row = sqlx::query(
        "SELECT cluster_id, log_likelihood, evidence, as_of,
                ARRAY(SELECT x.wallet_address FROM owner_clusters x WHERE x.cluster_id = o.cluster_id
                      ORDER BY x.wallet_address LIMIT 200) AS wallets
         FROM owner_clusters o WHERE wallet_address = $1",
    )
    .bind(wallet.to_bytes().to_vec())
    .fetch_optional(executor)
    .await?;
    row.map(|row| {
        let wallets: Vec<Vec<u8>> = column(&row, "wallets")?;
        let wallets = wallets.into_iter().map(|bytes| {
            let bytes: [u8; 20] = bytes.as_slice().try_into().map_err(StoreError::other)?;
            Ok(Address::from_bytes(bytes))
        });
        Ok(Cluster {
            id: column(&row, "cluster_id")?,
            wallets: wallets.collect::<Result<_, StoreError>>()?,
            log_likelihood: column(&row, "log_likelihood")?,
            evidence: column(&row, "evidence")?,
            as_of: column(&row, "as_of")?,
        })
    })
    .transpose()
}
