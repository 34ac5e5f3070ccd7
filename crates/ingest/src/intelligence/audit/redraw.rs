//! The bets that are held, as the redrawn trial takes them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::null_audit::Laid;
use store::intelligence::{audits, bets};
use store::{Database, StoreError};

/// So many bets are drawn in all, within these numbers of draws: what a minute of one core allows.
const DRAWN: usize = 10_000_000;
const FEWEST_RUNS: usize = 10;
const MOST_RUNS: usize = 200;

/// How often outcomes of so many bets are drawn.
pub(super) fn runs(bets: usize) -> usize {
    (DRAWN / bets.max(1)).clamp(FEWEST_RUNS, MOST_RUNS)
}

/// Numbers for names, in the order in which they come.
struct Numbers<T>(BTreeMap<T, usize>);

impl<T: Ord> Numbers<T> {
    const fn none() -> Self {
        Self(BTreeMap::new())
    }

    fn of(&mut self, name: T) -> usize {
        let next = self.0.len();
        *self.0.entry(name).or_insert(next)
    }
}

/// All bets that were settled before an instant.
pub(super) async fn held(
    database: &Database,
    before: DateTime<Utc>,
) -> Result<Vec<Laid>, StoreError> {
    let bets = bets::settled_before(database.service(), before).await?;
    let exclusive = audits::exclusive_events(database.service()).await?;
    let (mut wallets, mut events, mut markets) =
        (Numbers::none(), Numbers::none(), Numbers::none());
    let laid = bets.iter().map(|bet| Laid {
        wallet: wallets.of(&bet.wallet),
        event: events.of(&bet.event_key),
        market: markets.of(&bet.condition_id),
        is_first: bet.outcome_index == 0,
        chance: bet.price,
        is_exclusive: exclusive.contains(&bet.event_key),
        came_true: bet.came_true,
        settled_at: bet.closed_at.timestamp(),
    });
    Ok(laid.collect())
}
