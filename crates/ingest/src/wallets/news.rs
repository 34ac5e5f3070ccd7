//! News of resolutions: the books of whoever held a share of such a market are made anew.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use store::StoreError;
use store::notify::Listener;
use store::resolutions::RESOLUTION_CHANNEL;
use store::wallets::imports;
use tokio::time::{Instant, timeout_at};

use super::service::Sources;

/// What was heard while nobody listened is looked for so far back.
const MISSED: TimeDelta = TimeDelta::days(7);
/// Several write, so that news may be a little older than others before them.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);
/// All markets of an event are resolved within moments.
const GATHERED_FOR: Duration = Duration::from_secs(1);

/// Has books follow what the oracle says, until the database is lost.
pub(super) async fn of_resolutions(sources: Arc<Sources>) -> Result<(), StoreError> {
    let database = sources.database.service();
    let mut heard = Listener::connect(&sources.database, &[RESOLUTION_CHANNEL]).await?;
    let mut since = sources.now() - MISSED;
    loop {
        let now = sources.now();
        let markets = imports::resolved_since(database, since).await?;
        if !markets.is_empty() {
            let wallets = imports::review(database, &markets, now).await?;
            tracing::debug!(markets = markets.len(), wallets, "books follow resolutions");
        }
        since = now - LOOK_BACK;
        heard.next().await;
        let until = Instant::now() + GATHERED_FOR;
        while timeout_at(until, heard.next()).await.is_ok() {}
    }
}
