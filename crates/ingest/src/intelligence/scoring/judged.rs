//! From what is held of a wallet to what is said of it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Category;
use domain::ledger::Completeness;
use domain::scores::{
    EventSize, LEAST_MEASURED, Population, Record, ScoreKind, SettledBet, assess,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use store::intelligence::bets::WalletBet;
use store::intelligence::classes::WalletClass;
use store::intelligence::scores::WalletScore;
use store::intelligence::sizes::{LargestPosition, LargestTrade};

use super::super::kept::kept;
use super::Known;

/// Records named by a score at most.
const NAMED: usize = 5;

/// What is said of a wallet.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Its scores by kind: smart money, reputation, whale.
    pub scores: [(&'static str, WalletScore); 3],
    /// Whose money it is.
    pub class: WalletClass,
}

/// Scores and class of a wallet by what is held of it and what was learned from all: the only way to either.
pub fn judge(known: &Known, population: &Population, as_of: DateTime<Utc>) -> Judged {
    let traits = &known.wallet.traits;
    let bets: Vec<SettledBet> = known.bets.iter().map(settled).collect();
    let found = assess(&bets, &sizes(known), &record(known), population, as_of);
    let [smart, reputation, whale] = found.scores;
    let keep =
        |kind: ScoreKind, score, evidence| (kind.slug(), kept(&traits.wallet, &score, evidence));
    Judged {
        scores: [
            keep(ScoreKind::Smart, smart, best(&known.bets, &bets, population)),
            keep(ScoreKind::Reputation, reputation, newest(&known.bets)),
            keep(ScoreKind::Whale, whale, largest(known)),
        ],
        class: WalletClass {
            wallet: traits.wallet.clone(),
            as_of,
            class: found.class.class.slug().to_owned(),
            is_certain: found.class.is_certain,
        },
    }
}

/// A bet as it is kept, as a test takes it.
pub(in crate::intelligence) fn settled(bet: &WalletBet) -> SettledBet {
    let category = bet.category.as_deref().and_then(|slug| slug.parse::<Category>().ok());
    SettledBet {
        kind: SettledBet::kind(category, bet.horizon_s.map(TimeDelta::seconds)),
        price: bet.price,
        came_true: bet.came_true,
        opened_at: bet.opened_at,
        closed_at: bet.closed_at,
    }
}

fn record(known: &Known) -> Record {
    let wallet = &known.wallet;
    let begins = wallet.history_since.is_none().then_some(wallet.first_active_at).flatten();
    let all = [Completeness::Full, Completeness::Capped, Completeness::Gap];
    let completeness = all.into_iter().find(|one| one.slug() == wallet.completeness);
    Record {
        completeness: completeness.unwrap_or(Completeness::Gap),
        is_reconciled: wallet.traits.is_reconciled,
        is_maker_like: wallet.traits.is_maker_like,
        is_bot_like: wallet.traits.is_bot_like,
        is_whale: wallet.traits.is_whale,
        first_act: begins,
        active_months: wallet.traits.active_months,
        owned: wallet.owner.map_or(1, |(_, owned)| owned),
    }
}

/// How large the wallet was on each event: by its largest measured trade since trades are measured, and by the largest
/// position that it was seen to hold. Where neither was and everything put into the event was too little to be one, small;
/// otherwise unknown.
fn sizes(known: &Known) -> Vec<EventSize<&str>> {
    let mut unmeasured: BTreeMap<&str, EventSize<&str>> = BTreeMap::new();
    let mut measured = Vec::with_capacity(known.largest.len() + known.held.len());
    if let Some(since) = known.measured_since {
        for bet in known.bets.iter().filter(|bet| bet.opened_at >= since) {
            let event = bet.event_key.as_str();
            unmeasured.insert(event, by_stake(event, Some(bet.stake_usdc)));
        }
    }
    for held in &known.held {
        let event = held.event_key.as_str();
        if is_measured(held) {
            measured.push(EventSize::position(event, held.volume_share, held.liquidity_share));
        } else {
            unmeasured.insert(event, by_stake(event, held.stake_usdc));
        }
    }
    for trade in &known.largest {
        let measures = [trade.size_z, trade.volume_share, trade.depth_share];
        measured.push(EventSize::measured(trade.event_key.as_str(), measures));
    }
    for size in &measured {
        unmeasured.remove(size.event);
    }
    measured.extend(unmeasured.into_values());
    measured
}

/// An event of which nothing was measured, by all that was put into it.
fn by_stake(event: &str, stake: Option<Decimal>) -> EventSize<&str> {
    let is_small = stake.and_then(|stake| stake.to_f64()).is_some_and(|all| all < LEAST_MEASURED);
    if is_small { EventSize::small(event) } else { EventSize::unknown(event) }
}

/// Whether a position is of enough dollars to be measured.
fn is_measured(held: &LargestPosition) -> bool {
    held.usdc.to_f64().is_some_and(|usdc| usdc >= LEAST_MEASURED)
}

fn market(bet: &WalletBet) -> Value {
    json!({ "kind": "market", "id": bet.condition_id.as_str() })
}

/// The markets in which what came true was least expected.
fn best(bets: &[WalletBet], settled: &[SettledBet], population: &Population) -> Value {
    let mut won: Vec<(f64, &WalletBet)> = bets
        .iter()
        .zip(settled)
        .filter(|(bet, _)| bet.came_true)
        .map(|(bet, settled)| (population.baseline.chance(settled), bet))
        .collect();
    won.sort_by(|(one, a), (other, b)| one.total_cmp(other).then(a.event_key.cmp(&b.event_key)));
    Value::Array(won.into_iter().take(NAMED).map(|(_, bet)| market(bet)).collect())
}

/// The markets settled last.
fn newest(bets: &[WalletBet]) -> Value {
    Value::Array(bets.iter().rev().take(NAMED).map(market).collect())
}

/// The largest trades, and after them the markets of the largest positions.
fn largest(known: &Known) -> Value {
    let mut trades: Vec<_> = known.largest.iter().collect();
    let z = |size: Option<f64>| size.unwrap_or(f64::NEG_INFINITY);
    trades.sort_by(|one, other| {
        z(other.size_z).total_cmp(&z(one.size_z)).then(one.event_key.cmp(&other.event_key))
    });
    let trade =
        |one: &LargestTrade| json!({ "kind": "trade", "id": one.transaction_hash.as_str() });
    let mut held: Vec<_> = known.held.iter().filter(|one| is_measured(one)).collect();
    held.sort_by(|one, other| {
        other.usdc.cmp(&one.usdc).then_with(|| one.event_key.cmp(&other.event_key))
    });
    let position =
        |one: &LargestPosition| json!({ "kind": "market", "id": one.condition_id.as_str() });
    let positions = held.into_iter().take(NAMED).map(position);
    Value::Array(trades.into_iter().take(NAMED).map(trade).chain(positions).collect())
}
