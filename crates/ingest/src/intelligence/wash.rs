//! What of a market's trade looks like trade with oneself: several measures, and no verdict.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clusters::OwnerIx;
use domain::evidence::{Basis, EvidenceId};
use domain::ledger::{MarketIx, Markets, Micro};
use domain::wash::{Band, Fill, measures};
use domain::whales::Class;
use domain::{Address, ConditionId, Shares, Side};
use serde_json::{Value, json};
use store::StoreError;
use store::intelligence::standing::{self, Standing};
use store::intelligence::wash::{self, KnownFill, MarketWash};
use store::streaming::{self, TradedMarket};
use store::tape::{self, StoredTrade};

use super::service::{Job, JobError, Sources};

/// Wallets of one market whose own histories are read at most; of the others what they took counts.
const MOST_IMPORTED: usize = 500;
/// A history that was read so long before is known until now: what is newer is on the tape of the next look.
const KNOWN_WITHIN: TimeDelta = TimeDelta::hours(1);
/// How far back trades are looked through: the longest window of [`domain::wash::Method`].
const BACK: TimeDelta = TimeDelta::days(7);

/// Looks through the trades of the markets that trade most.
#[derive(Debug, Default)]
pub struct WashJob;

impl Job for WashJob {
    const NAME: &'static str = "wash";

    fn every(sources: &Sources) -> Duration {
        sources.options.wash_every
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        let database = sources.database.service();
        for market in streaming::busiest(database, sources.options.markets).await? {
            measure(sources, &market, sources.now()).await?;
        }
        Ok(())
    }
}

async fn measure(
    sources: &Sources,
    market: &TradedMarket,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let database = sources.database.service();
    let trades = tape::of_market_since(database, &market.market_id, now - BACK).await?;
    let wallets: BTreeSet<Address> =
        trades.iter().filter_map(|stored| stored.trade.wallet.clone()).collect();
    let wallets: Vec<Address> = wallets.into_iter().collect();
    let known = standing::of(database, &wallets).await?;
    // Of a market with more trades than are read at once, as far as they were.
    let until = trades.get(tape::MOST_SINCE - 1).map_or(now, |last| last.trade.traded_at);
    let imported: Vec<Address> = wallets
        .iter()
        .filter(|wallet| known.get(*wallet).is_some_and(|standing| is_known_until(standing, until)))
        .take(MOST_IMPORTED)
        .cloned()
        .collect();
    let basis = if imported.len() == wallets.len() { Basis::Activity } else { Basis::Feed };
    let own = wash::known_fills(database, &market.condition_id, &imported, now - BACK).await?;
    let imported: HashSet<Address> = imported.into_iter().collect();
    let mut told = Told::new(&market.condition_id, &known);
    for stored in &trades {
        let wallet = stored.trade.wallet.as_ref();
        if wallet.is_some_and(|wallet| !imported.contains(wallet)) {
            told.taken(stored);
        }
    }
    for fill in own.iter().filter(|fill| fill.happened_at <= until) {
        told.known(fill);
    }
    let band = measures(&told.fills, basis);
    let mut connection = database.acquire().await.map_err(StoreError::from)?;
    let found = MarketWash {
        market_id: market.market_id.clone(),
        as_of: until,
        band: band.band.map(|span| (span.low, span.high)),
        basis: basis.slug().to_owned(),
        measures: told_of(&band),
    };
    wash::replace(&mut connection, &[found]).await
}

/// Whether everything a wallet did is held, as far as upstream knew it then.
fn is_known_until(standing: &Standing, until: DateTime<Utc>) -> bool {
    standing.imported_at.is_some_and(|imported_at| imported_at >= until - KNOWN_WITHIN)
}

/// What owners did in a market: of wallets whose history is held all their fills, of others those that they took. Trades
/// of nobody known are left out: whose they are is all that is asked here.
struct Told<'a> {
    market: MarketIx,
    known: &'a HashMap<Address, Standing>,
    owners: OwnerNumbers,
    fills: Vec<Fill>,
}

impl<'a> Told<'a> {
    fn new(condition_id: &ConditionId, known: &'a HashMap<Address, Standing>) -> Self {
        let market = Markets::new().of(condition_id);
        Self { market, known, owners: OwnerNumbers::default(), fills: Vec::new() }
    }

    /// A trade of the tape.
    fn taken(&mut self, stored: &StoredTrade) {
        let ordinal = u32::try_from(stored.ordinal).unwrap_or(u32::MAX);
        let Some(print) = stored.trade.print(ordinal) else { return };
        if let Some(wallet) = print.wallet {
            self.add(wallet, print.side == Side::Buy, print.shares, print.traded_at);
        }
    }

    /// A fill of a wallet whose history is held.
    fn known(&mut self, fill: &KnownFill) {
        let is_toward_first = fill.is_buy == (fill.outcome_index == 0);
        self.add(&fill.wallet, is_toward_first, fill.shares, fill.happened_at);
    }

    fn add(&mut self, wallet: &Address, toward_first: bool, shares: Shares, at: DateTime<Utc>) {
        let standing = self.known.get(wallet);
        let Some(shares) = Micro::of_shares(shares) else { return };
        self.fills.push(Fill {
            // They only have to differ.
            id: EvidenceId(self.fills.len() as u128),
            market: self.market,
            owner: self.owners.of(wallet, standing),
            other: None,
            toward_first,
            shares: shares.get(),
            at_s: at.timestamp(),
            is_maker_like: standing.and_then(is_maker_like),
        });
    }
}

/// Whether a wallet is known to be like a maker; it is the first that is decided of a class.
pub(super) fn is_maker_like(standing: &Standing) -> Option<bool> {
    let class = standing.class.as_deref()?;
    let is_maker = class == Class::MakerLike.slug();
    (is_maker || standing.is_class_certain).then_some(is_maker)
}

/// Numbers of owners: the wallets of a cluster have one.
#[derive(Debug, Default)]
pub(super) struct OwnerNumbers {
    clusters: HashMap<uuid::Uuid, OwnerIx>,
    wallets: HashMap<Address, OwnerIx>,
    next: u32,
}

impl OwnerNumbers {
    /// The number of a wallet's owner, if it has one.
    pub(super) fn known(&self, wallet: &Address) -> Option<OwnerIx> {
        self.wallets.get(wallet).copied()
    }

    /// The number of a wallet's owner. It stays, whatever is found out of the wallet later.
    pub(super) fn of(&mut self, wallet: &Address, standing: Option<&Standing>) -> OwnerIx {
        if let Some(owner) = self.wallets.get(wallet) {
            return *owner;
        }
        let fresh = OwnerIx(self.next);
        let cluster = standing.and_then(|standing| standing.cluster);
        let owner = cluster.map_or(fresh, |cluster| *self.clusters.entry(cluster).or_insert(fresh));
        self.next += u32::from(owner == fresh);
        self.wallets.insert(wallet.clone(), owner);
        owner
    }
}

fn told_of(band: &Band) -> Value {
    let measure = |measure: &domain::wash::Measure| {
        json!({
            "name": measure.method.slug(),
            "low": measure.share.map(|span| span.low),
            "high": measure.share.map(|span| span.high),
            "owners": measure.owners,
            "fills": measure.fills,
        })
    };
    band.measures.iter().map(measure).collect()
}
