//! Where smart money stands in each market: what those hold whose record speaks for them, one vote an owner.

mod said;
mod voices;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ledger::{Markets, Slot};
use domain::signals::PastBet;
use domain::whales::Questions;
use domain::{Address, ConditionId, EventId};
use store::intelligence::bets;
use store::intelligence::consensus::{self as kept, HeldMarket, MarketConsensus};
use store::wallets::terms::{self, KnownMarket};
use store::{Database, StoreError};

use super::service::{Job, JobError, Sources};
use said::said;
use voices::{Holders, Stand};

/// Markets that are looked at, at most: those that most of the smart hold.
const MOST_MARKETS: u32 = 2_000;
/// Markets that are looked at together.
const AT_ONCE: usize = 40;

/// Says where smart money stands.
#[derive(Debug, Default)]
pub struct ConsensusJob;

impl Job for ConsensusJob {
    const NAME: &'static str = "consensus";

    fn every(sources: &Sources) -> Duration {
        sources.options.consensus_every
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        find_consensus(&sources.database, sources.now()).await?;
        Ok(())
    }
}

/// Says where smart money stands in every open market in which any of it does, as of `now`, and keeps that in the place
/// of what was said before.
pub async fn find_consensus(
    database: &Database,
    now: DateTime<Utc>,
) -> Result<Vec<MarketConsensus>, StoreError> {
    let pool = database.service();
    let mut held = kept::markets_of_the_smart(pool, MOST_MARKETS).await?;
    // Markets of a group side by side, so that its members are read once.
    held.sort_by(|one, other| (&one.group, &one.market_id).cmp(&(&other.group, &other.market_id)));
    let mut all = Vec::with_capacity(held.len());
    for some in held.chunks(AT_ONCE) {
        all.extend(of_some(database, some, now).await?);
    }
    let mut tx = pool.begin().await.map_err(StoreError::from)?;
    kept::replace(&mut tx, &all).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(all)
}

async fn of_some(
    database: &Database,
    held: &[HeldMarket],
    now: DateTime<Utc>,
) -> Result<Vec<MarketConsensus>, StoreError> {
    let pool = database.service();
    let catalogue = catalogue(database, held).await?;
    let conditions: Vec<ConditionId> =
        catalogue.iter().map(|market| market.terms.condition_id.clone()).collect();
    let mut markets = Markets::new();
    for market in catalogue {
        markets.set(market.terms);
    }
    let questions = Questions::of(&markets);
    let holders = Holders::of(kept::holdings(pool, &conditions).await?);
    let mut stands: Vec<(&HeldMarket, Vec<Stand<'_>>)> =
        held.iter().map(|market| (market, holders.stands(&markets, &questions, market))).collect();
    let named: BTreeSet<&Address> =
        stands.iter().flat_map(|(_, all)| voices::whose_past_counts(all)).collect();
    let named: Vec<Address> = named.into_iter().cloned().collect();
    let pasts = pasts(database, &named, &mut markets).await?;
    Ok(stands.iter_mut().map(|(market, all)| said(market, all, &pasts, now)).collect())
}

/// The markets themselves, and all of the groups they are in: what answers a question has depends on all of them.
async fn catalogue(
    database: &Database,
    held: &[HeldMarket],
) -> Result<Vec<KnownMarket>, StoreError> {
    let pool = database.service();
    let alone = held.iter().filter(|market| market.group.is_none());
    let alone: Vec<ConditionId> = alone.map(|market| market.condition_id.clone()).collect();
    let groups: BTreeSet<&EventId> = held.iter().filter_map(|one| one.group.as_ref()).collect();
    let groups: Vec<EventId> = groups.into_iter().cloned().collect();
    let mut found = terms::of(pool, &alone).await?;
    found.extend(terms::of_neg_risk_events(pool, &groups).await?);
    Ok(found)
}

/// Earlier bets of wallets, in order, each once.
pub(super) type Pasts = HashMap<Address, Vec<PastBet>>;

async fn pasts(
    database: &Database,
    wallets: &[Address],
    markets: &mut Markets,
) -> Result<Pasts, StoreError> {
    let mut pasts: BTreeMap<Address, BTreeSet<PastBet>> = BTreeMap::new();
    for bet in bets::of_wallets(database.service(), wallets).await? {
        let market = markets.of(&bet.condition_id);
        let on = Slot { market, outcome: bet.outcome_index };
        let past = PastBet { event: markets.event_of(market), on };
        pasts.entry(bet.wallet).or_default().insert(past);
    }
    Ok(pasts.into_iter().map(|(wallet, past)| (wallet, past.into_iter().collect())).collect())
}
