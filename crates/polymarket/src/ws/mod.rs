//! Upstream's sockets: the CLOB's market channel and the trades of RTDS.
//!
//! Each is a service that is spawned once and keeps its connections for as long as it runs, a handle that
//! says what to watch, and a bounded queue of events. The promise to who reads the queue: between a
//! connection's `Connected` and its `Lost` nothing that arrived is left out. Whatever may have been missed
//! (a cut, a freeze, a queue that is full) ends the connection, so that its books begin anew.
//!
//! * [`market`] spreads tokens over connections, and reads books, changes and trades.
//! * [`activity`] reads who traded what.
//!
//! What upstream sends is read leniently, message by message: one that cannot be used is passed on as
//! unreadable with its text, and never ends a connection.

pub mod activity;
mod dial;
pub mod loss;
pub mod market;
pub mod options;
mod pace;
mod reading;
mod subject;
mod supervisor;
#[cfg(test)]
mod testing;
mod watchdog;

pub use dial::ChannelSetUpError;
pub use loss::LossCause;
pub use options::{Clock, ConnectionOptions};
pub use reading::{Decoded, Unknown, Unusable};
