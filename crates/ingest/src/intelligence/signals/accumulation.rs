//! Owners who put a large amount together in small trades.

use chrono::{DateTime, TimeDelta, Utc};
use domain::evidence::{Basis, EvidenceId};
use domain::ledger::{MICRO, Markets, MicroUsdc, Terms};
use domain::whales::{Accumulation, Question, WHALE_POSITION, WINDOW_HOURS, taken};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use store::StoreError;
use store::intelligence::scenes::{self, Gatherer};
use store::intelligence::{note_read, read_until, standing};
use store::tape::{self, StoredTrade};

use super::super::service::Sources;
use super::super::tape::NOTED_USDC;
use super::scene::Scenes;
use super::{Found, record};

/// Under this name it is noted how far the tape was looked through.
const JOB: &str = "accumulation";
/// Several write the tape, so that a row may be a little older than another written before it.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);
/// Trades named by one signal at most.
const NAMED: usize = 64;

/// Looks at whoever traded since the last time, and publishes what they put together.
pub(super) async fn publish(sources: &Sources, now: DateTime<Utc>) -> Result<(), StoreError> {
    let database = sources.database.service();
    let since = now - TimeDelta::hours(WINDOW_HOURS[2]);
    let until = read_until(database, JOB).await?;
    let heard_since = until.map_or(since, |until| (until - LOOK_BACK).max(since));
    let gatherers =
        scenes::gatherers(database, heard_since, since, NOTED_USDC, WHALE_POSITION).await?;
    let scenes = Scenes::of(sources, gatherers.iter().map(|one| &one.market_id), now).await?;
    let mut found = Vec::new();
    for gatherer in &gatherers {
        found.extend(look(sources, gatherer, &scenes, (since, now)).await?);
    }
    super::publish(sources, found, now).await?;
    let mut connection = database.acquire().await.map_err(StoreError::from)?;
    note_read(&mut connection, JOB, now).await
}

async fn look(
    sources: &Sources,
    gatherer: &Gatherer,
    scenes: &Scenes,
    (since, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Found>, StoreError> {
    let Some((market, scene)) =
        scenes.market(&gatherer.market_id).zip(scenes.at(&gatherer.market_id, Basis::Feed))
    else {
        return Ok(None);
    };
    let database = sources.database.service();
    let wallets = standing::wallets_of_owner(database, &gatherer.wallet).await?;
    let trades = tape::of_wallets_since(database, &gatherer.market_id, &wallets, since).await?;
    let mut markets = Markets::new();
    // By itself, also where it is one of an event's: the tape of the others was not looked at.
    let place = markets.set(Terms::unknown(market.condition_id.clone()));
    let mut course = Accumulation::new(Question::Market(place), 2, micro(NOTED_USDC));
    for (number, stored) in trades.iter().enumerate() {
        let ordinal = u32::try_from(stored.ordinal).unwrap_or(u32::MAX);
        if let Some(entry) = taken(place, &stored.trade, ordinal) {
            course.apply(&markets, &entry, EvidenceId(number as u128));
        }
    }
    // The shortest time in which so much came together says most.
    let least = micro(WHALE_POSITION);
    let said = course.windows(&markets, now).into_iter().find_map(|window| {
        let signal = scene.accumulation(&window, place, least)?;
        let mut evidence = vec![record("wallet", &gatherer.wallet)];
        evidence
            .extend(window.trades.iter().rev().take(NAMED).filter_map(|id| named(&trades, *id)));
        Some(Found { signal, evidence })
    });
    Ok(said)
}

fn named(trades: &[StoredTrade], id: EvidenceId) -> Option<Value> {
    let trade = trades.get(usize::try_from(id.0).ok()?)?;
    Some(record("trade", trade.trade.transaction_hash.as_ref()?))
}

fn micro(usdc: Decimal) -> MicroUsdc {
    (usdc * Decimal::from(MICRO)).to_i64().unwrap_or(MicroUsdc::MAX)
}
