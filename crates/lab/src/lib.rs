//! A Polymarket on localhost: the read APIs of the real hosts, served from recordings or from a
//! generated world, with faults on demand.
//!
//! * [`Replay::load`] reads a directory of recorded Gamma responses into a [`Catalogue`]; rows are
//!   served byte for byte as they were recorded.
//! * [`World::generate`] makes a seeded world of simulated events and markets; [`World::advance`]
//!   moves it.
//! * [`serve`] answers the real paths under one prefix per upstream host (`/gamma`), plus the lab's
//!   own control routes under `/lab`.
//! * [`Lab::faults`] switches on what goes wrong at the real host, [`Lab::limits`] how many requests
//!   it lets through.
//!
//! The crate shares no type with the product on purpose: it is the other side of the wire, and a
//! mistake in a shared type would hide on both sides at once.

mod bad_rows;
mod catalogue;
mod cdn;
mod clob;
mod clock;
mod control;
mod data;
mod decimal;
mod exchange;
mod faults;
mod gamma;
mod json;
mod limits;
mod noise;
mod replay;
mod server;
mod sockets;
mod truth;
mod world;

pub use bad_rows::{BadRow, Entity, bad_rows};
pub use catalogue::Catalogue;
pub use faults::{ActiveFault, Fault, FaultKind, Faults, InvalidFault};
pub use limits::{Enforcement, InvalidFactor, Limits};
pub use replay::{LoadError, Replay};
pub use server::{Lab, serve};
pub use world::{PricePoint, World, WorldOptions};
