//! Routes about one wallet: value, profit over time, statistics, volume.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::Serialize;

use super::feed::{self, Trade};
use super::ledger::{Ledger, Traded};
use super::number::{seconds, units};
use super::paging::Envelope;
use super::params::Params;
use super::pnl::{FIDELITIES, INTERVALS, PnlPoint, grid};
use super::problem::Problem;
use super::stakes;
use super::{Answer, ask, cached};
use crate::exchange::{Exchange, MICRO, MarketIx, Millis, Usdc, WalletIx, payoff};
use crate::noise::Noise;
use crate::server::App;
use crate::world::World;

const MINUTE_MS: Millis = 60_000;
const DAY_S: i64 = 86_400;

/// A smaller win is none, in millionths of a USDC.
const SMALLEST_WIN: Usdc = MICRO;

/// One wallet in so many has no statistics although it trades, as upstream.
const WITHOUT_STATS_ONE_IN: u64 = 64;

#[derive(Serialize)]
struct PortfolioValue {
    proxy_wallet: String,
    value: f64,
}

/// What the shares of a wallet are worth, in some markets or in all.
pub(crate) fn worth(exchange: &Exchange, wallet: WalletIx, markets: Option<&[MarketIx]>) -> Usdc {
    stakes::of_wallet(exchange, wallet)
        .filter(|stake| markets.is_none_or(|markets| markets.contains(&stake.market)))
        .map(|stake| stake.value())
        .sum()
}

/// Rounded to four decimals, unlike the amounts of positions.
pub(crate) fn rounded(usdc: Usdc) -> f64 {
    (usdc as f64 / 100.0).round() / 1e4
}

pub(crate) async fn value(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| {
        let user = params.required_user()?;
        let markets = params
            .conditions()?
            .map(|ids| ids.iter().filter_map(|id| world.by_condition(id)).collect::<Vec<_>>());
        let worth = world
            .by_address(&user)
            .map_or(0, |wallet| worth(world.exchange(), wallet, markets.as_deref()));
        Ok(PortfolioValue { proxy_wallet: user, value: rounded(worth) })
    });
    Ok(cached(0, Envelope { data: data.await? }))
}

#[derive(Serialize)]
struct PnlSeries {
    proxy_wallet: String,
    interval: &'static str,
    fidelity: &'static str,
    source_fidelity: &'static str,
    points: Vec<PnlPoint>,
}

/// How far back and how closely a series of profits is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    pub(crate) interval: &'static str,
    pub(crate) span_ms: Option<Millis>,
    pub(crate) fidelity: &'static str,
    pub(crate) step_ms: Millis,
}

impl Course {
    /// Of `interval` and `fidelity`, or the defaults given by name.
    pub(crate) fn read(params: &Params, interval: &str, fidelity: &str) -> Result<Self, Problem> {
        let named = params.text("interval").unwrap_or(interval);
        let found = INTERVALS.into_iter().find(|(name, _)| *name == named);
        let (interval, span_ms) = found.ok_or_else(|| {
            let error = "interval must be one of max, all, 1m, 1w, 1d, 12h, 6h";
            Problem::invalid("interval", error)
        })?;
        let named = params.text("fidelity").unwrap_or(fidelity);
        let found = FIDELITIES.into_iter().find(|(name, _)| *name == named);
        let (fidelity, step_ms) = found.ok_or_else(|| {
            Problem::invalid("fidelity", "fidelity must be one of 1d, 18h, 12h, 3h, 1h")
        })?;
        Ok(Self { interval, span_ms, fidelity, step_ms })
    }
}

pub(crate) async fn pnl(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| {
        let user = params.address()?;
        let course = Course::read(&params, "1d", "1h")?;
        let points = world.by_address(&user).map(|wallet| {
            grid(world.exchange(), wallet, world.now_ms(), course.span_ms, course.step_ms)
        });
        let point = |(at_ms, standing)| PnlPoint::new(at_ms, &standing);
        Ok(PnlSeries {
            proxy_wallet: user,
            interval: course.interval,
            fidelity: course.fidelity,
            source_fidelity: "1d",
            points: points.unwrap_or_default().into_iter().map(point).collect(),
        })
    });
    Ok(cached(0, Envelope { data: data.await? }))
}

#[derive(Serialize)]
struct UserStats {
    proxy_wallet: String,
    /// Markets, not trades.
    trades: usize,
    biggest_win: f64,
    views: u64,
    join_date: Option<i64>,
    all_time_pnl: Option<PnlPoint>,
}

/// Markets in which a wallet traded.
pub(crate) fn markets_traded(exchange: &Exchange, wallet: WalletIx) -> usize {
    let tape = exchange.tape();
    let trades = tape.of_wallet(wallet).iter().filter_map(|&entry| Trade::read(tape, entry));
    trades.map(|trade| trade.market).collect::<BTreeSet<_>>().len()
}

/// The most that a wallet made on shares it held until their market was resolved.
fn biggest_win(exchange: &Exchange, wallet: WalletIx) -> Usdc {
    let ledger = Ledger::at(exchange, wallet, Millis::MAX);
    let handed_in = ledger.hand_ins().iter().map(|hand_in| hand_in.usdc - hand_in.cost);
    let still_held = stakes::of_wallet(exchange, wallet).filter_map(|stake| {
        let payout = stake.payout.filter(|_| stake.is_redeemable())?;
        Some(payoff(stake.shares(), payout) - stake.holding.cost)
    });
    let biggest = handed_in.chain(still_held).max().unwrap_or(0);
    if biggest > SMALLEST_WIN { biggest } else { 0 }
}

impl UserStats {
    /// `None` for some wallets that trade.
    fn of(world: &World, wallet: WalletIx) -> Option<Self> {
        let draw = Noise::of(u64::from(wallet.0)).with(0x0073_7461_7473);
        if draw.bits().is_multiple_of(WITHOUT_STATS_ONE_IN) {
            return None;
        }
        let exchange = world.exchange();
        let person = world.person(wallet);
        let now_ms = world.now_ms();
        let observed = grid(exchange, wallet, now_ms, Some(MINUTE_MS), MINUTE_MS).pop();
        Some(Self {
            proxy_wallet: person.address.clone(),
            trades: markets_traded(exchange, wallet),
            biggest_win: units(biggest_win(exchange, wallet)),
            views: draw.with(1).bits() % 400,
            join_date: Some(seconds(person.joined_ms)),
            all_time_pnl: observed.map(|(at_ms, standing)| PnlPoint::new(at_ms, &standing)),
        })
    }
}

pub(crate) async fn stats(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| {
        let wallet = world.by_address(&params.address()?);
        Ok(wallet.and_then(|wallet| UserStats::of(world, wallet)))
    });
    Ok(cached(0, Envelope { data: data.await? }))
}

#[derive(Serialize)]
struct UserVolume {
    volume: f64,
    volume_usdc: f64,
    trade_count: u64,
}

/// What a wallet traded from one day to another, both included, in days since 1970.
fn traded(exchange: &Exchange, wallet: WalletIx, days: (Option<i64>, Option<i64>)) -> Traded {
    let tape = exchange.tape();
    let mut sum = Traded::default();
    for &entry in tape.of_wallet(wallet) {
        let day = seconds(feed::time_of(tape, entry)).div_euclid(DAY_S);
        let in_window =
            days.0.is_none_or(|first| day >= first) && days.1.is_none_or(|last| day <= last);
        if in_window && let Some(trade) = Trade::read(tape, entry) {
            sum.add(&trade);
        }
    }
    sum
}

pub(crate) async fn volume(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| {
        let user = params.required_user()?;
        let day = |name: &'static str| -> Result<Option<i64>, Problem> {
            let bound = params.integer(name)?.filter(|&at_s| at_s != 0);
            Ok(bound.map(|at_s| at_s.div_euclid(DAY_S)))
        };
        let days = (day("start")?, day("end")?);
        let wallet = world.by_address(&user);
        let traded =
            wallet.map(|wallet| traded(world.exchange(), wallet, days)).unwrap_or_default();
        Ok(UserVolume {
            volume: units(traded.shares),
            volume_usdc: units(traded.usdc),
            trade_count: traded.count,
        })
    });
    Ok(cached(0, Envelope { data: data.await? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit::{Floor, NOON};

    #[test]
    fn a_win_counts_whether_handed_in_or_not() {
        let mut floor = Floor::new(3);
        floor.trade(0, 1, 6_000, 10);
        floor.trade(0, 2, 2_000, 10);
        floor.exchange.resolve(NOON + 60_000, floor.market, [MICRO, 0]);
        floor.exchange.redeem(NOON + 70_000, WalletIx(1), floor.market).unwrap();
        assert_eq!(biggest_win(&floor.exchange, WalletIx(1)), 4_000_000);
        assert_eq!(biggest_win(&floor.exchange, WalletIx(2)), 8_000_000);
        // The maker holds the losing side.
        assert_eq!(biggest_win(&floor.exchange, WalletIx(0)), 0);
        assert_eq!(markets_traded(&floor.exchange, WalletIx(0)), 1);
    }

    #[test]
    fn volume_is_of_whole_days() {
        let mut floor = Floor::new(2);
        floor.trade(0, 1, 6_000, 10);
        floor.at_ms = NOON + 2 * DAY_S * 1_000;
        floor.trade(0, 1, 5_000, 5);
        let today = NOON / 1_000 / DAY_S;
        let traded = |first, last| traded(&floor.exchange, WalletIx(1), (first, last));
        assert_eq!(traded(None, None), Traded { shares: 15_000_000, usdc: 8_500_000, count: 2 });
        assert_eq!(traded(None, Some(today)).count, 1);
        assert_eq!(traded(Some(today + 1), None).usdc, 2_500_000);
        assert_eq!(traded(Some(today + 1), Some(today)), Traded::default());
    }

    #[test]
    fn courses_have_names() {
        let read = |query: &str| Course::read(&Params::of(query), "1d", "1h");
        assert_eq!(read("").unwrap().interval, "1d");
        assert_eq!(read("interval=all&fidelity=18h").unwrap().span_ms, None);
        assert_eq!(read("interval=2d").unwrap_err().parameter, Some("interval"));
        assert_eq!(read("fidelity=5m").unwrap_err().parameter, Some("fidelity"));
    }
}
