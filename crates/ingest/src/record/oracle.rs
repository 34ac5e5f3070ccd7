//! What the oracle says of markets that are about to be resolved, or were.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConditionId, MarketId, Price, TokenId};
use polymarket::data::{ResolutionRow, ResolutionScope};
use store::StoreError;
use store::resolutions::{self, ResolutionState, Unresolved};
use tokio::sync::mpsc;

use super::service::{Pen, Sources, ticks};

/// Markets of one question.
const BATCH: usize = 20;
/// Markets asked about in one round at most.
const MOST: i64 = 400;
/// Resolutions are corrected now and then, and some were never heard of: for so long they are asked for again …
const REVIEWED_FOR: TimeDelta = TimeDelta::days(2);
/// … so many in each round.
const REVIEWED_AT_ONCE: i64 = 100;

/// Asks about markets that are due.
pub(super) struct Oracle {
    sources: Arc<Sources>,
    pen: Pen,
    announced: mpsc::Receiver<TokenId>,
    /// The market asked about last of those that were settled lately.
    reviewed: Option<String>,
}

impl Oracle {
    pub(super) fn new(sources: Arc<Sources>, pen: Pen, announced: mpsc::Receiver<TokenId>) -> Self {
        Self { sources, pen, announced, reviewed: None }
    }

    /// Gives the announcements back, for the next who asks.
    pub(super) fn into_announced(self) -> mpsc::Receiver<TokenId> {
        self.announced
    }

    /// Asks in rounds, and at once about a market that was announced, until the database is lost.
    pub(super) async fn run(&mut self) -> Result<(), StoreError> {
        let mut ticks = ticks(self.sources.options.oracle_every);
        loop {
            let due = tokio::select! {
                _ = ticks.tick() => self.round().await?,
                announced = self.announced.recv() => if let Some(token) = announced {
                    let database = self.sources.database.service();
                    resolutions::of_token(database, &token).await?
                } else {
                    // Nobody announces any more: only rounds are left.
                    ticks.tick().await;
                    self.round().await?
                },
            };
            for batch in due.chunks(BATCH) {
                self.ask(batch).await?;
            }
        }
    }

    /// What one round asks about: what is due, and some of what was settled lately, in turn.
    async fn round(&mut self) -> Result<Vec<Unresolved>, StoreError> {
        let database = self.sources.database.service();
        let mut round = resolutions::due(database, self.sources.now(), MOST).await?;
        let since = self.sources.now() - REVIEWED_FOR;
        let after = self.reviewed.as_deref().unwrap_or_default();
        let settled = resolutions::settled_since(database, since, after, REVIEWED_AT_ONCE).await?;
        // After the last one the turn begins anew.
        self.reviewed = settled.last().map(|market| market.market_id.clone());
        let asked: HashSet<String> = round.iter().map(|market| market.market_id.clone()).collect();
        round.extend(settled.into_iter().filter(|market| !asked.contains(&market.market_id)));
        Ok(round)
    }

    async fn ask(&self, markets: &[Unresolved]) -> Result<(), StoreError> {
        let by_condition: HashMap<&str, &str> = markets
            .iter()
            .map(|market| (market.condition_id.as_str(), market.market_id.as_str()))
            .collect();
        let conditions =
            markets.iter().filter_map(|market| ConditionId::parse(&market.condition_id).ok());
        let scope = ResolutionScope::Markets(conditions.collect());
        let rows = match self.sources.data.resolutions(&scope).await {
            Ok(answer) => answer.value.rows,
            Err(error) => {
                tracing::warn!(%error, "the oracle cannot be asked; it is asked again");
                return Ok(());
            }
        };
        for row in rows {
            let Some(id) = row.condition_id.as_ref().and_then(|id| by_condition.get(id.as_str()))
            else {
                continue;
            };
            let Ok(market_id) = MarketId::parse(id) else { continue };
            self.write(&market_id, &state_of(&row), self.sources.now()).await?;
        }
        Ok(())
    }

    async fn write(
        &self,
        market_id: &MarketId,
        state: &ResolutionState,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut lock = self.pen.take().await;
        if resolutions::observe(lock.connection(), market_id, state, now).await? {
            tracing::debug!(market.id = %market_id, status = state.status, "the oracle spoke");
        }
        Ok(())
    }
}

fn state_of(row: &ResolutionRow) -> ResolutionState {
    let outcomes = row.payouts_micro.as_ref().map_or(0, Vec::len);
    let payouts: Option<Vec<_>> =
        (0..outcomes).map(|index| row.payout(index).map(Price::decimal)).collect();
    ResolutionState {
        status: row.status.as_str().to_owned(),
        payouts: payouts.filter(|payouts| !payouts.is_empty()),
        proposed_price: row.reproposed_price.or(row.proposed_price).map(Price::decimal),
        was_disputed: row.was_disputed,
        expected_settlement: row.expected_settlement_at,
        settlement_basis: row.settlement_basis.as_ref().map(|basis| basis.as_str().to_owned()),
        reporter: row.reporter.as_ref().map(|reporter| reporter.as_str().to_owned()),
        updated_at: row.updated_at,
    }
}
