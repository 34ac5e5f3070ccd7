//! What happens, as it happens, for those who listen.

use std::collections::BTreeSet;

use super::book::{Book, Half};
use super::units::{MarketIx, MatchIx, Millis, Outcome, Pips, Shares};

/// The new total at one price of the first outcome; 0 when the level is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LevelChange {
    pub(crate) half: Half,
    pub(crate) price: Pips,
    pub(crate) shares: Shares,
}

/// Best bid and best ask of the first outcome.
pub(crate) type BestPrices = (Option<Pips>, Option<Pips>);

/// Something that listeners are told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum News {
    /// A market was listed.
    Opened {
        at_ms: Millis,
        market: MarketIx,
    },
    /// Levels changed; best prices of the first outcome after it.
    Levels {
        at_ms: Millis,
        market: MarketIx,
        changes: Vec<LevelChange>,
        best_bid: Option<Pips>,
        best_ask: Option<Pips>,
        /// Best prices of the first outcome as last reported.
        was: BestPrices,
    },
    /// Shares were traded.
    Matched {
        at_ms: Millis,
        market: MarketIx,
        matched: MatchIx,
    },
    Tick {
        at_ms: Millis,
        market: MarketIx,
        old: Pips,
        new: Pips,
    },
    Resolved {
        at_ms: Millis,
        market: MarketIx,
    },
}

/// Collects news while somebody wants them.
#[derive(Debug, Default)]
pub(crate) struct Newsroom {
    on: bool,
    news: Vec<News>,
    /// Levels that changed since the last report.
    touched: BTreeSet<(MarketIx, Half, Pips)>,
    /// Best prices as last reported, by market.
    best: Vec<BestPrices>,
}

impl Newsroom {
    /// Listens from now on; `best` are the best prices by market. Has no effect when on.
    pub(crate) fn switch_on(&mut self, best: Vec<BestPrices>) {
        if !self.on {
            self.on = true;
            self.best = best;
        }
    }

    /// Stops listening and forgets what nobody has taken.
    pub(crate) fn switch_off(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn report(&mut self, news: News) {
        if self.on {
            self.news.push(news);
        }
    }

    pub(crate) fn touch(
        &mut self,
        market: MarketIx,
        levels: impl IntoIterator<Item = (Half, Pips)>,
    ) {
        if self.on {
            self.touched.extend(levels.into_iter().map(|(half, price)| (market, half, price)));
        }
    }

    pub(crate) fn publish(&mut self, at_ms: Millis, market: MarketIx, book: &Book) {
        if !self.on {
            return;
        }
        let from = (market, Half::Bids, Pips::MIN);
        let to = (market, Half::Asks, Pips::MAX);
        let touched: Vec<_> = self.touched.range(from..=to).copied().collect();
        if touched.is_empty() {
            return;
        }
        let changes = touched.iter().map(|level| {
            self.touched.remove(level);
            let &(_, half, price) = level;
            LevelChange { half, price, shares: book.total_at(half, price) }
        });
        let changes = changes.collect();
        let (best_bid, best_ask) = best_prices(book);
        if self.best.len() <= market.index() {
            self.best.resize(market.index() + 1, (None, None));
        }
        let was = std::mem::replace(&mut self.best[market.index()], (best_bid, best_ask));
        self.news.push(News::Levels { at_ms, market, changes, best_bid, best_ask, was });
    }

    pub(crate) fn take(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }
}

pub(crate) fn best_prices(book: &Book) -> BestPrices {
    (book.best_bid(Outcome::First), book.best_ask(Outcome::First))
}
