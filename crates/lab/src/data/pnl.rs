//! What a wallet made over time, as a series of cumulative points.

use serde::Serialize;

use super::ledger::{Ledger, Standing};
use super::number::{block, seconds, units};
use crate::exchange::{Exchange, Millis, WalletIx};

const HOUR_MS: Millis = 3_600_000;
const DAY_MS: Millis = 24 * HOUR_MS;

/// How far back a series goes; `None` is all of it.
pub(crate) const INTERVALS: [(&str, Option<Millis>); 7] = [
    ("max", None),
    ("all", None),
    ("1m", Some(30 * DAY_MS)),
    ("1w", Some(7 * DAY_MS)),
    ("1d", Some(DAY_MS)),
    ("12h", Some(12 * HOUR_MS)),
    ("6h", Some(6 * HOUR_MS)),
];

/// Distance between points.
pub(crate) const FIDELITIES: [(&str, Millis); 5] = [
    ("1d", DAY_MS),
    ("18h", 18 * HOUR_MS),
    ("12h", 12 * HOUR_MS),
    ("3h", 3 * HOUR_MS),
    ("1h", HOUR_MS),
];

/// A point of `/v2/user-pnl`: USDC since the wallet's first day, net of fees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct PnlPoint {
    timestamp: i64,
    source_block: i64,
    realized_market_pnl: f64,
    realized_lp_pnl: f64,
    realized_combo_pnl: f64,
    unrealized_pnl: f64,
    fees_refunded: f64,
    maker_rebate: f64,
    taker_rebate: f64,
    reward_income: f64,
    yield_income: f64,
    referral_income: f64,
    /// Not known upstream either.
    deposits: Option<f64>,
    withdrawals: Option<f64>,
    realized_pnl: f64,
    wallet_income: f64,
    position_pnl: f64,
    settled_pnl: f64,
    economic_pnl: f64,
    trade_pnl: f64,
    sponsored_income: f64,
    /// Below zero.
    fees: f64,
    fees_paid: f64,
    cashflow_net: Option<f64>,
    volume: f64,
    volume_usdc: f64,
    trade_count: u64,
}

impl PnlPoint {
    pub(crate) fn new(at_ms: Millis, standing: &Standing) -> Self {
        let realized = standing.realized - standing.fees;
        let position = realized + standing.unrealized;
        let income = standing.rebates + standing.rewards;
        Self {
            timestamp: seconds(at_ms),
            source_block: block(seconds(at_ms)),
            realized_market_pnl: units(realized),
            realized_lp_pnl: 0.0,
            realized_combo_pnl: 0.0,
            unrealized_pnl: units(standing.unrealized),
            fees_refunded: 0.0,
            maker_rebate: units(standing.rebates),
            taker_rebate: 0.0,
            reward_income: units(standing.rewards),
            yield_income: 0.0,
            referral_income: 0.0,
            deposits: None,
            withdrawals: None,
            realized_pnl: units(realized),
            wallet_income: units(income),
            position_pnl: units(position),
            settled_pnl: units(realized + income),
            economic_pnl: units(position + income),
            trade_pnl: units(position + standing.fees),
            sponsored_income: units(standing.rewards),
            fees: units(-standing.fees),
            fees_paid: units(-standing.fees),
            cashflow_net: None,
            volume: units(standing.traded.shares),
            volume_usdc: units(standing.traded.usdc),
            trade_count: standing.traded.count,
        }
    }
}

/// The wallet's standing at every multiple of `step_ms` in the `span_ms` before `now_ms`, from its
/// first entry on.
pub(crate) fn grid(
    exchange: &Exchange,
    wallet: WalletIx,
    now_ms: Millis,
    span_ms: Option<Millis>,
    step_ms: Millis,
) -> Vec<(Millis, Standing)> {
    let tape = exchange.tape();
    let Some(&first) = tape.of_wallet(wallet).first() else { return Vec::new() };
    let first_ms = super::feed::time_of(tape, first);
    let since_ms = span_ms.map_or(first_ms, |span_ms| first_ms.max(now_ms - span_ms + 1));
    // The first multiple at or after the start.
    let first_step = -(-since_ms).div_euclid(step_ms);
    let steps = first_step..=now_ms.div_euclid(step_ms);
    Ledger::course(exchange, wallet, steps.map(|step| step * step_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit::{self, NOON};
    use crate::data::ledger::Traded;

    #[test]
    fn the_six_identities_hold() {
        let standing = Standing {
            realized: 7_000_001,
            unrealized: -2_500_000,
            fees: 1_250_001,
            rewards: 300_000,
            rebates: 45_000,
            traded: Traded { shares: 10, usdc: 5, count: 2 },
        };
        let point = PnlPoint::new(NOON, &standing);
        let near = |left: f64, right: f64| (left - right).abs() < 1e-9;
        let realized = point.realized_market_pnl + point.realized_lp_pnl + point.realized_combo_pnl;
        assert!(near(point.realized_pnl, realized));
        assert!(near(point.position_pnl, point.realized_pnl + point.unrealized_pnl));
        assert!(near(point.trade_pnl, point.position_pnl - point.fees));
        let income = point.maker_rebate
            + point.taker_rebate
            + point.reward_income
            + point.yield_income
            + point.referral_income;
        assert!(near(point.wallet_income, income));
        assert!(near(point.settled_pnl, point.realized_pnl + point.wallet_income));
        assert!(near(point.economic_pnl, point.position_pnl + point.wallet_income));
        assert_eq!((point.realized_pnl, point.fees), (5.75, -1.250_001));
    }

    #[test]
    fn the_grid_is_aligned_and_ends_at_or_before_the_present() {
        let exchange = kit::busy_exchange(5, 200);
        let wallet = WalletIx(1);
        let now_ms = NOON + 9 * HOUR_MS + 61_000;
        let times = |span, step| {
            let points = grid(&exchange, wallet, now_ms, span, step);
            points.into_iter().map(|(at_ms, _)| at_ms).collect::<Vec<_>>()
        };
        let noon_hour = NOON / HOUR_MS * HOUR_MS;
        let hours = times(Some(6 * HOUR_MS), HOUR_MS);
        let expected: Vec<_> = (4..=9).map(|hour| noon_hour + hour * HOUR_MS).collect();
        assert_eq!(hours, expected);
        // All of it: from the first entry on.
        assert_eq!(times(None, HOUR_MS).len(), 10);
        assert!(grid(&exchange, WalletIx(99), now_ms, None, HOUR_MS).is_empty());
    }
}
