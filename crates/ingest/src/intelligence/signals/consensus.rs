//! Where smart money stands, and how far that is from the price, as far as it is worth saying.

use chrono::{DateTime, TimeDelta, Utc};
use domain::evidence::{Basis, Span};
use domain::signals::{Consensus, Divergence, Opinion};
use serde_json::Value;
use store::StoreError;
use store::intelligence::consensus::{self, MarketConsensus};

use super::super::service::Sources;
use super::Found;
use super::scene::Scenes;

/// What was found out longer ago than this says nothing of the present price.
const FRESH: TimeDelta = TimeDelta::minutes(10);

/// Looks at what is known of every market.
pub(super) async fn find(sources: &Sources, now: DateTime<Utc>) -> Result<Vec<Found>, StoreError> {
    let every = TimeDelta::from_std(sources.options.consensus_every).unwrap_or(FRESH);
    let oldest = now - FRESH.max(every * 2);
    let all = consensus::all(sources.database.service()).await?;
    let fresh: Vec<&MarketConsensus> = all.iter().filter(|one| one.as_of >= oldest).collect();
    let scenes = Scenes::of(sources, fresh.iter().map(|one| &one.market_id), now).await?;
    let mut said = Vec::new();
    for one in fresh {
        let basis =
            if one.ingredients.get("basis").and_then(Value::as_str) == Some(Basis::Feed.slug()) {
                Basis::Feed
            } else {
                Basis::Activity
            };
        let Some(scene) = scenes.at(&one.market_id, basis) else { continue };
        let smart = stance(one, basis).and_then(|said| scene.smart_money(&said, Vec::new()));
        let far = distance(one, scene.price).and_then(|said| scene.divergence(&said, Vec::new()));
        let evidence = one.ingredients.get("evidence").and_then(Value::as_array).cloned();
        let evidence = evidence.unwrap_or_default();
        let signals = smart.into_iter().chain(far);
        said.extend(signals.map(|signal| Found { signal, evidence: evidence.clone() }));
    }
    Ok(said)
}

fn number(one: &MarketConsensus, name: &str) -> Option<f64> {
    one.ingredients.get(name).and_then(Value::as_f64)
}

/// The imbalance as the domain has it; `None` where there is none.
fn stance(one: &MarketConsensus, basis: Basis) -> Option<Consensus> {
    let (low, high) = one.interval?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let count = |name| number(one, name).map_or(0, |count| count as usize);
    Some(Consensus {
        opinion: Opinion::Imbalance(one.imbalance?),
        span: Some(Span { low, high }),
        toward: number(one, "toward")?,
        away: number(one, "away")?,
        n_eff: one.voices,
        voices: count("owners"),
        untested: count("untested"),
        basis,
    })
}

/// The distance from the price as it is now, as the domain has it; `None` where there is none.
fn distance(one: &MarketConsensus, price: Option<f64>) -> Option<Divergence> {
    let moved = one.price? - price?;
    let told = one.ingredients.get("divergence")?;
    let number = |name: &str| told.get(name).and_then(Value::as_f64);
    let holders = told.get("holders").and_then(Value::as_u64)?;
    Some(Divergence {
        chance: number("chance")?,
        from_price: number("from_price")? + moved,
        span: Span { low: number("low")? + moved, high: number("high")? + moved },
        holders: usize::try_from(holders).ok()?,
    })
}
