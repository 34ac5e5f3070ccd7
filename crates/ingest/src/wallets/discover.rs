//! Where wallets show up: on the tape, and on upstream's boards.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Contract;
use polymarket::data::{BoardPeriod, LeaderboardQuery, LeaderboardSort, Walk};
use store::StoreError;
use store::wallets::imports::{self, Priority};
use store::wallets::{self, FoundBy};

use super::service::Sources;
use crate::record::ticks;

/// Rows of the tape are written by several in turn, so one may be a little older than another written before it.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);

/// Notes who trades, until the database is lost.
pub(super) async fn on_tape(sources: Arc<Sources>) -> Result<(), StoreError> {
    let mut ticks = ticks(sources.options.discover_every);
    let mut since = DateTime::<Utc>::UNIX_EPOCH;
    loop {
        ticks.tick().await;
        let now = sources.now();
        let new = wallets::found_on_tape(sources.database.service(), since, now).await?;
        if new > 0 {
            tracing::debug!(new, "wallets were found on the tape");
        }
        since = now - LOOK_BACK;
    }
}

/// Notes who leads upstream's boards, and has them imported.
pub(super) async fn on_boards(sources: Arc<Sources>) -> Result<(), StoreError> {
    let mut ticks = ticks(sources.options.boards_every);
    loop {
        ticks.tick().await;
        for period in [BoardPeriod::Day, BoardPeriod::Week, BoardPeriod::Month, BoardPeriod::All] {
            read(&sources, period).await?;
        }
    }
}

async fn read(sources: &Sources, period: BoardPeriod) -> Result<(), StoreError> {
    let limit = sources.options.board_length;
    let query = LeaderboardQuery { limit, ..LeaderboardQuery::new(period, LeaderboardSort::Pnl) };
    let page = match Walk::new(sources.clients.data.clone(), query).next_page().await {
        Ok(Some(page)) => page,
        Ok(None) => return Ok(()),
        Err(error) => {
            tracing::warn!(%error, "a board cannot be read; it is read again");
            return Ok(());
        }
    };
    let leaders: Vec<_> = page.rows.rows.into_iter().map(|row| row.wallet).collect();
    let leaders: Vec<_> = leaders.into_iter().filter(|one| Contract::of(one).is_none()).collect();
    let (database, now) = (sources.database.service(), sources.now());
    wallets::found(database, &leaders, FoundBy::Leaderboard, now).await?;
    let due: Vec<_> = wallets::not_imported(database, &leaders).await?;
    imports::want(database, &due, Priority::Listed, now, true).await
}
