//! The host of the site's profit charts: `/user-pnl`, undocumented.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde::Serialize;

use super::ledger::{Ledger, Standing};
use super::number::{Plain, seconds, units};
use super::params::Params;
use super::pnl::grid;
use super::problem::{Problem, Version};
use super::wallet::Course;
use super::{Answer, ask, cached, dressed};
use crate::exchange::{Exchange, Millis, WalletIx};
use crate::server::App;

/// Routes relative to the host.
pub(crate) fn routes() -> Router<App> {
    dressed(Router::new().route("/user-pnl", get(points)), Version::V1)
}

/// A moment and the profit by then, after fees. Not `trade_pnl` of v2, which is before them.
#[derive(Debug, PartialEq, Serialize)]
struct Point {
    t: i64,
    p: Plain,
}

impl Point {
    fn new((at_ms, standing): (Millis, Standing)) -> Self {
        let made = standing.realized + standing.unrealized - standing.fees;
        Self { t: seconds(at_ms), p: Plain(units(made)) }
    }
}

async fn points(State(app): State<App>, params: Params) -> Answer {
    let points = ask(&app, move |world| {
        if params.text("user_address").is_none() {
            return Err(Problem::missing("user_address"));
        }
        let user = params.address()?;
        let course = Course::read(&params, "1d", "1h")?;
        let wallet = world.by_address(&user);
        let of = |wallet| chart(world.exchange(), wallet, world.now_ms(), course);
        Ok(wallet.map(of).unwrap_or_default())
    });
    Ok(cached(0, points.await?))
}

/// The grid, and one more point for the present where it is not on it.
fn chart(exchange: &Exchange, wallet: WalletIx, now_ms: Millis, course: Course) -> Vec<Point> {
    let on_grid = grid(exchange, wallet, now_ms, course.span_ms, course.step_ms);
    let mut points: Vec<Point> = on_grid.into_iter().map(Point::new).collect();
    let is_there = points.last().is_some_and(|last| last.t == seconds(now_ms));
    if !is_there && !exchange.tape().of_wallet(wallet).is_empty() {
        points.extend(Ledger::course(exchange, wallet, [now_ms]).into_iter().map(Point::new));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit::{Floor, NOON};

    #[test]
    fn the_present_ends_the_chart() {
        let mut floor = Floor::new(2);
        floor.trade(0, 1, 6_000, 10);
        let course = Course::read(&Params::of("interval=6h&fidelity=1h"), "1d", "1h").unwrap();
        let now_ms = NOON + 2 * 3_600_000 + 5_000;
        let points = chart(&floor.exchange, WalletIx(1), now_ms, course);
        let times: Vec<i64> = points.iter().map(|point| point.t - NOON / 1_000).collect();
        assert_eq!(times, [0, 3_600, 7_200, 7_205]);
        // The fee of 10 shares at 0.60.
        assert_eq!((points[0].p, points[3].p), (Plain(0.0), Plain(-0.12)));
        let on_the_hour = chart(&floor.exchange, WalletIx(1), NOON + 7_200_000, course);
        assert_eq!(on_the_hour.len(), 3);
    }
}
