//! What became of signals, by what was recorded.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Side;
use domain::evidence::Basis;
use domain::signals::{Horizon, Kind, Observed, Settlement, Signal, Strength, settle as settled};
use store::StoreError;
use store::intelligence::scenes;
use store::intelligence::signals::{self, End, SignalResult};

use super::super::service::Sources;

/// So many at once, the longest due first.
const AT_ONCE: u32 = 1_000;
/// So near to the time it is due a price is looked for; the domain decides which is near enough.
const NEAR: TimeDelta = TimeDelta::minutes(5);

/// Settles what is due, losses as well as gains.
pub(super) async fn settle(sources: &Sources, now: DateTime<Utc>) -> Result<(), StoreError> {
    let database = sources.database.service();
    let due = signals::to_settle(database, now, AT_ONCE).await?;
    if due.is_empty() {
        return Ok(());
    }
    let mut connection = database.acquire().await.map_err(StoreError::from)?;
    for held in &due {
        let Some(signal) = of(held) else {
            tracing::warn!(id = %held.id, kind = held.kind, "a signal of an unknown kind is not settled");
            continue;
        };
        let price = match held.due_at {
            Some(due) => scenes::mid_nearest(database, &held.market_id, due, NEAR).await?,
            None => None,
        };
        let payout = scenes::payout(database, &held.market_id).await?;
        let settlement = settled(&signal, &Observed { price, payout }, now);
        let Some(end) = end(&signal, settlement) else { continue };
        let result = SignalResult { settled_at: now, end };
        if signals::settle(&mut connection, held.id, &result).await? {
            let status = result.end.slug();
            metrics::counter!("cascadian_signals_settled_total", "status" => status).increment(1);
        }
    }
    Ok(())
}

/// A signal as far as it matters for settling it; `None` of a kind that this program does not know.
fn of(held: &signals::Signal) -> Option<Signal> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.slug() == held.kind)?;
    Some(Signal {
        kind,
        market_id: held.market_id.clone(),
        event_id: None,
        side: held.side,
        strength: Strength::new(held.strength / 100.0)?,
        as_of: held.as_of,
        version: u32::try_from(held.version).ok()?,
        n: held.n,
        ingredients: Vec::new(),
        evidence: Vec::new(),
        // As it was said then, whatever the kind's is now.
        horizon: held.due_at.map_or(Horizon::Resolution, |due| Horizon::After(due - held.as_of)),
        price: held.price,
        cost: held.cost,
        basis: Basis::ALL.into_iter().find(|basis| basis.slug() == held.basis)?,
    })
}

fn end(signal: &Signal, settlement: Settlement) -> Option<End> {
    match settlement {
        Settlement::Pending => None,
        Settlement::Void(why) => Some(End::Void(why.slug().to_owned())),
        Settlement::Settled { gain, net, hit, .. } => {
            let change = if signal.side == Some(Side::Sell) { -gain } else { gain };
            let exit_price = signal.price? + change;
            Some(End::Settled { is_push: hit.is_none(), exit_price, gain, net })
        }
    }
}
