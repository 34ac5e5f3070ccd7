//! One budget of requests for the whole process.
//!
//! Upstream limits per address and first *delays* what exceeds its windows; 429 comes later. So every
//! worker shares one [`Limits`], which stays at a fraction of the published figures and halves its pace
//! when answers become slow or are refused.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::Host;

/// The window of upstream's published figures.
const WINDOW: Duration = Duration::from_secs(10);
/// How long the pace stays halved after a sign of trouble.
const SLOW_PERIOD: Duration = Duration::from_secs(30);

/// One published limit: requests per [`WINDOW`] to a host's paths. A request counts against every rule
/// it falls under.
struct Rule {
    host: Host,
    /// Paths, each with everything below it; none means the whole host.
    paths: &'static [&'static str],
    per_window: u32,
}

const fn rule(host: Host, paths: &'static [&'static str], per_window: u32) -> Rule {
    Rule { host, paths, per_window }
}

const RULES: &[Rule] = &[
    rule(Host::Gamma, &[], 4_000),
    rule(Host::Gamma, &["/events"], 500),
    rule(Host::Gamma, &["/markets"], 300),
    rule(Host::Gamma, &["/events", "/markets"], 900),
    rule(Host::Gamma, &["/public-search"], 350),
    rule(Host::Gamma, &["/comments"], 200),
    rule(Host::Gamma, &["/tags"], 200),
    rule(Host::Gamma, &["/status"], 100),
    rule(Host::Clob, &[], 9_000),
    rule(Host::Clob, &["/book"], 1_500),
    rule(Host::Clob, &["/books"], 500),
    rule(Host::Clob, &["/price"], 1_500),
    rule(Host::Clob, &["/midpoint"], 1_500),
    rule(Host::Clob, &["/prices"], 500),
    rule(Host::Clob, &["/midpoints"], 500),
    rule(Host::Clob, &["/prices-history", "/batch-prices-history"], 1_000),
    rule(Host::Clob, &["/tick-size"], 200),
    rule(Host::Data, &[], 1_000),
    rule(Host::Data, &["/trades", "/v2/trades"], 200),
    rule(Host::Data, &["/positions", "/closed-positions"], 150),
    rule(Host::Data, &["/v2/positions"], 200),
    rule(Host::Data, &["/v2/activity", "/v2/user-pnl", "/v2/holders"], 400),
    rule(Host::UserPnl, &[], 200),
];

impl Rule {
    fn covers(&self, host: Host, path: &str) -> bool {
        let below = |prefix: &&str| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.host == host && (self.paths.is_empty() || self.paths.iter().any(below))
    }
}

/// Tokio's clock, so that paused time in tests pauses the buckets too.
#[derive(Debug, Clone, Copy)]
struct TokioClock {
    origin: Instant,
}

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }
}

type TokenBucket = RateLimiter<
    NotKeyed,
    InMemoryState,
    TokioClock,
    NoOpMiddleware<<TokioClock as Clock>::Instant>,
>;

/// The request budget shared by every worker of a process.
#[derive(Debug)]
pub struct Limits {
    clock: TokioClock,
    /// Aligned with [`RULES`]; empty when unlimited.
    buckets: Vec<TokenBucket>,
    in_flight: Semaphore,
    health: [Mutex<HostHealth>; Host::ALL.len()],
}

impl Limits {
    /// Share of the published figures used by default, in percent.
    pub const DEFAULT_PERCENT: u8 = 25;
    /// Requests in flight at once by default, over all hosts.
    pub const DEFAULT_IN_FLIGHT: usize = 8;

    /// Buckets at `percent` (1 to 100) of the published figures, and at most `in_flight` requests at
    /// once. Each bucket holds one second's worth, so bursts stay far inside upstream's ten-second
    /// windows.
    pub fn new(percent: u8, in_flight: usize) -> Self {
        let clock = TokioClock { origin: Instant::now() };
        let percent = u32::from(percent.clamp(1, 100));
        let bucket = |rule: &Rule| {
            let period = WINDOW * 100 / (rule.per_window * percent);
            let per_second = rule.per_window * percent / 1_000;
            let burst = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
            Quota::with_period(period)
                .map(|quota| RateLimiter::direct_with_clock(quota.allow_burst(burst), clock))
        };
        Self {
            clock,
            buckets: RULES.iter().filter_map(bucket).collect(),
            in_flight: Semaphore::new(in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            health: Default::default(),
        }
    }

    /// No limit at all: for benchmarks against a host of one's own.
    pub fn unlimited() -> Self {
        Self {
            clock: TokioClock { origin: Instant::now() },
            buckets: Vec::new(),
            in_flight: Semaphore::new(Semaphore::MAX_PERMITS),
            health: Default::default(),
        }
    }

    /// Waits until a request to `path` of `host` may be sent. The slot is free again when the guard is
    /// dropped. Cancelling the wait costs at most the tokens taken so far.
    pub(crate) async fn admit(&self, host: Host, path: &str) -> Slot<'_> {
        let tokens = if self.health(host, |health, now| health.is_slow(now)) { 2 } else { 1 };
        for _ in 0..tokens {
            self.take_tokens(host, path).await;
        }
        loop {
            self.await_cool_down(host).await;
            let slot = self.in_flight.acquire().await.ok();
            // The host may have refused somebody else while this one queued.
            if self.cooling_for(host).is_zero() {
                return Slot { _permit: slot };
            }
        }
    }

    async fn take_tokens(&self, host: Host, path: &str) {
        for (rule, bucket) in RULES.iter().zip(&self.buckets) {
            if !rule.covers(host, path) {
                continue;
            }
            while let Err(not_yet) = bucket.check() {
                tokio::time::sleep(not_yet.wait_time_from(self.clock.now())).await;
            }
        }
    }

    async fn await_cool_down(&self, host: Host) {
        loop {
            let wait = self.cooling_for(host);
            if wait.is_zero() {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn cooling_for(&self, host: Host) -> Duration {
        self.health(host, |health, now| {
            health.cool_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
        })
    }

    /// Sends nothing to `host` for `pause`, and goes at half pace for a while after it.
    pub(crate) fn cool_down(&self, host: Host, pause: Duration) {
        self.health(host, |health, now| {
            let until = health.cool_until.map_or(now + pause, |old| old.max(now + pause));
            health.cool_until = Some(until);
            health.slow_until = health.slow_until.max(Some(until.max(now) + SLOW_PERIOD));
        });
    }

    /// Takes note of how long a whole answer took.
    pub(crate) fn note_latency(&self, host: Host, latency: Duration) {
        self.health(host, |health, now| health.note_latency(latency, now));
    }

    fn health<T>(&self, host: Host, use_it: impl FnOnce(&mut HostHealth, Instant) -> T) -> T {
        let index = match host {
            Host::Gamma => 0,
            Host::Clob => 1,
            Host::Data => 2,
            Host::UserPnl => 3,
        };
        let mut health = self.health[index].lock().unwrap_or_else(PoisonError::into_inner);
        use_it(&mut health, Instant::now())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(Self::DEFAULT_PERCENT, Self::DEFAULT_IN_FLIGHT)
    }
}

/// The right to have one request in flight.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    _permit: Option<SemaphorePermit<'a>>,
}

/// What a host's answers say about how much it bears.
#[derive(Debug, Default)]
struct HostHealth {
    cool_until: Option<Instant>,
    slow_until: Option<Instant>,
    samples: u32,
    /// Moving averages of the latency in seconds, over some fifty and some three answers.
    usual_s: f64,
    recent_s: f64,
}

impl HostHealth {
    /// Before so many answers the usual latency is not known.
    const WARM_UP: u32 = 20;
    const GROWTH: f64 = 4.0;
    /// Growth below this is noise.
    const SLOW_S: f64 = 1.0;

    fn is_slow(&self, now: Instant) -> bool {
        self.slow_until.is_some_and(|until| until > now)
    }

    fn note_latency(&mut self, latency: Duration, now: Instant) {
        let seconds = latency.as_secs_f64();
        if self.samples == 0 {
            (self.usual_s, self.recent_s) = (seconds, seconds);
        }
        self.usual_s += (seconds - self.usual_s) * 0.02;
        self.recent_s += (seconds - self.recent_s) * 0.3;
        self.samples = self.samples.saturating_add(1);
        let grown = self.recent_s > Self::SLOW_S && self.recent_s > Self::GROWTH * self.usual_s;
        if self.samples > Self::WARM_UP && grown {
            self.slow_until = Some(now + SLOW_PERIOD);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits_of(host: Host, path: &str) -> Vec<u32> {
        RULES.iter().filter(|r| r.covers(host, path)).map(|r| r.per_window).collect()
    }

    #[test]
    fn a_request_counts_against_every_rule_it_falls_under() {
        assert_eq!(limits_of(Host::Gamma, "/events/keyset"), [4_000, 500, 900]);
        assert_eq!(limits_of(Host::Gamma, "/markets"), [4_000, 300, 900]);
        assert_eq!(limits_of(Host::Gamma, "/marketsx"), [4_000]);
        assert_eq!(limits_of(Host::Clob, "/prices"), [9_000, 500]);
        assert_eq!(limits_of(Host::Clob, "/prices-history"), [9_000, 1_000]);
        assert_eq!(limits_of(Host::Data, "/v2/trades"), [1_000, 200]);
        assert_eq!(limits_of(Host::Data, "/v2/positions"), [1_000, 200]);
        assert_eq!(limits_of(Host::Data, "/closed-positions"), [1_000, 150]);
        assert_eq!(limits_of(Host::UserPnl, "/user-pnl"), [200]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_default_pace_is_a_quarter_of_the_published_one() {
        let limits = Limits::default();
        let start = Instant::now();
        for _ in 0..75 {
            limits.admit(Host::Gamma, "/markets/keyset").await;
        }
        let seconds = start.elapsed().as_secs_f64();
        // 7.5 a second less the burst of 7.
        assert!((9.0..9.3).contains(&seconds), "{seconds}");
        let start = Instant::now();
        limits.admit(Host::Clob, "/book").await;
        assert!(start.elapsed().is_zero(), "another host has its own buckets");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_stops_the_host_and_then_halves_the_pace() {
        let limits = Limits::default();
        let start = Instant::now();
        limits.cool_down(Host::Gamma, Duration::from_secs(30));
        limits.cool_down(Host::Gamma, Duration::from_secs(5));
        limits.admit(Host::Gamma, "/tags").await;
        assert!(start.elapsed() >= Duration::from_secs(30), "the longer pause holds");
        let start = Instant::now();
        for _ in 0..50 {
            limits.admit(Host::Gamma, "/markets").await;
        }
        let seconds = start.elapsed().as_secs_f64();
        assert!((12.0..12.6).contains(&seconds), "two tokens each: {seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn growing_latency_halves_the_pace_for_a_while() {
        let limits = Limits::default();
        let slow = || limits.health(Host::Data, |health, now| health.is_slow(now));
        for _ in 0..40 {
            limits.note_latency(Host::Data, Duration::from_millis(200));
        }
        assert!(!slow());
        for _ in 0..4 {
            limits.note_latency(Host::Data, Duration::from_secs(4));
        }
        assert!(slow());
        tokio::time::advance(SLOW_PERIOD).await;
        assert!(!slow());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_given_number_are_in_flight() {
        let limits = Limits::new(100, 2);
        let first = limits.admit(Host::Gamma, "/tags").await;
        let _second = limits.admit(Host::Clob, "/book").await;
        let third = limits.admit(Host::Data, "/trades");
        tokio::pin!(third);
        assert!(tokio::time::timeout(Duration::from_mins(1), &mut third).await.is_err());
        drop(first);
        assert!(tokio::time::timeout(Duration::from_mins(1), third).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn unlimited_never_waits() {
        let limits = Limits::unlimited();
        let start = Instant::now();
        for _ in 0..10_000 {
            limits.admit(Host::Gamma, "/status").await;
        }
        assert!(start.elapsed().is_zero());
    }
}
