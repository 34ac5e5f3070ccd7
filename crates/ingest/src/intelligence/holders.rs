//! Who holds what in the markets that trade most, and how concentrated that is.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, Concentration, Shares};
use polymarket::data::HolderRow;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use store::StoreError;
use store::intelligence::concentration::{self, MarketConcentration};
use store::intelligence::standing::{self, Standing};
use store::streaming::TradedMarket;
use store::wallets::holders;

use super::service::{Job, JobError, Sources};
use crate::wallets::holders::ranked;

/// Holders of each token that are asked for, the most upstream lists.
const ASKED: u16 = 500;
/// Of the largest so many are named.
const NAMED: usize = 5;
/// However short a round is, markets are not looked at more often than so.
const LEAST_PAUSE: Duration = Duration::from_millis(20);

/// Reads the holders of one market after the other, so that all of them are read within the time.
#[derive(Debug, Default)]
pub struct HoldersJob;

impl Job for HoldersJob {
    const NAME: &'static str = "holders";

    fn every(sources: &Sources) -> Duration {
        let options = &sources.options;
        (options.holders_every / options.markets.max(1)).max(LEAST_PAUSE)
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        let (database, now) = (sources.database.service(), sources.now());
        let every =
            TimeDelta::from_std(sources.options.holders_every).unwrap_or(TimeDelta::hours(1));
        let busiest = sources.options.markets;
        let Some(market) = concentration::next_due(database, busiest, now - every).await? else {
            return Ok(());
        };
        // First, so that a market that cannot be read does not keep the others waiting.
        concentration::note_reading(database, &market.market_id, now).await?;
        let page = sources.data.holders(&market.condition_id, ASKED).await?;
        if !page.rows.rejected.is_empty() {
            let rejected = page.rows.rejected.len();
            tracing::warn!(market = %market.market_id, rejected, "some holders cannot be read");
            return Ok(());
        }
        note(sources, &market, &page.rows.rows, now).await?;
        Ok(())
    }
}

async fn note(
    sources: &Sources,
    market: &TradedMarket,
    rows: &[HolderRow],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let database = sources.database.service();
    let kept = ranked(rows, market.tokens.iter().map(domain::TokenId::as_str));
    let wallets: Vec<Address> = rows.iter().map(|row| row.wallet.clone()).collect();
    let known = standing::of(database, &wallets).await?;
    let mut connection = database.acquire().await.map_err(StoreError::from)?;
    let pause = TimeDelta::from_std(sources.options.holders_every).unwrap_or(TimeDelta::hours(1));
    holders::record_now_and_then(&mut connection, &market.market_id, &kept, now, pause).await?;
    let spread = concentrations(market, rows, &known, now);
    concentration::replace(&mut connection, &market.market_id, &spread).await
}

/// How each outcome is spread, the wallets of an owner as one; outcomes nobody holds are left out.
fn concentrations(
    market: &TradedMarket,
    rows: &[HolderRow],
    known: &HashMap<Address, Standing>,
    now: DateTime<Utc>,
) -> Vec<MarketConcentration> {
    let outcome = |(outcome_index, token): (u8, &domain::TokenId)| {
        let listed: Vec<&HolderRow> = rows.iter().filter(|row| row.token_id == *token).collect();
        let owners = owners(&listed, known);
        let spread = Concentration::of(owners.iter().map(|(_, shares)| *shares))?;
        Some(MarketConcentration {
            market_id: market.market_id.clone(),
            outcome_index,
            observed_at: now,
            holders: u32::try_from(spread.holders).unwrap_or(u32::MAX),
            hhi: spread.hhi,
            effective_holders: spread.effective_holders,
            top_share: spread.top_1_share,
            is_top_only: listed.len() >= usize::from(ASKED),
            top: top(&owners, spread.shares),
        })
    };
    (0u8..).zip(&market.tokens).filter_map(outcome).collect()
}

/// The owners of a token with their largest wallet and all their shares, the largest first.
fn owners(listed: &[&HolderRow], known: &HashMap<Address, Standing>) -> Vec<(Address, Shares)> {
    let mut order: Vec<(Address, Decimal)> = Vec::new();
    let mut places: HashMap<uuid::Uuid, usize> = HashMap::new();
    for row in listed {
        if domain::Contract::of(&row.wallet).is_some() {
            continue;
        }
        let cluster = known.get(&row.wallet).and_then(|standing| standing.cluster);
        // They are listed by size, so that the first of an owner is its largest.
        let place = cluster.and_then(|cluster| places.get(&cluster)).copied();
        if let Some((_, shares)) = place.and_then(|place| order.get_mut(place)) {
            *shares += row.shares;
            continue;
        }
        if let Some(cluster) = cluster {
            places.insert(cluster, order.len());
        }
        order.push((row.wallet.clone(), row.shares));
    }
    let mut owners: Vec<(Address, Shares)> = order
        .into_iter()
        .filter_map(|(wallet, shares)| Some((wallet, Shares::new(shares).ok()?)))
        .collect();
    owners.sort_by(|(one, shares), (other, fewer)| fewer.cmp(shares).then_with(|| one.cmp(other)));
    owners
}

fn top(owners: &[(Address, Shares)], all: Shares) -> Value {
    let named = owners.iter().take(NAMED).filter(|(_, shares)| *shares > Shares::ZERO);
    let named = named.map(|(wallet, shares)| {
        json!({
            "address": wallet,
            "shares": shares.to_f64(),
            "share": shares.to_f64() / all.to_f64(),
        })
    });
    named.collect()
}
