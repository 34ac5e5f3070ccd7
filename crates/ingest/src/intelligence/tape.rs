//! What the tape says of whose money goes where, and which trades are large for their market.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::signals::anomaly;
use domain::stats::Robust;
use domain::whales::{LiquidityTier, MarketSize, RelativeSize, relative_size};
use domain::{Address, MarketId, Usdc};
use rust_decimal::{Decimal, dec};
use store::intelligence::flows::{self, TouchedHour};
use store::intelligence::notable::{self, Candidate, NotableTrade};
use store::tape::TapeProgress;
use store::wallets::imports::{self, Priority};
use store::{StoreError, tape};

use super::service::{Job, JobError, Sources};
use super::trail::DepthTrail;

/// Dollars from which every trade is noted, however usual it is in its market.
pub const NOTED_USDC: Decimal = dec!(500);
/// Hours that are made anew in one transaction.
const AT_ONCE: u32 = 500;
/// How far back flows are made of what was recorded before there were any.
const BACK: TimeDelta = TimeDelta::days(30);
/// Who trades all the time is not imported all the time.
const IMPORTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Under this name it is noted that what was recorded before has been touched.
const JOB: &str = "flows";

/// Makes flows, and notes large trades.
#[derive(Debug, Default)]
pub struct TapeJob {
    depths: DepthTrail,
    floors: Floors,
    asked: HashMap<Address, DateTime<Utc>>,
    has_begun: bool,
}

impl Job for TapeJob {
    const NAME: &'static str = "tape";

    fn every(sources: &Sources) -> Duration {
        sources.options.flows_every
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        // Before anything is looked up: what rests now is what rested before whatever is heard next.
        self.depths.note(&sources.books, sources.now());
        self.floors.forget_empty();
        self.begin(sources).await?;
        loop {
            let hours = flows::touched(sources.database.service(), AT_ONCE).await?;
            if hours.is_empty() {
                return Ok(());
            }
            self.make(sources, &hours).await?;
            if hours.len() < AT_ONCE as usize {
                return Ok(());
            }
        }
    }
}

impl TapeJob {
    /// The first time ever, what was recorded before flows were made.
    async fn begin(&mut self, sources: &Sources) -> Result<(), StoreError> {
        if self.has_begun {
            return Ok(());
        }
        let (database, now) = (sources.database.service(), sources.now());
        if store::intelligence::read_until(database, JOB).await?.is_none() {
            let touched = flows::touch_since(database, now - BACK).await?;
            let mut connection = database.acquire().await.map_err(StoreError::from)?;
            store::intelligence::note_read(&mut connection, JOB, now).await?;
            tracing::info!(hours = touched, "flows are made of what was recorded before");
        }
        self.has_begun = true;
        Ok(())
    }

    async fn make(&mut self, sources: &Sources, hours: &[TouchedHour]) -> Result<(), StoreError> {
        let database = sources.database.service();
        let mut least = Vec::with_capacity(hours.len());
        for touched in hours {
            let floor = self.floors.of(sources, &touched.market_id, touched.hour).await?;
            let floor = floor.1.and_then(|floor| Decimal::try_from(floor).ok());
            least.push(floor.map_or(NOTED_USDC, |floor| floor.min(NOTED_USDC)));
        }
        let candidates = notable::candidates(database, hours, &least).await?;
        let noted = self.assess(sources, candidates).await?;
        self.ask(sources, &noted).await?;
        let mut connection = database.acquire().await.map_err(StoreError::from)?;
        let new = flows::replace(&mut connection, hours, &noted).await?;
        metrics::counter!("cascadian_notable_trades_total").increment(new);
        Ok(())
    }

    /// Measures candidates, market by market, and keeps those worth noting.
    async fn assess(
        &mut self,
        sources: &Sources,
        candidates: Vec<Candidate>,
    ) -> Result<Vec<NotableTrade>, StoreError> {
        let mut by_market: BTreeMap<MarketId, Vec<Candidate>> = BTreeMap::new();
        for candidate in candidates {
            by_market.entry(candidate.market_id.clone()).or_default().push(candidate);
        }
        let mut noted = Vec::new();
        for (market_id, candidates) in by_market {
            let past = Past::of(sources, &market_id, &candidates).await?;
            for trade in candidates {
                let floor = self.floors.of(sources, &market_id, trade.traded_at).await?;
                let size = self.size(&trade, &past, floor);
                if trade.usdc >= NOTED_USDC || size.is_large == Some(true) {
                    noted.push(NotableTrade {
                        size_z: size.z,
                        volume_share: size.of_volume,
                        depth_share: size.of_depth,
                        is_large: size.is_large,
                        trade,
                    });
                }
            }
        }
        Ok(noted)
    }

    fn size(
        &self,
        trade: &Candidate,
        past: &Past,
        (quantile, floor): (Option<f64>, Option<f64>),
    ) -> RelativeSize {
        let Ok(dollars) = Usdc::new(trade.usdc) else { return RelativeSize::default() };
        let usdc =
            |value: f64| Decimal::try_from(value).ok().and_then(|value| Usdc::new(value).ok());
        let market = MarketSize {
            sizes: past.sizes(trade.traded_at, dollars.to_f64()),
            volume_24h: past.volume(trade.traded_at),
            depth_2c: self.depths.before(trade),
            liquidity_quantile: quantile,
            tier_floor: floor.and_then(usdc),
        };
        relative_size(dollars, &market)
    }

    /// Has the wallets of notable trades imported, so that their books follow.
    async fn ask(&mut self, sources: &Sources, noted: &[NotableTrade]) -> Result<(), StoreError> {
        let (database, now) = (sources.database.service(), sources.now());
        self.asked.retain(|_, asked| now - *asked < IMPORTED_EVERY);
        let wallets: BTreeSet<&Address> = noted.iter().map(|one| &one.trade.wallet).collect();
        let wallets: Vec<Address> = wallets
            .into_iter()
            .filter(|wallet| !self.asked.contains_key(*wallet))
            .filter(|wallet| domain::Contract::of(wallet).is_none())
            .cloned()
            .collect();
        if wallets.is_empty() {
            return Ok(());
        }
        store::wallets::found(database, &wallets, store::wallets::FoundBy::Tape, now).await?;
        let new = store::wallets::not_imported(database, &wallets).await?;
        imports::want(database, &new, Priority::Listed, now, true).await?;
        imports::want(database, &wallets, Priority::Listed, now, false).await?;
        self.asked.extend(wallets.into_iter().map(|wallet| (wallet, now)));
        Ok(())
    }
}

/// What was traded in a market before its candidates.
struct Past {
    /// Seconds and dollars, the oldest first.
    trades: Vec<(DateTime<Utc>, Decimal)>,
    /// From where to where nothing is missing.
    known: Option<TapeProgress>,
}

impl Past {
    /// Of 24 hours before the first candidate, which is more than its day, until the last.
    async fn of(
        sources: &Sources,
        market_id: &MarketId,
        candidates: &[Candidate],
    ) -> Result<Self, StoreError> {
        let times = || candidates.iter().map(|candidate| candidate.traded_at);
        let first = times().min().unwrap_or_default() - TimeDelta::hours(24);
        let last = times().max().unwrap_or_default();
        let database = sources.database.service();
        Ok(Self {
            trades: notable::sizes(database, market_id, first, last).await?,
            known: tape::progress_of(database, market_id).await?,
        })
    }

    fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> &[(DateTime<Utc>, Decimal)] {
        let first = self.trades.partition_point(|(at, _)| *at < from);
        let end = self.trades.partition_point(|(at, _)| *at < until);
        self.trades.get(first..end).unwrap_or_default()
    }

    /// Centre and width of ln(dollars) of the same day's trades strictly before; `None` of too few, by the rule of
    /// [`anomaly`].
    fn sizes(&self, at: DateTime<Utc>, dollars: f64) -> Option<Robust> {
        let day = at.date_naive().and_time(NaiveTime::MIN).and_utc();
        let before = self.between(day, at).iter();
        let logarithms: Vec<f64> = before
            .filter_map(|(_, usdc)| {
                f64::try_from(*usdc).ok().filter(|usdc| *usdc > 0.0).map(f64::ln)
            })
            .collect();
        Robust::of(&logarithms).filter(|sizes| anomaly(dollars, sizes).is_some())
    }

    /// Dollars of the 24 hours strictly before; `None` where not all of them were recorded.
    fn volume(&self, at: DateTime<Utc>) -> Option<Usdc> {
        let from = at - TimeDelta::hours(24);
        self.known.filter(|known| known.complete_from <= from)?;
        Usdc::new(self.between(from, at).iter().map(|(_, usdc)| *usdc).sum()).ok()
    }
}

/// What 95 of 100 trades stayed below on the day before, by tier of liquidity: nothing that came after a trade went into
/// what it is measured by.
#[derive(Debug, Default)]
struct Floors {
    tiers: BTreeMap<String, LiquidityTier>,
    quantiles: HashMap<String, f64>,
    read_at: Option<DateTime<Utc>>,
    by_day: BTreeMap<NaiveDate, HashMap<LiquidityTier, f64>>,
}

/// Where markets stand among each other is looked up so often.
const TIERS_EVERY: TimeDelta = TimeDelta::hours(1);
/// Days whose floors are kept.
const DAYS_KEPT: usize = 40;

impl Floors {
    /// Where a market stands, and the floor of its tier on the day of an instant.
    async fn of(
        &mut self,
        sources: &Sources,
        market_id: &MarketId,
        at: DateTime<Utc>,
    ) -> Result<(Option<f64>, Option<f64>), StoreError> {
        self.look_up(sources).await?;
        let quantile = self.quantiles.get(market_id.as_str()).copied();
        let Some(tier) = quantile.and_then(LiquidityTier::of) else { return Ok((quantile, None)) };
        let day = at.date_naive();
        if !self.by_day.contains_key(&day) {
            let midnight = day.and_time(NaiveTime::MIN).and_utc();
            let before = midnight - Days::new(1);
            let database = sources.database.service();
            let floors = notable::floors(database, &self.tiers, before, midnight).await?;
            self.by_day.insert(day, floors);
            while self.by_day.len() > DAYS_KEPT {
                self.by_day.pop_first();
            }
        }
        Ok((quantile, self.by_day.get(&day).and_then(|floors| floors.get(&tier)).copied()))
    }

    /// Days of which nothing was recorded may have been since.
    fn forget_empty(&mut self) {
        self.by_day.retain(|_, floors| !floors.is_empty());
    }

    async fn look_up(&mut self, sources: &Sources) -> Result<(), StoreError> {
        let now = sources.now();
        if self.read_at.is_some_and(|read_at| now - read_at < TIERS_EVERY) {
            return Ok(());
        }
        self.quantiles = notable::liquidity_quantiles(sources.database.service()).await?;
        let tier = |(market, quantile): (&String, &f64)| {
            Some((market.clone(), LiquidityTier::of(*quantile)?))
        };
        self.tiers = self.quantiles.iter().filter_map(tier).collect();
        self.by_day.clear();
        self.read_at = Some(now);
        Ok(())
    }
}
