//! Events as held.

use chrono::{DateTime, Utc};
use domain::{Event, EventId, Tag};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Row};

use crate::StoreError;
use crate::column::{amount, column, parsed};

/// An event with when and in which batch it was last seen to change.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// The event. Loaded for the catalogue, it has no description and no extra fields.
    pub event: Event,
    /// When we learned what it says.
    pub observed_at: DateTime<Utc>,
    /// The batch that wrote it.
    pub revision: i64,
}

/// The texts of an event that the catalogue leaves in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDetails {
    /// Rules.
    pub description: Option<String>,
    /// Where the answer will be read.
    pub resolution_source: Option<String>,
}

/// Events written by batches after `revision` (0: all), without their long texts.
pub(crate) async fn changed_since(
    executor: impl PgExecutor<'_>,
    revision: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sqlx::query(
        "SELECT event_id, slug, title, category, tag_slugs, tag_labels, tag_ids, image, active, closed, archived,
                neg_risk, neg_risk_augmented, series_slug, volume_24h, volume_total, liquidity, open_interest,
                start_date, end_date, closed_at, created_at, upstream_updated_at, observed_at, revision
         FROM events WHERE revision > $1 ORDER BY event_id",
    )
    .bind(revision)
    .fetch_all(executor)
    .await?;
    rows.iter().map(decode).collect()
}

/// The long texts of one event.
pub async fn details(
    executor: impl PgExecutor<'_>,
    event_id: &EventId,
) -> Result<EventDetails, StoreError> {
    let row = sqlx::query("SELECT description, resolution_source FROM events WHERE event_id = $1")
        .bind(event_id.as_str())
        .fetch_one(executor)
        .await?;
    Ok(EventDetails { description: row.try_get(0)?, resolution_source: row.try_get(1)? })
}

fn decode(row: &PgRow) -> Result<StoredEvent, StoreError> {
    let event = Event {
        event_id: parsed(column::<&str>(row, "event_id")?)?,
        slug: column(row, "slug")?,
        title: column(row, "title")?,
        description: None,
        resolution_source: None,
        category: column::<Option<&str>>(row, "category")?.and_then(|slug| slug.parse().ok()),
        tags: tags(row)?,
        image: column(row, "image")?,
        active: column(row, "active")?,
        closed: column(row, "closed")?,
        archived: column(row, "archived")?,
        neg_risk: column(row, "neg_risk")?,
        neg_risk_augmented: column(row, "neg_risk_augmented")?,
        series_slug: column(row, "series_slug")?,
        volume_24h: amount(column::<Option<Decimal>>(row, "volume_24h")?)?,
        volume_total: amount(column::<Option<Decimal>>(row, "volume_total")?)?,
        liquidity: amount(column::<Option<Decimal>>(row, "liquidity")?)?,
        open_interest: amount(column::<Option<Decimal>>(row, "open_interest")?)?,
        start_date: column(row, "start_date")?,
        end_date: column(row, "end_date")?,
        closed_at: column(row, "closed_at")?,
        created_at: column(row, "created_at")?,
        upstream_updated_at: column(row, "upstream_updated_at")?,
        extra: serde_json::Map::new(),
    };
    Ok(StoredEvent {
        event,
        observed_at: column(row, "observed_at")?,
        revision: column(row, "revision")?,
    })
}

fn tags(row: &PgRow) -> Result<Vec<Tag>, StoreError> {
    let slugs: Vec<String> = column(row, "tag_slugs")?;
    let labels: Vec<String> = column(row, "tag_labels")?;
    let ids: Vec<Option<String>> = column(row, "tag_ids")?;
    let tags = slugs.into_iter().zip(labels).zip(ids);
    Ok(tags.map(|((slug, label), tag_id)| Tag { tag_id, slug, label }).collect())
}
