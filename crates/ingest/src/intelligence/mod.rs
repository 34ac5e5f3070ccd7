//! Whales, smart money, insiders, signals: what follows from the books of all wallets and from the tape.
//!
//! * [`audit`] holds scores to the errors they may make.
//! * [`scoring`] scores wallets: one after its import, all of them every few minutes.
//! * [`clusters`] finds wallets that seem to have one owner.
//! * [`consensus`] says where smart money stands in each market.
//! * [`tape`] makes flows by class, and notes trades that are large for their market.
//! * [`holders`] reads who holds what, and says how concentrated that is.
//! * [`wash`] measures what looks like trade with oneself.
//! * [`evidence`] says who traded as if they knew, in three layers.
//! * [`signals`] publishes what is strong enough, and settles it.
//!
//! [`IntelligenceService`] runs them all in one process at a time.

pub mod audit;
pub mod clusters;
pub mod consensus;
pub mod evidence;
pub mod holders;
pub(crate) mod kept;
pub mod scoring;
mod service;
pub mod signals;
pub mod tape;
mod trail;
pub mod wash;

pub use scoring::rescore_wallet;
pub use service::{IntelligenceOptions, IntelligenceService, Job, JobError, Sources};
