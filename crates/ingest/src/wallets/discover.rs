//! Where wallets show up: on the tape, and on upstream's boards.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use domain::{Address, Contract};
use polymarket::UpstreamError;
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
    let database = sources.database.service();
    // What was found last was found when everything before had been looked at.
    let last = wallets::last_found_on_tape(database).await?;
    let mut since = last.map_or(DateTime::UNIX_EPOCH, |last| last - LOOK_BACK);
    loop {
        ticks.tick().await;
        let now = sources.now();
        let new = wallets::found_on_tape(database, since, now).await?;
        if new > 0 {
            tracing::debug!(new, "wallets were found on the tape");
        }
        since = now - LOOK_BACK;
    }
}

/// Notes who leads upstream's boards, and has them imported.
pub(super) async fn on_boards(sources: Arc<Sources>) -> Result<(), StoreError> {
    if sources.options.board_length == 0 {
        return std::future::pending().await;
    }
    let mut ticks = ticks(sources.options.boards_every);
    loop {
        ticks.tick().await;
        let mut listed = Vec::new();
        let mut is_whole = true;
        for period in [BoardPeriod::Day, BoardPeriod::Week, BoardPeriod::Month, BoardPeriod::All] {
            match leaders(&sources, period).await {
                Ok(leaders) => {
                    note(&sources, &leaders).await?;
                    listed.extend(leaders);
                }
                Err(error) => {
                    is_whole = false;
                    tracing::warn!(%error, "a board cannot be read; it is read again");
                }
            }
        }
        if is_whole {
            imports::unlist_others(sources.database.service(), &listed).await?;
        }
    }
}

/// The wallets on one board; contracts are none.
async fn leaders(sources: &Sources, period: BoardPeriod) -> Result<Vec<Address>, UpstreamError> {
    let limit = sources.options.board_length;
    let query = LeaderboardQuery { limit, ..LeaderboardQuery::new(period, LeaderboardSort::Pnl) };
    let page = Walk::new(sources.clients.data.clone(), query).next_page().await?;
    let rows = page.map(|page| page.rows.rows).unwrap_or_default();
    Ok(rows.into_iter().map(|row| row.wallet).filter(|one| Contract::of(one).is_none()).collect())
}

/// Has leaders imported: those that never were at once, the others when they are due.
async fn note(sources: &Sources, leaders: &[Address]) -> Result<(), StoreError> {
    let (database, now) = (sources.database.service(), sources.now());
    wallets::found(database, leaders, FoundBy::Leaderboard, now).await?;
    let new = wallets::not_imported(database, leaders).await?;
    imports::want(database, &new, Priority::Listed, now, true).await?;
    let again = now + sources.options.refresh_every;
    imports::want(database, leaders, Priority::Listed, again, false).await
}
