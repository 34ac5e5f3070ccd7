//! What of a market's trade looks like trade with oneself: several measures, and no verdict.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clusters::OwnerIx;
use domain::evidence::{Basis, EvidenceId};
use domain::ledger::{Markets, Micro};
use domain::tape::Print;
use domain::wash::{Band, Fill, measures};
use domain::whales::Class;
use domain::{Address, Side};
use serde_json::{Value, json};
use store::StoreError;
use store::intelligence::standing::{self, Standing};
use store::intelligence::wash::{self, MarketWash};
use store::streaming::{self, TradedMarket};
use store::tape::{self, StoredTrade};

use super::service::{Job, JobError, Sources};

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
    let band = measures(&fills(&trades, &known), Basis::Feed);
    let mut connection = database.acquire().await.map_err(StoreError::from)?;
    let found = MarketWash {
        market_id: market.market_id.clone(),
        // Of a market with more trades than are read at once, as far as they were.
        as_of: trades.get(tape::MOST_SINCE - 1).map_or(now, |last| last.trade.traded_at),
        band: band.band.map(|span| (span.low, span.high)),
        basis: Basis::Feed.slug().to_owned(),
        measures: told(&band),
    };
    wash::replace(&mut connection, &[found]).await
}

/// The tape as what owners did. Trades of nobody known are left out: whose they are is all that is asked here.
fn fills(trades: &[StoredTrade], known: &HashMap<Address, Standing>) -> Vec<Fill> {
    let mut markets = Markets::new();
    let mut owners = OwnerNumbers::default();
    let fill = |(number, stored): (usize, &StoredTrade)| {
        let trade = &stored.trade;
        let Print { side, shares, wallet, traded_at, .. } =
            trade.print(u32::try_from(stored.ordinal).ok()?)?;
        let wallet = wallet?;
        let standing = known.get(wallet);
        Some(Fill {
            id: EvidenceId(number as u128),
            market: markets.of(&trade.condition_id),
            owner: owners.of(wallet, standing),
            other: None,
            toward_first: side == Side::Buy,
            shares: Micro::of_shares(shares)?.get(),
            at_s: traded_at.timestamp(),
            is_maker_like: standing.and_then(is_maker_like),
        })
    };
    trades.iter().enumerate().filter_map(fill).collect()
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

fn told(band: &Band) -> Value {
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
