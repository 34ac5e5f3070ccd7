//! Scores of wallets: one after its import, all of them every few minutes.
//!
//! What only all wallets together can tell (how prices came out, how skills differ, how many were looked at) is learned
//! by [`ScoringJob`] and kept as a model. Both it and [`Scorer`] judge a wallet by [`judge`], with the model there is.

mod all;
mod judged;
mod known;

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Datelike, Utc};
use domain::Address;
use domain::scores::{Population, ScoreKind};
use store::intelligence::{classes, models, scores};
use store::{Database, PgConnection, StoreError};

pub use all::{ScoringJob, score_all};
pub(super) use judged::settled;
pub use judged::{Judged, judge};
pub use known::{Known, known};

/// Of the definition of what is learned from all wallets. A model of another version is not read.
pub const MODEL_VERSION: i16 = 2;

/// Under this name the model is kept.
fn model_kind() -> &'static str {
    ScoreKind::Smart.slug()
}

/// A model, and of when it is.
type Model = (DateTime<Utc>, Arc<Population>);

/// Scores single wallets. The model is read once and kept until there is a newer one; clones share it.
#[derive(Debug, Clone)]
pub struct Scorer {
    database: Database,
    held: Arc<Mutex<Option<Model>>>,
    /// The last month that there is room for, counted from year 0.
    month: Arc<AtomicI32>,
}

impl Scorer {
    /// Prepares it.
    pub fn new(database: Database) -> Self {
        Self { database, held: Arc::default(), month: Arc::default() }
    }

    /// Scores a wallet anew, as of `now`. `false` where nothing can be said yet: it was not imported, or all wallets
    /// were never scored.
    pub async fn rescore(&self, wallet: &Address, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let Some(population) = self.population().await? else { return Ok(false) };
        let pool = self.database.service();
        self.make_room(now).await?;
        let mut tx = pool.begin().await.map_err(StoreError::from)?;
        // What a crash takes is made again by the next run over all wallets.
        store::intelligence::may_be_lost(&mut tx).await?;
        let known = known(&mut tx, std::slice::from_ref(wallet)).await?;
        let judged: Vec<Judged> = known.iter().map(|one| judge(one, &population, now)).collect();
        keep(&mut tx, &judged).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(!judged.is_empty())
    }

    async fn make_room(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let month = now.year() * 12 + now.month0().cast_signed();
        if self.month.load(Ordering::Relaxed) != month {
            scores::make_room(self.database.service(), now).await?;
            self.month.store(month, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The model there is.
    async fn population(&self) -> Result<Option<Arc<Population>>, StoreError> {
        let pool = self.database.service();
        let Some(as_of) = models::as_of(pool, model_kind(), MODEL_VERSION).await? else {
            return Ok(None);
        };
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, population)) = held.filter(|(held, _)| *held == as_of) {
            return Ok(Some(population));
        }
        let Some((as_of, model)) = models::get(pool, model_kind(), MODEL_VERSION).await? else {
            return Ok(None);
        };
        let population: Population = serde_json::from_value(model).map_err(StoreError::other)?;
        let population = Arc::new(population);
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((as_of, population.clone()));
        Ok(Some(population))
    }
}

/// Writes what was found of some wallets.
async fn keep(connection: &mut PgConnection, judged: &[Judged]) -> Result<u64, StoreError> {
    let all: Vec<(&str, &scores::WalletScore)> = judged
        .iter()
        .flat_map(|one| one.scores.iter().map(|(kind, score)| (*kind, score)))
        .collect();
    let found: Vec<classes::WalletClass> = judged.iter().map(|one| one.class.clone()).collect();
    let changed = scores::record_all(connection, &all).await?;
    classes::set(connection, &found).await?;
    Ok(changed)
}

/// Scores a wallet anew, as of `now`; see [`Scorer::rescore`]. Reads the model each time: who scores many keeps a
/// [`Scorer`].
pub async fn rescore_wallet(
    database: &Database,
    wallet: &Address,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Scorer::new(database.clone()).rescore(wallet, now).await
}
