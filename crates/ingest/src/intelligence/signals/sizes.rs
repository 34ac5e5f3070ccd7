//! Trades that are unusually large for their market.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::Side;
use domain::evidence::{Basis, EvidenceId};
use domain::signals::{Anomaly, anomaly};
use domain::stats::Robust;
use domain::whales::RelativeSize;
use store::StoreError;
use store::intelligence::notable::{self, NotableTrade};

use super::super::service::Sources;
use super::scene::Scenes;
use super::{Found, record};

/// A trade that became known later than this is no news.
const NEWS: TimeDelta = TimeDelta::minutes(15);
/// So many are looked at once.
const AT_ONCE: u32 = 200;

/// Looks for large trades of the last minutes.
pub(super) async fn find(sources: &Sources, now: DateTime<Utc>) -> Result<Vec<Found>, StoreError> {
    let database = sources.database.service();
    let large = notable::large_since(database, now - NEWS, AT_ONCE).await?;
    let scenes = Scenes::of(sources, large.iter().map(|one| &one.trade.market_id), now).await?;
    let mut said = Vec::new();
    for one in &large {
        let trade = &one.trade;
        let Some(scene) = scenes.at(&trade.market_id, Basis::Feed) else { continue };
        let Some(found) = measured(sources, one).await? else { continue };
        let size = RelativeSize {
            z: one.size_z,
            of_volume: one.volume_share,
            of_depth: one.depth_share,
            is_large: one.is_large,
            ..RelativeSize::default()
        };
        let is_toward_first = trade.is_buy == (trade.outcome_index == 0);
        let side = if is_toward_first { Side::Buy } else { Side::Sell };
        // The record is named below; the domain passes its id through.
        if let Some(signal) = scene.size(&found, &size, side, EvidenceId(0)) {
            let mut evidence = vec![record("wallet", &trade.wallet)];
            evidence.extend(trade.transaction_hash.as_ref().map(|hash| record("trade", hash)));
            said.push(Found { signal, evidence });
        }
    }
    Ok(said)
}

/// How unusual a trade was among those of its day strictly before it.
async fn measured(sources: &Sources, one: &NotableTrade) -> Result<Option<Anomaly>, StoreError> {
    let trade = &one.trade;
    let day = trade.traded_at.date_naive().and_time(NaiveTime::MIN).and_utc();
    let database = sources.database.service();
    let before = notable::sizes(database, &trade.market_id, day, trade.traded_at).await?;
    let logarithms: Vec<f64> =
        before.iter().filter_map(|(_, usdc)| f64::try_from(*usdc).ok().map(f64::ln)).collect();
    let dollars = f64::try_from(trade.usdc).unwrap_or_default();
    Ok(Robust::of(&logarithms).and_then(|usual| anomaly(dollars, &usual)))
}
