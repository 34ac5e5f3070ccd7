//! Trends of prices, and hours in which much more is traded than usual, in the markets that trade most.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::MarketId;
use domain::analytics::{Close, momentum};
use domain::bars::Interval;
use domain::evidence::Basis;
use domain::signals::anomaly;
use domain::stats::Robust;
use store::StoreError;
use store::intelligence::scenes;
use store::streaming;

use super::super::service::Sources;
use super::Found;
use super::scene::Scenes;

/// Over which a trend is looked for, as [`domain::analytics::analyse`] does.
const TREND: TimeDelta = TimeDelta::days(1);
/// Over which is looked what an hour's volume usually is.
const USUAL: TimeDelta = TimeDelta::days(7);

/// Looks for both.
pub(super) async fn find(sources: &Sources, now: DateTime<Utc>) -> Result<Vec<Found>, StoreError> {
    let database = sources.database.service();
    let busiest = streaming::busiest(database, sources.options.markets).await?;
    let markets: Vec<&MarketId> = busiest.iter().map(|market| &market.market_id).collect();
    let ids: Vec<&str> = markets.iter().map(|id| id.as_str()).collect();
    let scenes = Scenes::of(sources, markets.iter().copied(), now).await?;
    let mut said = Vec::new();

    let mut closes: BTreeMap<String, Vec<Close>> = BTreeMap::new();
    for (market, at, price) in scenes::closes(database, &ids, now - TREND).await? {
        // The minute that goes on has no close yet.
        if at <= now {
            closes.entry(market).or_default().push(Close { at, price });
        }
    }
    let hour = Interval::Hour.bucket(now);
    let mut volumes: BTreeMap<String, Vec<(DateTime<Utc>, f64)>> = BTreeMap::new();
    for (market, at, usdc) in scenes::hourly_volumes(database, &ids, hour - USUAL, hour).await? {
        volumes.entry(market).or_default().push((at, usdc));
    }
    for market_id in markets {
        let Some(scene) = scenes.at(market_id, Basis::Feed) else { continue };
        let trend = closes.get(market_id.as_str()).and_then(|closes| momentum(closes));
        let trend = trend.and_then(|trend| scene.momentum(&trend));
        let volume = volumes
            .get(market_id.as_str())
            .and_then(|hours| last_beside_others(hours, hour - TimeDelta::hours(1)));
        let volume = volume.and_then(|found| scene.volume(&found, Vec::new()));
        let signals = trend.into_iter().chain(volume);
        said.extend(signals.map(|signal| Found { signal, evidence: Vec::new() }));
    }
    Ok(said)
}

/// How unusual the volume of the last whole hour is beside that of the hours before in which anything was traded.
fn last_beside_others(
    hours: &[(DateTime<Utc>, f64)],
    last: DateTime<Utc>,
) -> Option<domain::signals::Anomaly> {
    let ((at, usdc), before) = hours.split_last()?;
    let logarithms: Vec<f64> = before.iter().map(|(_, usdc)| usdc.ln()).collect();
    (*at == last).then(|| anomaly(*usdc, &Robust::of(&logarithms)?)).flatten()
}
