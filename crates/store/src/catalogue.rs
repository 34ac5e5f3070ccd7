//! Writing what a crawl brought: changed rows only, with the history of what changed, in one transaction.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use domain::{Category, Event, Market};
use sqlx::{Connection, PgConnection, PgPool, Row};
use uuid::Uuid;

use crate::StoreError;
use crate::events::{self, StoredEvent};
use crate::markets::{self, StoredMarket};
use crate::months;
use crate::notify::notify;
use crate::record::{BOOKKEEPING, EVENTS, MARKETS, Record, Table, event_record, market_record};

/// Channel on which a committed batch announces its revision.
pub const CATALOGUE_CHANNEL: &str = "catalogue_changed";

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Markets not held before.
    pub inserted: u64,
    /// Markets that differed from what was held.
    pub updated: u64,
    /// Markets that did not.
    pub unchanged: u64,
    /// Events inserted or updated.
    pub events_changed: u64,
    /// The batch's revision; `None` when nothing changed and so nothing was written.
    pub revision: Option<i64>,
}

/// Writes the rows of a batch that differ from what is held, and the history of the differences, or
/// nothing at all. Rows unchanged since the last crawl cost two index look-ups and no write.
///
/// The caller holds the ingest lock: revisions are in commit order only because batches do not overlap.
pub async fn apply(
    connection: &mut PgConnection,
    sync_id: Option<Uuid>,
    observed_at: DateTime<Utc>,
    events: &[Event],
    markets: &[Market],
) -> Result<Applied, StoreError> {
    let mut tx = connection.begin().await?;
    let stored_events = stored_events(&mut tx, events, markets).await?;
    let stored_markets =
        stored_hashes(&mut tx, &MARKETS, markets.iter().map(|m| m.market_id.as_str())).await?;

    let mut changed_events = Changes::default();
    for event in events {
        let held = stored_events.get(event.event_id.as_str()).map(|held| held.hash);
        changed_events.consider(event_record(event)?, held);
    }
    let mut changed_markets = Changes::default();
    for market in markets {
        let event = market.event_id.as_ref().and_then(|id| stored_events.get(id.as_str()));
        let category = event.and_then(|event| event.category);
        let held = stored_markets.get(market.market_id.as_str()).copied();
        changed_markets.consider(market_record(market, category)?, held);
    }

    let mut applied = Applied {
        inserted: changed_markets.inserted(),
        updated: changed_markets.updated(),
        unchanged: changed_markets.unchanged,
        events_changed: changed_events.inserted() + changed_events.updated(),
        revision: None,
    };
    if changed_events.is_empty() && changed_markets.is_empty() {
        return Ok(applied);
    }
    let revision: i64 =
        sqlx::query_scalar("SELECT nextval('catalogue_revision')").fetch_one(&mut *tx).await?;
    let batch = Batch { sync_id, observed_at, revision };
    write(&mut tx, &EVENTS, &EVENT_STATEMENT, &changed_events, &batch).await?;
    write(&mut tx, &MARKETS, &MARKET_STATEMENT, &changed_markets, &batch).await?;
    write_analytics(&mut tx, &changed_markets, observed_at).await?;
    notify(&mut *tx, CATALOGUE_CHANNEL, &revision.to_string()).await?;
    tx.commit().await?;
    applied.revision = Some(revision);
    Ok(applied)
}

/// What batches after some revision wrote.
#[derive(Debug)]
pub struct ChangedSince {
    /// Events, without their long texts.
    pub events: Vec<StoredEvent>,
    /// Markets, without their long texts.
    pub markets: Vec<StoredMarket>,
    /// The newest batch in them; the revision asked for when there was none.
    pub revision: i64,
}

/// Everything written by batches after `revision` (0: everything), as of one instant.
pub async fn changed_since(pool: &PgPool, revision: i64) -> Result<ChangedSince, StoreError> {
    // One snapshot for both tables: a batch that commits between two reads would be half missed.
    let mut tx = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let events = events::changed_since(&mut *tx, revision).await?;
    let markets = markets::changed_since(&mut *tx, revision).await?;
    tx.rollback().await?;
    let newest =
        events.iter().map(|row| row.revision).chain(markets.iter().map(|row| row.revision)).max();
    Ok(ChangedSince { events, markets, revision: newest.unwrap_or(revision) })
}

/// Makes sure that history can be written at this instant and in the month after it.
pub async fn prepare_history(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for table in [EVENTS.history, MARKETS.history] {
        months::prepare(&mut *connection, table, vec![now, now + chrono::Duration::days(28)])
            .await?;
    }
    Ok(())
}

struct Batch {
    sync_id: Option<Uuid>,
    observed_at: DateTime<Utc>,
    revision: i64,
}

/// The records of a batch that must be written, each key once: the last row of a key wins.
#[derive(Default)]
struct Changes {
    records: HashMap<String, (Record, bool)>,
    unchanged: u64,
}

impl Changes {
    fn consider(&mut self, record: Record, held: Option<i64>) {
        if held == Some(record.hash) {
            self.unchanged += 1;
        } else {
            self.records.insert(record.key.clone(), (record, held.is_some()));
        }
    }

    fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn inserted(&self) -> u64 {
        self.records.values().filter(|(_, held)| !held).count() as u64
    }

    fn updated(&self) -> u64 {
        self.records.values().filter(|(_, held)| *held).count() as u64
    }

    /// The records as one JSON array, by key so that two writers would lock rows in one order.
    fn to_json(&self) -> String {
        let mut records: Vec<&Record> = self.records.values().map(|(record, _)| record).collect();
        records.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        let size: usize = records.iter().map(|record| record.json.len() + 1).sum();
        let mut json = String::with_capacity(size + 2);
        json.push('[');
        for (index, record) in records.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(&record.json);
        }
        json.push(']');
        json
    }
}

struct HeldEvent {
    hash: i64,
    category: Option<Category>,
}

async fn stored_events(
    connection: &mut PgConnection,
    events: &[Event],
    markets: &[Market],
) -> Result<HashMap<String, HeldEvent>, StoreError> {
    let mut ids: Vec<&str> = events.iter().map(|event| event.event_id.as_str()).collect();
    ids.extend(markets.iter().filter_map(|market| market.event_id.as_ref()).map(AsRef::as_ref));
    ids.sort_unstable();
    ids.dedup();
    let rows =
        sqlx::query("SELECT event_id, content_hash, category FROM events WHERE event_id = ANY($1)")
            .bind(ids)
            .fetch_all(connection)
            .await?;
    rows.iter()
        .map(|row| {
            let category: Option<&str> = row.try_get(2)?;
            let category = category.and_then(|slug| slug.parse().ok());
            Ok((row.try_get(0)?, HeldEvent { hash: row.try_get(1)?, category }))
        })
        .collect()
}

async fn stored_hashes(
    connection: &mut PgConnection,
    table: &Table,
    ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, i64>, StoreError> {
    // A delisted row that is back must be written even if nothing else changed.
    debug_assert_eq!(table.name, "markets");
    let sql = "SELECT market_id, content_hash FROM markets WHERE market_id = ANY($1) AND delisted_at IS NULL
               UNION ALL
               SELECT market_id, 0 FROM markets WHERE market_id = ANY($1) AND delisted_at IS NOT NULL";
    let rows: Vec<(String, i64)> =
        sqlx::query_as(sql).bind(ids.collect::<Vec<_>>()).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

async fn write(
    connection: &mut PgConnection,
    table: &Table,
    statement: &'static str,
    changes: &Changes,
    batch: &Batch,
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    tracing::trace!(table = table.name, rows = changes.records.len(), "writing changed rows");
    sqlx::query(statement)
        .bind(changes.to_json())
        .bind(batch.observed_at)
        .bind(batch.revision)
        .bind(batch.sync_id)
        .execute(connection)
        .await?;
    Ok(())
}

async fn write_analytics(
    connection: &mut PgConnection,
    changes: &Changes,
    observed_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO market_analytics AS held
         SELECT market_id, change_1h, change_24h, change_7d, change_30d, volume_7d, volume_30d, volume_1y,
                competitive, 'gamma', $2
         FROM json_populate_recordset(NULL::market_analytics, $1::json)
         ON CONFLICT (market_id) DO UPDATE SET
             change_1h = excluded.change_1h, change_24h = excluded.change_24h,
             change_7d = excluded.change_7d, change_30d = excluded.change_30d,
             volume_7d = excluded.volume_7d, volume_30d = excluded.volume_30d,
             volume_1y = excluded.volume_1y, competitive = excluded.competitive,
             source = excluded.source, observed_at = excluded.observed_at
         WHERE (held.change_1h, held.change_24h, held.change_7d, held.change_30d, held.volume_7d,
                held.volume_30d, held.volume_1y, held.competitive)
           IS DISTINCT FROM (excluded.change_1h, excluded.change_24h, excluded.change_7d, excluded.change_30d,
                excluded.volume_7d, excluded.volume_30d, excluded.volume_1y, excluded.competitive)",
    )
    .bind(changes.to_json())
    .bind(observed_at)
    .execute(connection)
    .await?;
    Ok(())
}

static EVENT_STATEMENT: LazyLock<String> = LazyLock::new(|| upsert_statement(&EVENTS));
static MARKET_STATEMENT: LazyLock<String> = LazyLock::new(|| upsert_statement(&MARKETS));

/// One statement that writes the batch $1 (JSON records) and the history of what it changes. Every part of
/// it sees the table as it was before, so the history compares old with new.
///
/// The text is made of constants of this crate only.
fn upsert_statement(table: &Table) -> String {
    let Table { name, history, key, columns } = table;
    let list = columns.join(", ");
    let set = columns.iter().fold(String::new(), |mut sql, column| {
        let _ = write!(sql, "{column} = excluded.{column}, ");
        sql
    });
    let skipped: Vec<_> = BOOKKEEPING.iter().map(|column| format!("'{column}'")).collect();
    let skipped = skipped.join(", ");
    let relisted = if *name == "markets" { ", delisted_at = NULL" } else { "" };
    format!(
        "WITH incoming AS MATERIALIZED (
             SELECT * FROM json_populate_recordset(NULL::{name}, $1::json)
         ), changed AS (
             INSERT INTO {history} ({key}, observed_at, sync_id, changes)
             SELECT {key}, $2, $4, changes
             FROM (
                 SELECT incoming.{key}, (
                     SELECT jsonb_object_agg(old.key, jsonb_build_object('from', old.value, 'to', new.value))
                     FROM jsonb_each(to_jsonb(held)) AS old
                     JOIN jsonb_each(to_jsonb(incoming)) AS new USING (key)
                     WHERE old.value IS DISTINCT FROM new.value AND old.key NOT IN ({skipped})
                 ) AS changes
                 FROM incoming JOIN {name} AS held USING ({key})
             ) AS difference
             WHERE changes IS NOT NULL
             ON CONFLICT ({key}, observed_at) DO UPDATE
                 SET changes = {history}.changes || excluded.changes
         )
         INSERT INTO {name} ({key}, {list}, upstream_updated_at, content_hash, revision, first_seen_at, observed_at)
         SELECT {key}, {list}, upstream_updated_at, content_hash, $3, $2, $2 FROM incoming
         ON CONFLICT ({key}) DO UPDATE SET {set}
             upstream_updated_at = excluded.upstream_updated_at, content_hash = excluded.content_hash,
             revision = excluded.revision, observed_at = excluded.observed_at{relisted}"
    )
}
