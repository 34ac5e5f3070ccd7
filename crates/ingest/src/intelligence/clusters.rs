//! Wallets that seem to have one owner, by who traded in the same second and in the same odd sizes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clusters::{
    Activity, Cluster, Link, Null, POSTERIOR, WalletIx, clusters, links, null, threshold,
};
use domain::evidence::EvidenceId;
use domain::ledger::{Markets, Micro, Terms};
use domain::{Address, ConditionId, EventId, Shares, Usdc};
use serde_json::{Value, json};
use store::intelligence::clusters::{self as kept, Entry, OwnedWallet};
use store::intelligence::traits;
use store::{Database, StoreError};
use uuid::Uuid;

use super::kept::four_digits;
use super::service::{Job, JobError, Sources};

/// How far back the tape is read.
const WINDOW: TimeDelta = TimeDelta::days(30);
/// Trades read at most, the newest: what is kept of one takes some hundred bytes, here and in the null.
const MOST_TRADES: u32 = 300_000;
/// Exchanges of wallets that say how many pairs are joined by accident. It is told beside each cluster and takes none
/// away: whoever is counted once too often makes fewer voices, not more.
const RUNS: usize = 39;
/// Pairs named as evidence of one wallet at most, and records of one pair.
const NAMED: usize = 5;

/// Finds owners of several wallets.
#[derive(Debug, Default)]
pub struct ClustersJob;

impl Job for ClustersJob {
    const NAME: &'static str = "clusters";

    fn every(sources: &Sources) -> Duration {
        sources.options.clusters_every
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        let found = find_owners(&sources.database, sources.now()).await?;
        tracing::info!(wallets = found.len(), "wallets seem to have an owner with others");
        Ok(())
    }
}

/// Looks for owners of several wallets in the tape of the last thirty days, as of `now`, and keeps what was found.
pub async fn find_owners(
    database: &Database,
    now: DateTime<Utc>,
) -> Result<Vec<OwnedWallet>, StoreError> {
    let pool = database.service();
    // Programs are there in any second, and share sizes with those whom they copy.
    let programs: HashSet<Address> = traits::not_people(pool).await?.into_iter().collect();
    let mut tape = Tape::default();
    let since = now - WINDOW;
    kept::each_entry(pool, since, MOST_TRADES, |entry| {
        if !programs.contains(&entry.wallet) {
            tape.add(&entry);
        }
    })
    .await?;
    let task = tokio::task::spawn_blocking(move || tape.owners(now));
    let found = task.await.map_err(StoreError::other)?;
    let mut tx = pool.begin().await.map_err(StoreError::from)?;
    kept::replace(&mut tx, &found).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(found)
}

/// What was read of the tape.
#[derive(Default)]
struct Tape {
    fills: Vec<Activity>,
    numbers: HashMap<Address, WalletIx>,
    wallets: Vec<Address>,
    markets: Markets,
    conditions: HashMap<String, ConditionId>,
    oldest: Option<DateTime<Utc>>,
}

impl Tape {
    fn add(&mut self, entry: &Entry) {
        let shares = Shares::new(entry.shares).ok().and_then(Micro::of_shares);
        let usdc = Usdc::new(entry.usdc).ok().and_then(Micro::of_usdc);
        let (Some(market), Some(shares), Some(usdc)) = (self.market(entry), shares, usdc) else {
            return;
        };
        let wallet = self.wallet(&entry.wallet);
        self.oldest = Some(self.oldest.map_or(entry.at, |oldest| oldest.min(entry.at)));
        self.fills.push(Activity {
            id: EvidenceId(entry.record),
            wallet,
            event: self.markets.event_of(market),
            market,
            toward: entry.toward,
            at_s: entry.at.timestamp(),
            shares: shares.get(),
            usdc: usdc.get(),
        });
    }

    fn wallet(&mut self, address: &Address) -> WalletIx {
        let next = WalletIx(u32::try_from(self.wallets.len()).unwrap_or(u32::MAX));
        let number = *self.numbers.entry(address.clone()).or_insert(next);
        if number == next {
            self.wallets.push(address.clone());
        }
        number
    }

    /// The number of a market. Only which markets are one event matters, so each stands under a name made up here.
    fn market(&mut self, entry: &Entry) -> Option<domain::ledger::MarketIx> {
        if let Some(condition) = self.conditions.get(&entry.market_id) {
            return self.markets.find(condition);
        }
        let name = format!("0x{:064x}", self.conditions.len());
        let condition = ConditionId::parse(&name).ok()?;
        self.conditions.insert(entry.market_id.clone(), condition.clone());
        let event_id = EventId::parse(&entry.event_key).ok();
        Some(self.markets.set(Terms { event_id, ..Terms::unknown(condition) }))
    }

    /// The wallets of all clusters, by cluster.
    fn owners(self, now: DateTime<Utc>) -> Vec<OwnedWallet> {
        if self.fills.is_empty() {
            return Vec::new();
        }
        let threshold = threshold(self.wallets.len(), POSTERIOR);
        let found = clusters(&links(&self.fills), threshold);
        if found.is_empty() {
            return Vec::new();
        }
        // The same tape says the same: the seed is its size.
        let by_chance = null(&self.fills, threshold, RUNS, self.fills.len() as u64);
        let kept = found.iter().flat_map(|cluster| self.kept(cluster, &by_chance, threshold, now));
        let mut kept: Vec<OwnedWallet> = kept.collect();
        kept.sort_by(|one, other| {
            (one.cluster_id, &one.wallet).cmp(&(other.cluster_id, &other.wallet))
        });
        kept
    }

    fn kept(
        &self,
        cluster: &Cluster,
        by_chance: &Null,
        threshold: f64,
        now: DateTime<Utc>,
    ) -> Vec<OwnedWallet> {
        let addresses: BTreeMap<WalletIx, &Address> = cluster
            .wallets
            .iter()
            .filter_map(|wallet| Some((*wallet, self.wallets.get(wallet.0 as usize)?)))
            .collect();
        // A cluster keeps its name as long as its first wallet is in it.
        let Some(first) = addresses.values().min() else { return Vec::new() };
        let cluster_id = Uuid::from_bytes(last_part(first));
        let about = json!({
            "trades": self.fills.len(),
            "wallets": self.wallets.len(),
            "since": self.oldest,
            "threshold": four_digits(threshold),
            "null_runs": by_chance.runs,
            "null_expected_pairs": four_digits(by_chance.expected),
            "observed_pairs": by_chance.observed,
            "null_p": four_digits(by_chance.p),
            "p": four_digits(by_chance.p_of(cluster.weakest)),
        });
        let wallet = |(number, address): (&WalletIx, &&Address)| OwnedWallet {
            wallet: (*address).clone(),
            cluster_id,
            as_of: now,
            log_likelihood: four_digits(cluster.weakest),
            evidence: json!({ "pairs": pairs(cluster, *number, &addresses), "tape": about.clone() }),
        };
        addresses.iter().map(wallet).collect()
    }
}

fn last_part(address: &Address) -> [u8; 16] {
    address.to_bytes().last_chunk::<16>().copied().unwrap_or_default()
}

/// The strongest pairs of a wallet, each with what it is made of.
fn pairs(
    cluster: &Cluster,
    wallet: WalletIx,
    addresses: &BTreeMap<WalletIx, &Address>,
) -> Vec<Value> {
    let mut own: Vec<(f64, WalletIx, &Vec<Link>)> = Vec::new();
    for (sum, links) in &cluster.links {
        let Some((one, other)) = links.first().map(|link| link.pair) else { continue };
        if one == wallet || other == wallet {
            own.push((*sum, if one == wallet { other } else { one }, links));
        }
    }
    own.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let told = own.into_iter().take(NAMED).filter_map(|(sum, other, links)| {
        Some(json!({
            "wallet": addresses.get(&other)?.to_string(),
            "log_likelihood": four_digits(sum),
            "links": links.iter().take(NAMED).map(told).collect::<Vec<_>>(),
            "links_in_all": links.len(),
        }))
    });
    told.collect()
}

fn told(link: &Link) -> Value {
    // The first half of the transactions' hashes, by which they are found.
    let records = link.records.iter().map(|record| format!("0x{:032x}", record.0));
    json!({
        "kind": link.kind.slug(),
        "log_likelihood": four_digits(link.llr),
        "transactions": records.collect::<Vec<_>>(),
    })
}
