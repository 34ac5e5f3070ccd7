//! The bets that are held, as the redrawn trial takes them.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use domain::Address;
use domain::null_audit::Laid;
use domain::scores::{Baseline, Fit, SettledBet};
use store::intelligence::{audits, bets, traits};
use store::{Database, StoreError};

use crate::intelligence::scoring::settled;

/// Between so few and so many times.
const FEWEST_RUNS: usize = 10;
const MOST_RUNS: usize = 100;

/// How often outcomes of so many bets are drawn, if about so many are to be drawn in all.
pub(super) fn runs(bets: usize, drawn: usize) -> usize {
    (drawn / bets.max(1)).clamp(FEWEST_RUNS, MOST_RUNS)
}

/// All bets that are held.
pub(super) struct Held {
    /// As they are drawn: what was paid, recalibrated by all that is known now. Scores recalibrate by what was known
    /// when somebody bought, so what they miss by that is among the errors that are found.
    pub(super) laid: Vec<Laid>,
    /// The same in the same order, as scores learn from them how prices come out.
    settled: Vec<(u32, SettledBet)>,
    /// Whose they are, by their numbers.
    pub(super) wallets: Vec<Address>,
    as_of: DateTime<Utc>,
}

/// Numbers for names, in the order in which they come.
struct Numbers<T>(BTreeMap<T, u32>);

impl<T: Ord> Numbers<T> {
    const fn none() -> Self {
        Self(BTreeMap::new())
    }

    fn of(&mut self, name: T) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(name).or_insert(next)
    }
}

impl Held {
    /// Those settled before an instant, of wallets whose skill is tested.
    pub(super) async fn read(
        database: &Database,
        before: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let mut bets = bets::settled_before(database.service(), before).await?;
        let untested: HashSet<Address> =
            traits::not_tested(database.service()).await?.into_iter().collect();
        bets.retain(|bet| !untested.contains(&bet.wallet));
        let exclusive = audits::exclusive_events(database.service()).await?;
        let (mut wallets, mut events, mut markets) =
            (Numbers::none(), Numbers::none(), Numbers::none());
        let settled: Vec<(u32, SettledBet)> =
            bets.iter().map(|bet| (events.of(&bet.event_key), settled(bet))).collect();
        let baseline = in_hindsight(Baseline::fit(&settled, before));
        let laid = bets.iter().zip(&settled).map(|(bet, (event, settled))| Laid {
            wallet: wallets.of(&bet.wallet) as usize,
            event: *event as usize,
            market: markets.of(&bet.condition_id) as usize,
            is_first: bet.outcome_index == 0,
            chance: baseline.chance(settled),
            is_exclusive: exclusive.contains(&bet.event_key),
            came_true: bet.came_true,
            settled_at: bet.closed_at.timestamp(),
        });
        let laid = laid.collect();
        let mut wallets: Vec<(u32, Address)> =
            wallets.0.into_iter().map(|(wallet, number)| (number, wallet.clone())).collect();
        wallets.sort_by_key(|(number, _)| *number);
        let wallets = wallets.into_iter().map(|(_, wallet)| wallet).collect();
        Ok(Self { laid, settled, wallets, as_of: before })
    }

    /// The chances that scores would learn if these were the outcomes: with errors, as from the real ones.
    pub(super) fn reckon(&self, outcomes: &[bool]) -> Vec<f64> {
        let drawn = self.settled.iter().zip(outcomes);
        let drawn: Vec<(u32, SettledBet)> = drawn
            .map(|((event, bet), came_true)| (*event, SettledBet { came_true: *came_true, ..*bet }))
            .collect();
        let baseline = Baseline::fit(&drawn, self.as_of);
        self.settled.iter().map(|(_, bet)| baseline.chance(bet)).collect()
    }
}

/// The last fit for every bet, whenever it was made.
fn in_hindsight(baseline: Baseline) -> Baseline {
    let last = baseline.fits.into_iter().next_back();
    let always = last.map(|fit| Fit { as_of: DateTime::<Utc>::MIN_UTC, ..fit });
    Baseline { fits: always.into_iter().collect() }
}
