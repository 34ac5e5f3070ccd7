//! A Polymarket on localhost: the read APIs of the real hosts, served from recordings or from a generated world,
//! with faults on demand.
//!
//! * [`Replay::load`] reads a directory of recorded Gamma responses into a [`Catalogue`] and serves the rows
//!   byte for byte as they were recorded.
//! * [`World::generate`] makes a seeded world of simulated events and markets whose prices move.
//! * [`serve`] answers the real paths under one prefix per upstream host (`/gamma`), plus the lab's own control
//!   routes under `/lab`.
//!
//! The crate shares no type with the product on purpose: it is the other side of the wire, and a mistake in a
//! shared type would hide on both sides at once.

mod bad_rows;
mod catalogue;
mod control;
mod faults;
mod gamma;
mod json;
mod noise;
mod replay;
mod server;
mod world;

pub use bad_rows::{BadRow, Entity, bad_rows};
pub use catalogue::Catalogue;
pub use faults::{ActiveFault, Fault, FaultKind, Faults, InvalidFault};
pub use replay::{LoadError, Replay};
pub use server::{Lab, serve};
pub use world::{PricePoint, World, WorldOptions};

// The signatures, in one place:
//
//   Replay::load(dir: &Path) -> Result<Catalogue, LoadError>
//   Catalogue::{event_count, market_count, tag_count}(&self) -> usize
//
//   WorldOptions { seed: u64, markets: usize, now: DateTime<Utc> }   (WorldOptions::new(seed, now): 3000 markets)
//   World::generate(options: WorldOptions) -> World
//   World::advance(&mut self, to: DateTime<Utc>)          15 s ticks; earlier than now: no effect
//   World::now(&self) -> DateTime<Utc>
//   World::catalogue(&self) -> Catalogue                  wire rows as of now
//   World::history(&self, market_id: &str) -> Option<&[PricePoint]>
//
//   Lab::replay(catalogue) / Lab::world(world) (advanced by hand) / Lab::world_live(world) (advanced to the wall clock)
//   Lab::with_world(&self, |world: &mut World| …) -> Option<R>       None for a replay
//   Lab::faults(&self) -> &Faults ; Lab::requests(&self) -> BTreeMap<String, u64> (by route, e.g. "/gamma/events/keyset")
//   serve(listener: tokio::net::TcpListener, lab: Lab, shutdown: CancellationToken) -> io::Result<()>   (Lab: Clone)
//
//   Faults::inject(&self, Fault) -> Result<u64 /* id */, InvalidFault> ; Faults::clear(&self) ; Faults::active(&self)
//   Fault::on("/gamma/events/keyset", FaultKind::TooManyRequests { retry_after_s: 1 }).times(2).every(3).after(1)
