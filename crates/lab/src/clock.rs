//! The lab's clock: a live world is kept at the wall clock, any other stands still until it is told to
//! go on.

use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Json, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::gamma::Problem;
use crate::server::{App, Lab, Source};

/// How often a live world looks at the wall clock.
const PERIOD: Duration = Duration::from_millis(100);

/// A jump is lived in parts of this length, so that those who listen can keep up.
const PART: TimeDelta = TimeDelta::minutes(1);

/// Where to move the clock.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Move {
    /// Forward by so many milliseconds.
    AdvanceMs(u32),
    /// To that moment.
    To(DateTime<Utc>),
}

/// Keeps a live world at the wall clock until `shutdown`.
pub(crate) async fn keep(lab: Lab, shutdown: CancellationToken) {
    if !lab.is_live() {
        return;
    }
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        if live_to(&lab, Utc::now()).await.is_err() {
            tracing::error!("The world could not be advanced.");
        }
    }
}

/// `GET /lab/clock`.
pub(crate) async fn read(State(app): State<App>) -> Json<Value> {
    Json(describe(&app.lab))
}

/// `POST /lab/clock`: answers when everything that happened on the way has been told on the sockets.
pub(crate) async fn set(
    State(app): State<App>,
    wanted: Result<Json<Move>, JsonRejection>,
) -> Result<Response, Problem> {
    let Some(mut now) = app.lab.with_world(|world| world.now()).filter(|_| !app.lab.is_live())
    else {
        let error = "only the clock of a world that is not live can be moved";
        return Ok((StatusCode::CONFLICT, Json(json!({ "error": error }))).into_response());
    };
    let Json(wanted) = wanted.map_err(|rejection| Problem::Invalid(rejection.body_text()))?;
    let to = match wanted {
        Move::AdvanceMs(by) => now.checked_add_signed(TimeDelta::milliseconds(by.into())),
        Move::To(to) => Some(to).filter(|&to| to >= now),
    };
    let to = to.ok_or_else(|| {
        Problem::Invalid(format!("the clock is at {now:?}; it goes forward only"))
    })?;
    while now < to {
        now = to.min(now + PART);
        live_to(&app.lab, now).await?;
        app.lab.desk().wait_for_readers().await;
    }
    Ok(Json(describe(&app.lab)).into_response())
}

async fn live_to(lab: &Lab, to: DateTime<Utc>) -> Result<(), Problem> {
    let lab = lab.clone();
    let step = tokio::task::spawn_blocking(move || lab.with_world(|world| world.advance(to)));
    step.await.map(|_| ()).map_err(|_| Problem::Broken("the world broke; see the lab's log"))
}

fn describe(lab: &Lab) -> Value {
    let mode = match lab.source() {
        Source::Replay(_) => "replay",
        Source::World { live: true, .. } => "live",
        Source::World { live: false, .. } => "stepped",
    };
    let world = lab.with_world(|world| (world.now(), world.activity()));
    let (now, activity) = world.unzip();
    json!({ "now": now, "mode": mode, "activity": activity })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_says_one_thing() {
        let read = |text: &str| serde_json::from_str::<Move>(text).ok();
        assert_eq!(read(r#"{"advance_ms":1500}"#), Some(Move::AdvanceMs(1_500)));
        let to = DateTime::from_timestamp(1_795_392_000, 0).unwrap();
        assert_eq!(read(r#"{"to":"2026-11-23T01:00:00+01:00"}"#), Some(Move::To(to)));
        for wrong in
            ["{}", r#"{"advance_ms":-1}"#, r#"{"advance_ms":1,"to":"2026-11-23T00:00:00Z"}"#]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
