//! Rate limits as the real hosts are documented to have them: a request above the limit is first made
//! to wait, and when many wait already it is refused.
//!
//! Windows are of real time, as they are for the client that is to keep to them, also where the
//! world's clock stands still.

mod control;
mod table;
mod window;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;

pub(crate) use control::{report, set};
use table::{BUCKETS, buckets_of};
use window::Window;

use crate::faults::rate_limit_page;
use crate::noise::Noise;
use crate::server::App;

/// So many requests may wait for each that may start in a window: one in twenty.
const ONE_WAITS_IN: usize = 20;

/// Every so-many-th refusal is a page of HTML.
const REFUSALS_PER_PAGE: u64 = 8;

/// How strict a lab is. In JSON `"off"` or `{"factor": 0.5}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// Nobody waits, nobody is refused.
    Off,
    /// The documented limits times this; at least one request in ten seconds.
    Factor(f64),
}

/// A factor that no limit can be multiplied by.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("factor: must be above 0, got {0}")]
pub struct InvalidFactor(f64);

/// The rate limits of a lab: as documented, unless told otherwise.
#[derive(Debug)]
pub struct Limits {
    state: Mutex<Ledger>,
    /// Tells those who wait that the rules have changed.
    changed: watch::Sender<()>,
}

#[derive(Debug)]
struct Ledger {
    enforcement: Enforcement,
    /// Beside [`BUCKETS`].
    counters: Vec<Counter>,
    refusals: u64,
}

#[derive(Clone, Debug, Default)]
struct Counter {
    window: Window,
    /// Requests that went on, at once or later.
    passed: u64,
    /// Those of them that had to wait.
    delayed: u64,
    refused: u64,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admission {
    Now,
    At(Instant),
    Refused {
        /// After which there is room again.
        wait: Duration,
        /// Refusals so far, this one included.
        number: u64,
    },
}

impl Default for Limits {
    fn default() -> Self {
        let state = Ledger {
            enforcement: Enforcement::Factor(1.0),
            counters: vec![Counter::default(); BUCKETS.len()],
            refusals: 0,
        };
        Self { state: Mutex::new(state), changed: watch::channel(()).0 }
    }
}

impl Limits {
    /// How strict the lab is.
    pub fn enforcement(&self) -> Enforcement {
        self.lock().enforcement
    }

    /// Changes how strict the lab is. Windows begin anew, and who waits goes on.
    ///
    /// # Errors
    /// When the factor is not a positive number.
    pub fn set(&self, enforcement: Enforcement) -> Result<(), InvalidFactor> {
        if let Enforcement::Factor(factor) = enforcement
            && !(factor.is_finite() && factor > 0.0)
        {
            return Err(InvalidFactor(factor));
        }
        let mut ledger = self.lock();
        ledger.enforcement = enforcement;
        for counter in &mut ledger.counters {
            counter.window.clear();
        }
        drop(ledger);
        self.changed.send_replace(());
        Ok(())
    }

    fn admit(&self, path: &str, now: Instant) -> Admission {
        self.lock().admit(path, now)
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        // Valid after every statement, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn admit(&mut self, path: &str, now: Instant) -> Admission {
        let Enforcement::Factor(factor) = self.enforcement else { return Admission::Now };
        let places = buckets_of(path);
        // The bucket that lets it start last decides.
        let mut decisive = None;
        for &place in &places {
            let window = &mut self.counters[place].window;
            window.slide(now);
            let start = window.earliest(now, capacity(place, factor));
            decisive = decisive.max(Some((start, place)));
        }
        let Some((start, place)) = decisive else { return Admission::Now };
        let queue = (capacity(place, factor) / ONE_WAITS_IN).max(1);
        if start > now && self.counters[place].window.waiting(now) >= queue {
            self.counters[place].refused += 1;
            self.refusals += 1;
            return Admission::Refused { wait: start - now, number: self.refusals };
        }
        for place in places {
            let counter = &mut self.counters[place];
            counter.window.reserve(start);
            counter.passed += 1;
        }
        if start == now {
            return Admission::Now;
        }
        self.counters[place].delayed += 1;
        Admission::At(start)
    }
}

/// Requests that may start in a window.
fn capacity(place: usize, factor: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "factors are positive, and a capacity beyond the range is as good as none"
    )]
    let capacity = (f64::from(BUCKETS[place].limit) * factor) as usize;
    capacity.max(1)
}

/// Lets a request pass, makes it wait or refuses it.
pub(crate) async fn enforce(State(app): State<App>, request: Request, next: Next) -> Response {
    let limits = app.lab.limits();
    // Before it is admitted, so that no change is missed.
    let mut changed = limits.changed.subscribe();
    let path = request.uri().path();
    match limits.admit(path, Instant::now()) {
        Admission::Now => {}
        Admission::At(start) => {
            tracing::debug!(path, "A request waits for its turn.");
            tokio::select! {
                () = tokio::time::sleep_until(start) => {}
                _ = changed.changed() => {}
                () = app.shutdown.cancelled() => {}
            }
        }
        Admission::Refused { wait, number } => {
            tracing::debug!(path, "A request is refused: too many.");
            return refusal(path, wait, number);
        }
    }
    next.run(request).await
}

/// 429, as the host words it, or now and then as Cloudflare does.
fn refusal(path: &str, wait: Duration, number: u64) -> Response {
    let mut response = if number.is_multiple_of(REFUSALS_PER_PAGE) {
        rate_limit_page(StatusCode::TOO_MANY_REQUESTS)
    } else {
        let body = if path.starts_with("/data/v2") {
            let trace_id = Noise::of(number).with(0x0034_3239);
            json!({
                "error": "rate limit exceeded",
                "code": "rate_limited",
                "retryable": true,
                "trace_id": format!("{:016x}{:016x}", trace_id.bits(), trace_id.with(1).bits()),
            })
        } else {
            json!({ "error": "rate limit exceeded" })
        };
        (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response()
    };
    // Whole seconds, rounded up: who comes back then finds room.
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKETS: &str = "/gamma/markets/keyset";

    fn limits(factor: f64) -> Limits {
        let limits = Limits::default();
        limits.set(Enforcement::Factor(factor)).unwrap();
        limits
    }

    #[test]
    fn what_is_too_much_waits_and_what_is_far_too_much_is_refused() {
        let limits = limits(1.0);
        let now = Instant::now();
        let admissions: Vec<_> = (0..320).map(|_| limits.admit(MARKETS, now)).collect();
        assert!(admissions[..300].iter().all(|&admission| admission == Admission::Now));
        // 15 wait for their turn ten seconds later.
        let later = Admission::At(now + window::WINDOW);
        assert!(admissions[300..315].iter().all(|&admission| admission == later));
        let refused = |number| Admission::Refused { wait: window::WINDOW, number };
        assert_eq!(admissions[315..], [1, 2, 3, 4, 5].map(refused));
        // Others are not concerned, but for the bucket that both share.
        assert_eq!(limits.admit("/gamma/events", now), Admission::Now);
        assert_eq!(limits.admit(MARKETS, now + window::WINDOW), Admission::Now);
    }

    #[test]
    fn a_host_limits_the_sum_of_its_routes() {
        let limits = limits(0.1);
        let now = Instant::now();
        let admitted =
            |path: &str| (0..40).filter(|_| limits.admit(path, now) == Admission::Now).count();
        assert_eq!(admitted("/data/v2/activity"), 40);
        assert_eq!(admitted("/data/v2/holders"), 40);
        assert_eq!(admitted("/data/v2/user-pnl"), 20, "100 in all");
        assert_eq!(admitted("/gamma/tags"), 20, "another host");
    }

    #[test]
    fn nothing_is_limited_when_off() {
        let limits = Limits::default();
        limits.set(Enforcement::Off).unwrap();
        let now = Instant::now();
        assert!((0..20_000).all(|_| limits.admit(MARKETS, now) == Admission::Now));
    }

    #[test]
    fn factors_are_positive_numbers() {
        let limits = Limits::default();
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(limits.set(Enforcement::Factor(factor)).is_err(), "{factor} was taken");
        }
        assert_eq!(limits.enforcement(), Enforcement::Factor(1.0));
        assert_eq!(capacity(0, 1e-9), 1, "one is always let through");
    }

    #[test]
    fn every_eighth_refusal_is_a_page() {
        let kinds = (1..=16).map(|number| {
            let response = refusal("/data/v2/trades", Duration::from_millis(2_100), number);
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(response.headers()[header::RETRY_AFTER], "3");
            response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html")
        });
        let pages: Vec<usize> =
            (1..).zip(kinds).filter(|(_, is_page)| *is_page).map(|(number, _)| number).collect();
        assert_eq!(pages, [8, 16]);
    }
}
