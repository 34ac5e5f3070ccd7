//! Faults on demand: what real clients met, switched on by a test or by `POST /lab/faults`.

mod drift;
mod feed;
mod frame;
mod ghost;
mod inject;
mod kind;
mod list;
mod page;
mod repeat;
mod request;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

pub(crate) use frame::FrameFate;
pub(crate) use ghost::ghost_levels;
pub(crate) use inject::{PageFault, inject, rate_limit_page};
pub use kind::FaultKind;
pub(crate) use kind::Occasion;
pub(crate) use page::spoil_rows;
use repeat::Pages;

use crate::bad_rows::bad_rows;
use crate::noise::{Noise, unit};

/// A fault and when it strikes: at requests whose path starts with `path_prefix`, after the first
/// `after` of them, then every `every`-th, with `probability`, at most `times` times. What strikes
/// sockets counts their messages instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Start of the request path, e.g. `/gamma/events/keyset`.
    #[serde(default = "whole_gamma")]
    pub path_prefix: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// Strikes at most so often; without end when absent.
    #[serde(default)]
    pub times: Option<u64>,
    /// Strikes at every so-many-th request; 1 = each.
    #[serde(default = "one")]
    pub every: u64,
    /// Lets so many requests pass first.
    #[serde(default)]
    pub after: u64,
    /// Chance to strike when due, 0 to 1.
    #[serde(default = "certain")]
    pub probability: f64,
    /// Seed of that chance.
    #[serde(default)]
    pub seed: u64,
}

fn whole_gamma() -> String {
    "/gamma".to_owned()
}

fn one() -> u64 {
    1
}

fn certain() -> f64 {
    1.0
}

impl Fault {
    /// A fault at every request under `path_prefix`, without end.
    pub fn on(path_prefix: &str, kind: FaultKind) -> Self {
        Self {
            path_prefix: path_prefix.to_owned(),
            kind,
            times: None,
            every: one(),
            after: 0,
            probability: certain(),
            seed: 0,
        }
    }

    /// At most `times` strikes.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Only every `every`-th request.
    #[must_use]
    pub fn every(mut self, every: u64) -> Self {
        self.every = every;
        self
    }

    /// Not at the first `after` requests.
    #[must_use]
    pub fn after(mut self, after: u64) -> Self {
        self.after = after;
        self
    }

    /// With a chance, repeatable by seed.
    #[must_use]
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = probability;
        self.seed = seed;
        self
    }

    fn check(&self) -> Result<(), InvalidFault> {
        if !self.path_prefix.starts_with('/') {
            return Err(InvalidFault::PathPrefix(self.path_prefix.clone()));
        }
        if self.every == 0 {
            return Err(InvalidFault::Every);
        }
        if !(0.0..=1.0).contains(&self.probability) {
            return Err(InvalidFault::Probability(self.probability));
        }
        if !self.kind.haunts_under(&self.path_prefix) {
            let path_prefix = self.path_prefix.clone();
            return Err(InvalidFault::Elsewhere { path_prefix, places: self.kind.haunts() });
        }
        match &self.kind {
            FaultKind::ResolutionFlip => Err(InvalidFault::ActsOnWorld),
            FaultKind::WrapAroundOffset { rows: 0 } => Err(InvalidFault::WrapRows),
            FaultKind::BadRow { row } if !bad_rows().iter().any(|known| known.name == row) => {
                Err(InvalidFault::UnknownRow(row.clone()))
            }
            FaultKind::SlowBody { chunk_bytes: 0, .. } => Err(InvalidFault::ChunkBytes),
            &FaultKind::ClosedSocket { code } if !kind::may_be_sent(code) => {
                Err(InvalidFault::CloseCode(code))
            }
            _ => Ok(()),
        }
    }
}

/// Why a fault cannot be switched on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidFault {
    /// The path prefix is not a path.
    #[error("path_prefix: must start with \"/\", such as \"/gamma/markets\", got {0:?}")]
    PathPrefix(String),
    /// Every zeroth request.
    #[error("every: must be at least 1")]
    Every,
    /// Not a probability.
    #[error("probability: must be between 0 and 1, got {0}")]
    Probability(f64),
    /// No such bad row.
    #[error("row: no bad row is called {0:?}; GET /lab/bad-rows lists them")]
    UnknownRow(String),
    /// The kind never strikes there.
    #[error("path_prefix: this kind strikes under {places:?} only, got {path_prefix:?}")]
    Elsewhere {
        /// Where it was to strike.
        path_prefix: String,
        /// Where it can.
        places: &'static [&'static str],
    },
    /// The kind has nothing to do with requests.
    #[error("kind: resolution_flip acts on the world; use Lab::inject")]
    ActsOnWorld,
    /// The world has nothing that the kind could strike.
    #[error("kind: there is no resolved market that nobody has redeemed")]
    NothingToFlip,
    /// An offset that wraps around at nothing.
    #[error("rows: must be at least 1")]
    WrapRows,
    /// A body in chunks of nothing.
    #[error("chunk_bytes: must be at least 1")]
    ChunkBytes,
    /// A code that no closing frame may have.
    #[error("code: must be one that a closing frame may have, such as 1001 or 4003, got {0}")]
    CloseCode(u16),
}

/// A fault that is switched on, with its tally.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActiveFault {
    /// Number given when it was switched on.
    pub id: u64,
    /// The fault.
    pub fault: Fault,
    /// Requests or messages under its path since then.
    pub requests: u64,
    /// How often it struck.
    pub strikes: u64,
}

impl ActiveFault {
    /// Whether it counts what happens at `path`.
    fn concerns(&self, path: &str, occasion: Occasion) -> bool {
        path.starts_with(&self.fault.path_prefix) && self.fault.kind.strikes_on(occasion)
    }

    /// Counts a request and says whether the fault strikes it.
    fn strikes_next(&mut self) -> bool {
        self.requests += 1;
        let fault = &self.fault;
        let Some(past_start) = self.requests.checked_sub(fault.after + 1) else { return false };
        let due = past_start % fault.every == 0;
        let spent = fault.times.is_some_and(|times| self.strikes >= times);
        let lucky = unit(Noise::of(fault.seed).with(self.requests).bits()) < fault.probability;
        let strikes = due && !spent && lucky;
        self.strikes += u64::from(strikes);
        strikes
    }
}

/// The faults of a lab. Where several could strike, the one switched on first does.
#[derive(Debug, Default)]
pub struct Faults {
    state: Mutex<State>,
    /// What [`FaultKind::RepeatedPage`] repeats.
    pages: Pages,
}

#[derive(Debug, Default)]
struct State {
    last_id: u64,
    active: Vec<ActiveFault>,
}

impl Faults {
    /// Switches a fault on and returns its number.
    pub fn inject(&self, fault: Fault) -> Result<u64, InvalidFault> {
        fault.check()?;
        let mut state = self.lock();
        state.last_id += 1;
        let id = state.last_id;
        state.active.push(ActiveFault { id, fault, requests: 0, strikes: 0 });
        Ok(id)
    }

    /// Notes a fault that has struck already.
    pub(crate) fn note(&self, fault: Fault) -> u64 {
        let mut state = self.lock();
        state.last_id += 1;
        let id = state.last_id;
        state.active.push(ActiveFault { id, fault: fault.times(1), requests: 1, strikes: 1 });
        id
    }

    /// Switches every fault off.
    pub fn clear(&self) {
        self.lock().active.clear();
        self.pages.forget();
    }

    /// The faults that are on, with their tallies.
    pub fn active(&self) -> Vec<ActiveFault> {
        self.lock().active.clone()
    }

    /// The fault that strikes what happens at `path`, if any.
    pub(crate) fn next(&self, path: &str, occasion: Occasion) -> Option<FaultKind> {
        let mut state = self.lock();
        let mut struck = None;
        for fault in &mut state.active {
            if struck.is_none() && fault.concerns(path, occasion) && fault.strikes_next() {
                struck = Some(fault.fault.kind.clone());
            }
        }
        struck
    }

    /// Whether pages of `path` may have to be repeated.
    fn repeats(&self, path: &str) -> bool {
        let repeats = |active: &ActiveFault| {
            active.fault.kind == FaultKind::RepeatedPage && active.concerns(path, Occasion::Request)
        };
        self.lock().active.iter().any(repeats)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is valid after every statement, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strikes(fault: Fault, requests: usize) -> Vec<usize> {
        let faults = Faults::default();
        faults.inject(fault).unwrap();
        (1..=requests)
            .filter(|_| faults.next("/gamma/markets", Occasion::Request).is_some())
            .collect()
    }

    #[test]
    fn strikes_when_due() {
        let fault = || Fault::on("/gamma", FaultKind::ServerError);
        assert_eq!(strikes(fault(), 3), [1, 2, 3]);
        assert_eq!(strikes(fault().times(2), 5), [1, 2]);
        assert_eq!(strikes(fault().every(3).after(1), 9), [2, 5, 8]);
        assert_eq!(strikes(Fault::on("/clob", FaultKind::ServerError), 3), Vec::<usize>::new());
    }

    #[test]
    fn chance_repeats_by_seed() {
        let fault = |seed| Fault::on("/gamma", FaultKind::EmptyBody).with_probability(0.5, seed);
        assert_eq!(strikes(fault(7), 64), strikes(fault(7), 64));
        assert_ne!(strikes(fault(7), 64), strikes(fault(8), 64));
        let share = strikes(fault(7), 1000).len();
        assert!((400..600).contains(&share), "{share} of 1000 at one half");
    }

    #[test]
    fn wrong_settings_are_named() {
        let faults = Faults::default();
        let wrong = [
            Fault::on("gamma", FaultKind::NullBody),
            Fault::on("/gamma", FaultKind::NullBody).every(0),
            Fault::on("/gamma", FaultKind::NullBody).with_probability(1.5, 0),
            Fault::on("/gamma", FaultKind::BadRow { row: "nothing".to_owned() }),
            Fault::on("/gamma", FaultKind::SlowBody { chunk_bytes: 0, pause_ms: 1 }),
            Fault::on("/data", FaultKind::WrapAroundOffset { rows: 0 }),
            Fault::on("/gamma", FaultKind::DroppedDelta),
            Fault::on("/gamma", FaultKind::ResolutionFlip),
        ];
        for fault in wrong {
            assert!(faults.inject(fault.clone()).is_err(), "{fault:?} was taken");
        }
        assert!(faults.active().is_empty());
    }

    #[test]
    fn reads_from_json() {
        let fault: Fault = serde_json::from_str(
            r#"{"path_prefix":"/gamma/events","kind":{"too_many_requests":{"retry_after_s":2}},"times":3}"#,
        )
        .unwrap();
        let kind = FaultKind::TooManyRequests { retry_after_s: 2 };
        assert_eq!(fault, Fault::on("/gamma/events", kind).times(3));
        let plain: Fault = serde_json::from_str(r#"{"kind":"half_garbage"}"#).unwrap();
        assert_eq!(plain, Fault::on("/gamma", FaultKind::HalfGarbage));
    }
}
