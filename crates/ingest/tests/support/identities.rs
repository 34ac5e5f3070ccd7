//! What must agree beyond the positions: cash, the total, and the venue's own numbers among each other and with ours.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, Price, Usdc};
use rust_decimal::Decimal;
use serde_json::Value;
use store::wallets::activity::{Direction, StoredActivity};
use store::wallets::pnl::{self, PnlPoint, PnlSource};
use store::wallets::positions::{Position, Reported};
use store::wallets::terms;

use super::exchange::Exchange;
use super::wallets::{FILLS, figures, micro, unordered};

/// The venue cuts amounts to four decimals (polymarket-api.md 2.6).
fn cut() -> Decimal {
    Decimal::new(2, 4)
}

fn millionths(count: i64) -> Decimal {
    Decimal::new(count, 6)
}

/// Dollars that an act brought into the wallet.
fn cash_of(row: &StoredActivity) -> Decimal {
    let act = &row.activity;
    let usdc = act.usdc.map_or(Decimal::ZERO, Usdc::decimal);
    match (act.kind.as_str(), act.direction) {
        ("trade", Some(Direction::Buy)) | ("split" | "withdrawal", _) => -usdc,
        _ => usdc,
    }
}

/// What was put in less what was taken out.
fn put_in(rows: &[StoredActivity]) -> Decimal {
    let moved = rows.iter().filter(|row| row.activity.kind.ends_with("deposit"));
    let taken = rows.iter().filter(|row| row.activity.kind == "withdrawal");
    moved.chain(taken).map(cash_of).sum()
}

/// That the cash of the rows is what the exchange says is in the wallet, to the millionth, and that the total we tell
/// is that cash with what the exchange's shares are worth; how many figures that are.
pub(crate) async fn money_is_true(
    exchange: &Exchange,
    wallet: &Address,
    account: &Value,
    rows: &[StoredActivity],
) -> u32 {
    let cash: Decimal = rows.iter().map(cash_of).sum();
    assert_eq!(micro(cash), account["cash"].as_i64().unwrap(), "{wallet}: cash");
    let told = figures(exchange, wallet).await.totals;
    let holdings = account["holdings"].as_array().unwrap();
    let held: Vec<&Value> = holdings.iter().filter(|one| one["shares"] != 0).collect();
    let marks = marks(exchange, &held).await;
    let worth: Option<Decimal> = held
        .iter()
        .map(|one| {
            let key = (condition(one), one["outcome"].as_u64().unwrap());
            let mark = marks.get(&key)?;
            Some(*mark * millionths(one["shares"].as_i64().unwrap()))
        })
        .sum();
    let truth = worth.map(|worth| cash - put_in(rows) + worth);
    let Some(truth) = truth else {
        assert_eq!(told.total.known(), None, "{wallet}: something held has no price");
        return 1;
    };
    let total = Decimal::try_from(*told.total.known().unwrap()).unwrap();
    // A millionth for each position whose worth is rounded.
    let slack = millionths(1 + i64::try_from(held.len()).unwrap());
    assert!((total - truth).abs() <= slack, "{wallet}: total {total}, truly {truth}");
    2
}

fn condition(holding: &Value) -> ConditionId {
    ConditionId::parse(holding["condition_id"].as_str().unwrap()).unwrap()
}

/// What a share of each token held pays or is bid for, as the catalogue has it.
async fn marks(exchange: &Exchange, held: &[&Value]) -> BTreeMap<(ConditionId, u64), Decimal> {
    let conditions: HashSet<ConditionId> = held.iter().map(|one| condition(one)).collect();
    let conditions: Vec<ConditionId> = conditions.into_iter().collect();
    let markets = terms::of(exchange.database.service(), &conditions).await.unwrap();
    let mut marks = BTreeMap::new();
    for market in markets {
        let id = market.terms.condition_id;
        for outcome in 0..2u8 {
            let mark = match (&market.terms.payouts, outcome) {
                (Some(payouts), _) => Some(millionths(payouts.of(outcome))),
                (None, 0) => market.best_bid.map(Price::decimal),
                (None, _) => market.best_ask.map(|ask| Decimal::ONE - ask.decimal()),
            };
            if let Some(mark) = mark {
                marks.insert((id.clone(), u64::from(outcome)), mark);
            }
        }
    }
    marks
}

/// That the venue's positions hold its identities, and are ours; how many figures were compared.
pub(crate) fn positions_agree(ours: &[Position], rows: &[StoredActivity]) -> u32 {
    let unordered = unordered(rows);
    let mut compared = 0;
    // Version 1 does not tell all of a position that is closed.
    let is_told = |venue: &Reported| {
        let told = [
            venue.venue_shares,
            venue.venue_cost_usdc,
            venue.venue_price,
            venue.venue_value_usdc,
            venue.venue_realized_usdc,
            venue.venue_unrealized_usdc,
            venue.venue_total_usdc,
            venue.venue_bought_shares,
        ];
        told.iter().all(Option::is_some)
    };
    for position in ours.iter().filter(|one| is_told(&one.reported)) {
        let venue = &position.reported;
        identities_hold(venue);
        let of_market = |row: &&StoredActivity| {
            row.activity.condition_id.as_ref() == Some(&position.condition_id)
        };
        let fills = i64::try_from(rows.iter().filter(of_market).count()).unwrap() * FILLS;
        let slack = cut() + millionths(fills);
        let (booked, is_ordered) = (&position.booked, !unordered.has(&position.condition_id));
        let pairs = [
            ("shares", booked.shares, venue.venue_shares, cut(), true),
            ("bought", booked.bought_shares, venue.venue_bought_shares, cut(), true),
            ("cost", booked.cost_usdc, venue.venue_cost_usdc, slack, is_ordered),
            ("realized", booked.realized_usdc, venue.venue_realized_usdc, slack, is_ordered),
        ];
        for (name, ours, theirs, slack, is_exact) in pairs {
            let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
            let token = &position.token_id;
            assert!(!is_exact || (ours - theirs).abs() <= slack, "{token} {name}: {ours} {theirs}");
            compared += u32::from(is_exact);
        }
    }
    compared
}

fn identities_hold(venue: &Reported) {
    let shares = venue.venue_shares.unwrap();
    let (cost, price) = (venue.venue_cost_usdc.unwrap(), venue.venue_price.unwrap());
    let value = venue.venue_value_usdc.unwrap();
    let (realized, unrealized) =
        (venue.venue_realized_usdc.unwrap(), venue.venue_unrealized_usdc.unwrap());
    let total = venue.venue_total_usdc.unwrap();
    assert!((value - shares * price).abs() <= cut(), "{venue:?}");
    assert!((unrealized - (value - cost)).abs() <= cut(), "{venue:?}");
    assert!((total - (realized + unrealized)).abs() <= cut(), "{venue:?}");
    if let Some(average) = venue.venue_avg_price.filter(|_| !shares.is_zero()) {
        // The price is cut too, so that shares multiply what is lost of it.
        let slack = cut() * (Decimal::ONE + shares);
        assert!((cost - shares * average).abs() <= slack, "{venue:?}");
    }
}

/// That the venue's series holds its identities, and that its fees and income are ours on the days that both tell.
/// How many figures were compared.
pub(crate) async fn series_agree(
    exchange: &Exchange,
    wallet: &Address,
    rows: &[StoredActivity],
) -> u32 {
    let pool = exchange.database.service();
    let venue = pnl::series(pool, wallet, PnlSource::Venue, None).await.unwrap();
    let ledger = pnl::series(pool, wallet, PnlSource::Ledger, None).await.unwrap();
    let ours: BTreeMap<DateTime<Utc>, &PnlPoint> =
        ledger.iter().map(|point| (point.at, point)).collect();
    let seconds: HashSet<DateTime<Utc>> = rows.iter().map(|row| row.activity.happened_at).collect();
    let slack = millionths(1 + FILLS * i64::try_from(rows.len()).unwrap());
    let mut compared = 0;
    for point in &venue {
        let (realized, unrealized) = (point.realized_usdc.unwrap(), point.unrealized_usdc.unwrap());
        let (income, total) = (point.income_usdc.unwrap(), point.total_usdc.unwrap());
        // economic = position + income, position = realized + unrealized.
        assert!((total - (realized + unrealized + income)).abs() <= millionths(2), "{point:?}");
        compared += 1;
        // Whether what happened in that second is part of it, the two say differently.
        let same = ours.get(&point.at).filter(|_| !seconds.contains(&point.at));
        if let Some(same) = same {
            let fees = same.fees_usdc.unwrap() + point.fees_usdc.unwrap();
            assert!(fees.abs() <= slack, "{wallet}: fees {same:?} {point:?}");
            let income = same.income_usdc.unwrap() - income;
            assert!(income.abs() <= slack, "{wallet}: income {same:?} {point:?}");
            compared += 2;
        }
    }
    compared
}
