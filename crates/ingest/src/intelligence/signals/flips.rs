//! Owners of large or proven money who turned round.

use chrono::{DateTime, TimeDelta, Utc};
use domain::MarketId;
use domain::clusters::OwnerIx;
use domain::evidence::{Basis, EvidenceId};
use domain::ledger::{Markets, MicroUsdc, Slot};
use domain::whales::{Class, Flip, Lean, Question};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use store::StoreError;
use store::intelligence::flips::{self, Toward, WalletFlip};
use store::streaming;
use uuid::Uuid;

use super::super::service::Sources;
use super::scene::Scenes;
use super::{Found, record};

/// A turn that became known later than this is no news.
const NEWS: TimeDelta = TimeDelta::hours(6);
/// Whose turns are said.
const CLASSES: [Class; 2] = [Class::Whale, Class::Smart];

/// Looks for turns that became known lately.
pub(super) async fn find(sources: &Sources, now: DateTime<Utc>) -> Result<Vec<Found>, StoreError> {
    let database = sources.database.service();
    let classes = CLASSES.map(Class::slug);
    let turns = flips::of_classes_since(database, &classes, now - NEWS).await?;
    let conditions: Vec<&str> =
        turns.iter().filter_map(|turn| Some(turn.to.as_ref()?.condition_id.as_str())).collect();
    let markets = streaming::by_conditions(database, &conditions).await?;
    let ids: Vec<&MarketId> = markets.values().map(|market| &market.market_id).collect();
    let scenes = Scenes::of(sources, ids, now).await?;
    let mut known = Markets::new();
    let said = turns.iter().filter_map(|turn| {
        let to = turn.to.as_ref()?;
        let market = markets.get(to.condition_id.as_str())?;
        let scene = scenes.at(&market.market_id, Basis::Activity)?;
        let (flip, place) = told(turn, to, &mut known)?;
        let mut evidence = vec![record("wallet", &turn.wallet)];
        evidence.extend(flip.trades.iter().map(|id| record("activity", &Uuid::from_u128(id.0))));
        Some(Found { signal: scene.flip(&flip, place)?, evidence })
    });
    Ok(said.collect())
}

/// A turn as the domain has it, and its market.
fn told(
    turn: &WalletFlip,
    to: &Toward,
    known: &mut Markets,
) -> Option<(Flip, domain::ledger::MarketIx)> {
    let mut slot = |toward: &Toward| Slot {
        market: known.of(&toward.condition_id),
        outcome: toward.outcome_index,
    };
    let lean = |slot: Slot| Lean { toward: Some(slot), against: None };
    let (from, to) = (turn.from.as_ref().map(&mut slot), slot(to));
    let ids = turn.evidence.as_array().into_iter().flatten();
    let trades = ids.filter_map(Value::as_str).filter_map(|id| Uuid::parse_str(id).ok());
    let flip = Flip {
        // One at a time: nobody else is compared with.
        owner: OwnerIx(0),
        question: Question::Market(to.market),
        at: turn.at,
        from: from.map(lean).unwrap_or_default(),
        to: lean(to),
        sides: [from, Some(to)],
        peak: micro(turn.peak_usdc)?,
        before: micro(turn.before_usdc)?,
        now: micro(turn.after_usdc)?,
        change: turn.change,
        trades: trades.map(|id| EvidenceId(id.as_u128())).collect(),
        unnamed: 0,
        basis: Basis::Activity,
        is_whole: turn.is_whole,
    };
    Some((flip, to.market))
}

fn micro(usdc: Decimal) -> Option<MicroUsdc> {
    (usdc * Decimal::from(domain::ledger::MICRO)).to_i64()
}
