//! All wallets at once.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Address;
use domain::scores::{
    Baseline, FALSE_DISCOVERY_RATE, Fit, Population, Registered, ScoreKind, SettledBet, Tested,
};
use serde_json::{Value, json};
use store::intelligence::scores::ScoreRun;
use store::intelligence::{bets, models, register, scores, traits};
use store::{Database, StoreError};

use super::super::kept::four_digits;
use super::super::service::{Job, JobError, Sources};
use super::judged::settled;
use super::{MODEL_VERSION, judge, keep, known, model_kind};

/// Wallets that are scored in one transaction.
const AT_ONCE: u32 = 1_000;
/// Recent events become old and accounts grow older without anything happening: so often all are scored anyway.
const AT_LEAST_EVERY: TimeDelta = TimeDelta::hours(1);
/// An import that ended just before a run may have been written just after it was read.
const OVERLAP: TimeDelta = TimeDelta::minutes(1);

/// Scores all wallets whenever the books of any have changed.
#[derive(Debug, Default)]
pub struct ScoringJob;

impl Job for ScoringJob {
    const NAME: &'static str = "scoring";

    fn every(sources: &Sources) -> Duration {
        sources.options.scoring_every
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        let now = sources.now();
        if is_due(&sources.database, now).await? {
            score_all(&sources.database, now).await?;
        }
        Ok(())
    }
}

async fn is_due(database: &Database, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let pool = database.service();
    let Some(last) = models::as_of(pool, model_kind(), MODEL_VERSION).await? else {
        return Ok(true);
    };
    Ok(now - last >= AT_LEAST_EVERY || traits::any_since(pool, last - OVERLAP).await?)
}

/// Learns from all wallets and scores every one that was imported, as of `now`; what was learned. One at a time.
pub async fn score_all(database: &Database, now: DateTime<Utc>) -> Result<Population, StoreError> {
    let began = std::time::Instant::now();
    let pool = database.service();
    let records = Records::read(database, now).await?;
    let task = tokio::task::spawn_blocking(move || records.learn(now));
    let (population, tested) = task.await.map_err(StoreError::other)?;
    scores::make_room(pool, now).await?;
    let (mut wallets, mut changed) = (0, 0);
    let mut after: Option<Address> = None;
    loop {
        let some = traits::addresses_after(pool, after.as_ref(), AT_ONCE).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.clone());
        wallets += some.len();
        changed += score_some(database, &some, &population, now).await?;
    }
    finish(database, &population, &tested, now).await?;
    let took = began.elapsed();
    tracing::info!(wallets, changed, tested = population.register, ?took, "wallets are scored");
    Ok(population)
}

async fn score_some(
    database: &Database,
    wallets: &[Address],
    population: &Population,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut tx = database.service().begin().await.map_err(StoreError::from)?;
    let known = known(&mut tx, wallets).await?;
    let judged: Vec<_> = known.iter().map(|one| judge(one, population, now)).collect();
    let changed = keep(&mut tx, &judged).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(changed)
}

/// Keeps what was learned: for single wallets, and for whoever reads scores.
async fn finish(
    database: &Database,
    population: &Population,
    tested: &[Address],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = database.service().begin().await.map_err(StoreError::from)?;
    register::add(&mut tx, tested, now).await?;
    let model = serde_json::to_value(population).map_err(StoreError::other)?;
    models::set(&mut tx, model_kind(), now, MODEL_VERSION, &model).await?;
    for kind in ScoreKind::ALL {
        let counts = scores::counts(&mut *tx, kind.slug()).await?;
        let told = if kind == ScoreKind::Smart { summary(population) } else { json!({}) };
        let version = i16::try_from(kind.version()).unwrap_or(i16::MAX);
        let run = ScoreRun { as_of: now, version, counts, population: told };
        scores::record_run(&mut tx, kind.slug(), &run).await?;
    }
    tx.commit().await.map_err(StoreError::from)
}

/// What was learned, without what is only for computing.
fn summary(population: &Population) -> Value {
    let share = |value: Option<f64>| value.map_or(Value::Null, |value| four_digits(value).into());
    json!({
        "tau2": share(population.tau2),
        "pi0": share(population.pi0),
        "register": population.register,
        "lost": population.lost,
        "discoveries": population.discoveries,
        "by_k": population.discoveries_by,
        "fdr": FALSE_DISCOVERY_RATE,
        "threshold": share(population.threshold),
        "recalibration": population.baseline.fits.last().map_or(Value::Null, cells),
    })
}

fn cells(fit: &Fit) -> Value {
    let cell = |(kind, line): &(domain::scores::Kind, domain::stats::Line)| {
        json!({
            "category": kind.0,
            "horizon": kind.1,
            "intercept": four_digits(line.intercept),
            "slope": four_digits(line.slope),
        })
    };
    json!({
        "as_of": fit.as_of,
        "events": fit.events,
        "intercept": four_digits(fit.pooled.intercept),
        "slope": four_digits(fit.pooled.slope),
        "cells": fit.lines.iter().map(cell).collect::<Vec<_>>(),
    })
}

/// What is read of all wallets, as small as it can be.
struct Records {
    /// Bets with the number of their event, wallet by wallet.
    bets: Vec<(u32, SettledBet)>,
    /// Wallets with a bet, and where theirs end.
    wallets: Vec<(Address, usize)>,
    not_tested: HashSet<Address>,
    register: Vec<Address>,
}

impl Records {
    async fn read(database: &Database, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let pool = database.service();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let (mut all, mut wallets) = (Vec::new(), Vec::<(Address, usize)>::new());
        bets::each_settled_before(pool, now, |bet| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            let compact = settled(&bet);
            let event = *numbers.entry(bet.event_key).or_insert(next);
            all.push((event, compact));
            match wallets.last_mut() {
                Some((wallet, end)) if *wallet == bet.wallet => *end = all.len(),
                _ => wallets.push((bet.wallet, all.len())),
            }
        })
        .await?;
        Ok(Self {
            bets: all,
            wallets,
            not_tested: traits::not_tested(pool).await?.into_iter().collect(),
            register: register::all(pool).await?,
        })
    }

    /// What all of it says, and who was tested.
    fn learn(self, now: DateTime<Utc>) -> (Population, Vec<Address>) {
        let baseline = Baseline::fit(&self.bets, now);
        let (mut registered, mut tested): (Vec<Registered>, Vec<Address>) =
            (Vec::new(), Vec::new());
        let mut begin = 0;
        for (wallet, end) in self.wallets {
            let own = self.bets.get(begin..end).unwrap_or(&[]);
            begin = end;
            if self.not_tested.contains(&wallet) {
                continue;
            }
            let bets: Vec<SettledBet> = own.iter().map(|(_, bet)| *bet).collect();
            if let Some(one) = Tested::of(&bets, &baseline, now).registered() {
                registered.push(one);
                tested.push(wallet);
            }
        }
        let still: HashSet<&Address> = tested.iter().collect();
        let lost = self.register.iter().filter(|wallet| !still.contains(wallet)).count();
        (Population::of(baseline, &registered, lost, now), tested)
    }
}
