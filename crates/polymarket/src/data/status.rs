//! How fresh the Data API is.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::envelope::Envelope;
use crate::fields::Fields;

/// How far the host is behind the chain. What it says of others is true as of [`Self::computed_at`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataStatus {
    /// When this was computed.
    pub computed_at: Option<DateTime<Utc>>,
    /// How long ago that was when it was served. A growing age means that it is no longer computed.
    pub age: Option<Duration>,
    /// How far the worst mechanism is behind.
    pub serving_lag: Option<Duration>,
    /// Which one that is.
    pub worst: Option<String>,
    /// What is served, each by itself.
    pub mechanisms: Vec<Mechanism>,
    /// Streams of the chain that are read.
    pub streams: Option<u64>,
    /// The newest block that any stream has come to.
    pub max_synced_block: Option<u64>,
    /// The block of the stream that is furthest behind.
    pub min_synced_block: Option<u64>,
    /// Streams that are behind, the furthest first.
    pub lagging: Vec<StreamLag>,
}

/// Something that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mechanism {
    /// What: `activity_feed` is trades, `custody_balances` is holders.
    pub name: String,
    /// For how long it has not advanced.
    pub age: Option<Duration>,
    /// How many blocks it is behind.
    pub blocks_behind: Option<u64>,
}

/// A stream of the chain that is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamLag {
    /// Which.
    pub source: String,
    /// The block it has come to.
    pub block: Option<u64>,
    /// How many blocks it is behind the newest.
    pub blocks_behind: Option<u64>,
}

impl DataStatus {
    /// The age of the mechanism with this name.
    pub fn age_of(&self, mechanism: &str) -> Option<Duration> {
        self.mechanisms.iter().find(|found| found.name == mechanism)?.age
    }
}

pub(super) fn read(body: &[u8]) -> Result<DataStatus, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let envelope = Envelope::parse(&text)?;
    let mut fields = Fields::parse(envelope.data)?;
    let mut serving = fields.object("serving");
    let mut ingestion = fields.object("ingestion");
    let mechanism = |row: &mut Fields<'_>| {
        let name = row.text("name")?;
        let blocks_behind = row.count("blocks_behind");
        Some(Mechanism { name, age: seconds(row, "age_seconds"), blocks_behind })
    };
    let lag = |row: &mut Fields<'_>| {
        let source = row.text("source")?;
        Some(StreamLag {
            source,
            block: row.count("block"),
            blocks_behind: row.count("behind_max"),
        })
    };
    let count = |part: &mut Option<Fields<'_>>, field| part.as_mut()?.count(field);
    Ok(DataStatus {
        computed_at: fields.instant("computed_at"),
        age: seconds(&mut fields, "age_seconds"),
        serving_lag: serving.as_mut().and_then(|serving| seconds(serving, "lag_seconds")),
        worst: serving.as_mut().and_then(|serving| serving.text("worst")),
        mechanisms: each(serving.as_mut(), "mechanisms", mechanism),
        streams: count(&mut ingestion, "cursors"),
        max_synced_block: count(&mut ingestion, "max_synced_block"),
        min_synced_block: count(&mut ingestion, "min_synced_block"),
        lagging: each(ingestion.as_mut(), "lagging", lag),
    })
}

fn seconds(fields: &mut Fields<'_>, field: &'static str) -> Option<Duration> {
    fields.count(field).map(Duration::from_secs)
}

/// The usable objects of a list.
fn each<T>(
    part: Option<&mut Fields<'_>>,
    field: &'static str,
    read: impl Fn(&mut Fields<'_>) -> Option<T>,
) -> Vec<T> {
    let rows = part.and_then(|part| part.list(field)).unwrap_or_default();
    rows.iter().filter_map(|row| read(&mut Fields::parse(row).ok()?)).collect()
}
