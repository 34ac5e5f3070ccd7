//! The service that keeps the books of a process.

use std::time::Duration;

use domain::TokenId;
use polymarket::Endpoints;
use polymarket::clob::ClobClient;
use polymarket::ws::ChannelSetUpError;
use polymarket::ws::market::{MarketChannel, MarketEvent, MarketHandle, MarketOptions};
use store::Database;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::LiveBooks;
use super::choose::Chooser;
use super::work::Work;

/// What is followed, and how carefully.
#[derive(Debug, Clone)]
pub struct LiveOptions {
    /// Markets followed because they trade most, at most; those somebody watches come first.
    pub busiest: u32,
    /// How often the choice is made anew.
    pub choose_every: Duration,
    /// How often some books of each connection are compared with a request.
    pub canary_every: Duration,
    /// How often every book is fetched.
    pub refetch_every: Duration,
    /// How the connections behave.
    pub channel: MarketOptions,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            busiest: 1_000,
            choose_every: Duration::from_secs(30),
            canary_every: Duration::from_mins(1),
            refetch_every: Duration::from_mins(5),
            channel: MarketOptions::default(),
        }
    }
}

/// Keeps the books of a process.
#[derive(Debug)]
pub struct LiveService {
    books: LiveBooks,
    database: Database,
    clob: ClobClient,
    options: LiveOptions,
    channel: MarketChannel,
    handle: MarketHandle,
    events: mpsc::Receiver<MarketEvent>,
    resolved: mpsc::Sender<TokenId>,
}

impl LiveService {
    /// Prepares the service. The receiver tells a token of each market that was announced as resolved.
    pub fn new(
        database: Database,
        clob: ClobClient,
        endpoints: &Endpoints,
        options: LiveOptions,
    ) -> Result<(Self, mpsc::Receiver<TokenId>), ChannelSetUpError> {
        let (channel, handle, events) = MarketChannel::new(endpoints, options.channel.clone())?;
        let (resolved, announcements) = mpsc::channel(1_000);
        let books = LiveBooks::default();
        let service = Self { books, database, clob, options, channel, handle, events, resolved };
        Ok((service, announcements))
    }

    /// The books.
    pub fn books(&self) -> LiveBooks {
        self.books.clone()
    }

    /// Runs until cancelled.
    pub async fn run(self, cancel: CancellationToken) {
        let Self { books, database, clob, options, channel, handle, events, resolved } = self;
        let chooser = Chooser::new(books.clone(), database, options.busiest);
        let mut work = Work::new(chooser, books, clob, handle, resolved);
        let connections = channel.run(cancel.clone());
        tokio::join!(connections, work.run(events, &options, &cancel));
    }
}
