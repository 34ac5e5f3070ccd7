//! `/v2/status`: how fresh the data is. The lab's is always current; the lags are those of the real
//! host on a good day.

use axum::extract::State;
use serde::Serialize;

use super::number::{block, seconds};
use super::paging::Envelope;
use super::rows::iso;
use super::{Answer, ask, cached};
use crate::noise::Noise;
use crate::server::App;

/// A new snapshot is taken every so many seconds.
const SNAPSHOT_EVERY_S: i64 = 30;

/// Streams of the chain that are read, one a contract and event.
const STREAMS: u32 = 148;

/// The streams that are furthest behind.
const SLOWEST: [&str; 5] = [
    "auto_redeem_binary_redemption",
    "auto_redeem_neg_risk_redemption",
    "binary_module_event_prepared",
    "binary_module_position_redeemed",
    "combinatorial_module_compressed",
];

#[derive(Serialize)]
struct Status {
    computed_at: String,
    age_seconds: i64,
    serving: Serving,
    ingestion: Ingestion,
}

#[derive(Serialize)]
struct Serving {
    lag_seconds: i64,
    worst: &'static str,
    mechanisms: [Mechanism; 3],
}

#[derive(Serialize)]
struct Mechanism {
    name: &'static str,
    age_seconds: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks_behind: Option<i64>,
}

#[derive(Serialize)]
struct Ingestion {
    cursors: u32,
    network: &'static str,
    chain_id: u32,
    max_synced_block: i64,
    min_synced_block: i64,
    most_lagged: Lag,
    lagging: [Lag; 5],
}

#[derive(Clone, Copy, Serialize)]
struct Lag {
    source: &'static str,
    block: i64,
    behind_max: i64,
}

impl Status {
    fn at(now_s: i64) -> Self {
        let computed_s = now_s.div_euclid(SNAPSHOT_EVERY_S) * SNAPSHOT_EVERY_S;
        let mut dice = Noise::of(computed_s.unsigned_abs()).dice();
        let feed_s = i64::try_from(dice.whole(2, 6)).unwrap_or(2);
        let tip = block(computed_s);
        let lag = |source| Lag { source, block: tip - 1, behind_max: 1 };
        let aged =
            |name, age_seconds, blocks_behind| Mechanism { name, age_seconds, blocks_behind };
        Self {
            computed_at: iso(computed_s),
            age_seconds: now_s - computed_s,
            serving: Serving {
                lag_seconds: feed_s,
                worst: "activity_feed",
                mechanisms: [
                    aged("activity_feed", feed_s, None),
                    aged("custody_balances", 0, Some(833)),
                    aged("pnl", 1, Some(1)),
                ],
            },
            ingestion: Ingestion {
                cursors: STREAMS,
                network: "polygon",
                chain_id: 137,
                max_synced_block: tip,
                min_synced_block: tip - 1,
                most_lagged: lag(SLOWEST[0]),
                lagging: SLOWEST.map(lag),
            },
        }
    }
}

pub(crate) async fn get(State(app): State<App>) -> Answer {
    let data = ask(&app, |world| Ok(Status::at(seconds(world.now_ms())))).await?;
    Ok(cached(0, Envelope { data }))
}
