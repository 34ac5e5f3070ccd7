//! Reading a wallet's activity into the database, part by part.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use metrics::counter;
use store::StoreError;
use store::wallets::activity::{self, Activity};
use uuid::Uuid;

use super::fetch::{self, Shortfall};
use super::import::{Import, ImportError};
use super::takers::Takers;

/// Activity as far as it was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) new_rows: u64,
    pub(super) shortfall: Shortfall,
    /// What was read, where that was everything from the first day on.
    pub(super) everything: Option<HashSet<Uuid>>,
}

/// A reading under way.
struct Reading<'a> {
    import: &'a Import<'a>,
    takers: Takers,
    pending: Vec<Activity>,
    new_rows: u64,
    read: HashSet<Uuid>,
    /// The last second that was written.
    written_to: Option<DateTime<Utc>>,
    /// Rows came of a second that had been written as a whole. Which of those that are alike are the same is not known.
    is_out_of_order: bool,
}

/// Reads everything since an instant, the oldest first; at most so many rows.
pub(super) async fn activity(
    import: &Import<'_>,
    since: Option<DateTime<Utc>>,
    most_rows: u64,
) -> Result<Read, ImportError> {
    let (wallet, data, now) = (&import.claim.wallet, &import.clients.data, import.now);
    let takers = Takers::ask(data, wallet, since, now).await;
    let (tips, tips_shortfall) = fetch::tips(data, wallet, since, now).await?;
    let mut reading = Reading {
        import,
        takers,
        pending: Vec::new(),
        new_rows: 0,
        read: HashSet::new(),
        written_to: None,
        is_out_of_order: false,
    };
    reading.write(tips).await?;
    let mut walk = fetch::activity(data, wallet, since, now);
    let mut is_too_large = false;
    while let Some(page) = walk.next_page().await? {
        reading.pending.extend(page.rows.rows.iter().map(fetch::stored));
        if reading.pending.len() >= import.rows_at_once {
            reading.write_whole_seconds().await?;
        }
        import.keep_lease(walk.tally().rows).await?;
        is_too_large = walk.tally().rows >= most_rows && walk.end().is_none();
        if is_too_large {
            break;
        }
    }
    let mut shortfall = fetch::shortfall(&walk);
    if is_too_large {
        shortfall.reasons.push("too_large".to_owned());
        shortfall.cut_at = walk.tally().newest;
    }
    let is_out_of_order = reading.is_out_of_order;
    let (new_rows, ids) = reading.end(since).await?;
    if is_out_of_order {
        shortfall.reasons.push("activity_out_of_order".to_owned());
        shortfall.is_broken = true;
    }
    shortfall.reasons.extend(tips_shortfall.reasons);
    shortfall.unusable_rows += tips_shortfall.unusable_rows;
    shortfall.is_broken |= tips_shortfall.is_broken || tips_shortfall.cut_at.is_some();
    let everything = (since.is_none() && shortfall.is_none()).then_some(ids);
    Ok(Read { new_rows, shortfall, everything })
}

impl Reading<'_> {
    /// Writes all but the last second, of which the next page may have more.
    async fn write_whole_seconds(&mut self) -> Result<(), ImportError> {
        let Some(last) = self.pending.iter().map(|row| row.happened_at).max() else {
            return Ok(());
        };
        let (unfinished, whole): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pending).into_iter().partition(|row| row.happened_at == last);
        self.pending = unfinished;
        self.write_in_order(whole).await
    }

    async fn write_in_order(&mut self, rows: Vec<Activity>) -> Result<(), ImportError> {
        let times = || rows.iter().map(|row| row.happened_at);
        self.is_out_of_order |= times().min().is_some_and(|first| Some(first) <= self.written_to);
        self.written_to = self.written_to.max(times().max());
        self.write(rows).await
    }

    async fn write(&mut self, mut rows: Vec<Activity>) -> Result<(), ImportError> {
        self.takers.tell(&mut rows);
        let import = self.import;
        let pool = import.database.service();
        activity::make_room(pool, &rows).await?;
        let mut tx = pool.begin().await.map_err(StoreError::from)?;
        // Two workers must never write for one wallet.
        import.keep_lease_in(&mut tx).await?;
        let new = activity::record(&mut tx, &import.claim.wallet, &rows, import.now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        counter!("cascadian_wallet_rows_total").increment(new);
        self.new_rows += new;
        self.read.extend(activity::ids(&rows)?);
        Ok(())
    }

    /// Writes what is left; how many rows were new in all, and which were read.
    async fn end(
        mut self,
        since: Option<DateTime<Utc>>,
    ) -> Result<(u64, HashSet<Uuid>), ImportError> {
        let rest = std::mem::take(&mut self.pending);
        self.write_in_order(rest).await?;
        if !self.takers.are_all_found() {
            let wallet = &self.import.claim.wallet;
            let mut connection =
                self.import.database.service().acquire().await.map_err(StoreError::from)?;
            activity::forget_makers(&mut connection, wallet, since).await?;
            tracing::debug!(%wallet, "takers' trades are not in the activity: makers are unknown");
        }
        Ok((self.new_rows, self.read))
    }
}
