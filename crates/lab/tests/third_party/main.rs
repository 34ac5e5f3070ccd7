//! A client of Polymarket that nobody here wrote works against the lab as it comes: it pages the
//! catalogue to its end, reads wallets and trades, and keeps books from the socket.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "tests fail by panicking, and the modules of a test binary are its own"
)]

#[path = "../support/mod.rs"]
mod support;

mod books;
mod catalogue;
mod wallets;

use futures_util::TryStreamExt;
use lab::Lab;
use marcasite::{Paginated, Polymarket};
use support::{Running, small_world};

/// A lab, and the client pointed at it.
pub struct Session {
    pub running: Running,
    pub polymarket: Polymarket,
}

impl Session {
    pub async fn start(seed: u64) -> Self {
        let running = Running::start(Lab::world(small_world(seed))).await;
        let polymarket = Polymarket::builder()
            .gamma_base_url(running.url("/gamma"))
            .clob_base_url(running.url("/clob"))
            .data_base_url(running.url("/data"))
            .build()
            .unwrap();
        Self { running, polymarket }
    }

    /// How often a route of the lab was asked.
    pub fn requests(&self, route: &str) -> u64 {
        self.running.lab.requests().get(route).copied().unwrap_or(0)
    }
}

/// Every item of every page.
pub async fn every<T>(pages: Paginated<T>) -> Vec<T> {
    pages.try_collect().await.unwrap()
}
