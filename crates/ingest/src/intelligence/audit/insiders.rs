//! Evidence of informed trading, held against those of a simulated world who do know something.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::insiders::history::{FEWEST_EVENTS, is_high_surprise};
use domain::insiders::live::LEAST_USDC;
use domain::insiders::table::Signal;
use domain::ledger::MICRO;
use domain::null_audit::{Detected, Line, Results};
use domain::{Address, ConditionId};
use store::intelligence::bets;
use store::intelligence::evidence::{self, InformedEvidence, Layer};
use store::intelligence::found;
use store::{Database, StoreError};

use super::planted::{TOPS, Truth, first};

/// What a row of the first layer can say of everybody, and when it happens.
const SIGNALS: [Signal; 5] =
    [Signal::Size, Signal::OwnSize, Signal::EarlyLongShots, Signal::Direction, Signal::MadeFor];

/// Of both layers. A world plans its leaks ahead: of the wallets that it calls insiders some have done nothing yet, and of
/// some the orders found no seller, so that it is said how many of them there was anything to see of.
pub(super) async fn insiders(
    database: &Database,
    truth: &Truth,
    ran_at: DateTime<Utc>,
) -> Result<Results, StoreError> {
    let insiders = truth.of_kind(&["insider"]);
    let most = most_bought(truth, &insiders, ran_at);
    let least = LEAST_USDC as f64 / MICRO as f64;
    let large: BTreeSet<Address> = most
        .iter()
        .filter(|(_, dollars)| **dollars >= least)
        .map(|(wallet, _)| (*wallet).clone())
        .collect();
    let mut results = Results::default();
    let bought = "insiders who have bought anything yet";
    results.lines.push(Line::part("bought", bought, most.len(), insiders.len()));
    let label =
        format!("of these, who bought in a market for ${least:.0} or more: what \"pair\" looks at");
    results.lines.push(Line::part("pair_eligible", &label, large.len(), most.len()));
    ranked(database, Layer::Pair, &large, &mut results).await?;
    results.lines.extend(signals(database, &insiders).await?);

    let tested = accounts_with_events(database, &insiders, ran_at).await?;
    let label = format!(
        "insiders with at least {FEWEST_EVENTS} settled events of high surprise; \"history\" says nothing of others"
    );
    let line = Line::part("history_eligible", &label, tested.len(), insiders.len());
    if tested.is_empty() {
        let why = "who knew of one announcement has one event: no account can be tested by it, and none is held against it";
        results.lines.push(line.noting(why));
    } else {
        results.lines.push(line);
        ranked(database, Layer::History, &tested, &mut results).await?;
    }
    Ok(results)
}

/// The most dollars that each of some wallets had paid in one market; those who bought nothing are left out.
fn most_bought<'a>(
    truth: &'a Truth,
    of: &BTreeSet<Address>,
    until: DateTime<Utc>,
) -> BTreeMap<&'a Address, f64> {
    let mut paid: BTreeMap<(&Address, &ConditionId), f64> = BTreeMap::new();
    for fill in truth.fills.iter().filter(|fill| fill.at <= until) {
        for ((wallet, _, is_bought), price) in
            [&fill.taker, &fill.maker].into_iter().zip(fill.prices)
        {
            if *is_bought && of.contains(wallet) {
                *paid.entry((wallet, &fill.condition_id)).or_default() += price * fill.shares;
            }
        }
    }
    let mut most: BTreeMap<&Address, f64> = BTreeMap::new();
    for ((wallet, _), dollars) in paid {
        let held = most.entry(wallet).or_default();
        *held = held.max(dollars);
    }
    most
}

/// Of those whom a layer can see: how many it speaks of, and where it puts them.
async fn ranked(
    database: &Database,
    layer: Layer,
    visible: &BTreeSet<Address>,
    results: &mut Results,
) -> Result<(), StoreError> {
    let name = layer.slug();
    let found = found::informed(database.service(), name).await?;
    let ranked: Vec<Address> = found.into_iter().map(|(wallet, _)| wallet).collect();
    let all: BTreeSet<Address> = ranked.iter().cloned().collect();
    let covered = visible.intersection(&all).count();
    let of_them =
        format!("of the insiders that \"{name}\" can see, those of whom it says anything");
    results.lines.push(Line::part(&format!("{name}_covered"), &of_them, covered, visible.len()));
    let chance =
        format!("insiders among all wallets that \"{name}\" ranks: what chance would find");
    results.lines.push(Line::part(&format!("{name}_chance"), &chance, covered, all.len()));
    for top in TOPS {
        results.rankings.extend(first(name, ranked.iter(), visible, top));
        let strongest: BTreeSet<Address> = ranked.iter().take(top).cloned().collect();
        let detected = Detected::of(
            &format!("{name}_first_{top}"),
            &format!("insiders among the {top} strongest by \"{name}\""),
            &strongest,
            visible,
        );
        results.lines.extend(detected.lines());
    }
    Ok(())
}

/// How often each signal is found in rows on insiders, and on others.
async fn signals(
    database: &Database,
    insiders: &BTreeSet<Address>,
) -> Result<Vec<Line>, StoreError> {
    let rows = evidence::strongest(database.service(), Layer::Pair, u32::MAX).await?;
    let is_theirs = |row: &&InformedEvidence| {
        row.wallet.as_ref().is_some_and(|wallet| insiders.contains(wallet))
    };
    let (theirs, others): (Vec<_>, Vec<_>) = rows.iter().partition(is_theirs);
    let mut lines = Vec::new();
    for signal in SIGNALS {
        let slug = signal.slug();
        for (who, rows) in [("insiders", &theirs), ("others", &others)] {
            let known: Vec<bool> = rows.iter().filter_map(|row| presence(row, slug)).collect();
            let present = known.iter().filter(|present| **present).count();
            let label = format!("rows of \"pair\" on {who} in which \"{slug}\" is found");
            lines.push(Line::part(&format!("{slug}_{who}"), &label, present, known.len()));
        }
    }
    Ok(lines)
}

/// Whether a row says of a signal that it is found; `None` unknown.
fn presence(row: &InformedEvidence, signal: &str) -> Option<bool> {
    let table = row.ingredients.get("table")?.as_array()?;
    let of =
        |line: &&serde_json::Value| line.get("signal").and_then(|s| s.as_str()) == Some(signal);
    table.iter().find(of)?.get("present")?.as_bool()
}

/// Those of some wallets that have enough events for a test of their account.
async fn accounts_with_events(
    database: &Database,
    of: &BTreeSet<Address>,
    now: DateTime<Utc>,
) -> Result<BTreeSet<Address>, StoreError> {
    let settled = bets::settled_before(database.service(), now).await?;
    let mut events: BTreeMap<Address, usize> = BTreeMap::new();
    for bet in settled.into_iter().filter(|bet| is_high_surprise(bet.price)) {
        if of.contains(&bet.wallet) {
            *events.entry(bet.wallet).or_default() += 1;
        }
    }
    events.retain(|_, count| *count >= FEWEST_EVENTS);
    Ok(events.into_keys().collect())
}
