//! Bars: what a market's price did in a stretch of time, on outcome 0.
//!
//! A minute has a bar if there is something to make it of: trades, or quotes near enough to each other
//! that their middle is a price. Minutes without are gaps, and stay gaps in longer bars, in storage and
//! on charts. `cargo bench -p domain --bench bars` measures it.

mod interval;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, dec};

pub use interval::{Interval, UnknownInterval};

use crate::{Price, Shares, Usdc, tape::Print};

/// The widest spread whose middle is taken for a price: upstream's own rule for what it displays.
pub const WIDEST_QUOTED_SPREAD: Decimal = dec!(0.10);

/// What a bar was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BarSource {
    /// The mid of the book; nothing traded.
    Quotes,
    /// Trades.
    Trades,
    /// Upstream's price history: one price per bucket, so that open, high and low are inferred and the
    /// volume is unknown.
    History,
}

impl BarSource {
    /// Every source.
    pub const ALL: [Self; 3] = [Self::Quotes, Self::Trades, Self::History];

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Quotes => "quotes",
            Self::Trades => "trades",
            Self::History => "history",
        }
    }

    /// Not a record of what was seen within the bar, but inferred.
    pub fn is_synthetic(self) -> bool {
        self == Self::History
    }
}

/// What traded within a bar, each fill counted once, on the taker's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarVolume {
    /// Σ price × shares, each at the price of its own token; see [`Print::usdc`].
    pub usdc: Usdc,
    /// Σ shares of either outcome.
    pub shares: Shares,
    /// How many fills.
    pub trades: u32,
}

impl BarVolume {
    /// Nothing traded.
    pub const NONE: Self = Self { usdc: Usdc::ZERO, shares: Shares::ZERO, trades: 0 };
}

/// A stretch of a price's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Its beginning. It ends before the beginning of the next.
    pub at: DateTime<Utc>,
    /// The first price.
    pub open: Price,
    /// The highest.
    pub high: Price,
    /// The lowest.
    pub low: Price,
    /// The last.
    pub close: Price,
    /// `None` is unknown, not nothing.
    pub volume: Option<BarVolume>,
    /// The best bid at its end; of a minute of a market that is not streamed, when somebody looked within it.
    pub bid: Option<Price>,
    /// The best ask then.
    pub ask: Option<Price>,
    /// What it was made of.
    pub source: BarSource,
}

impl Bar {
    /// The bar of the other outcome of a market with two.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Self {
            open: self.open.complement(),
            high: self.low.complement(),
            low: self.high.complement(),
            close: self.close.complement(),
            bid: self.ask.map(Price::complement),
            ask: self.bid.map(Price::complement),
            ..self
        }
    }

    fn flat(at: DateTime<Utc>, price: Price, source: BarSource) -> Self {
        Self {
            at,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: None,
            bid: None,
            ask: None,
            source,
        }
    }
}

/// The best prices of outcome 0 at the end of a minute, or when somebody looked within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinuteQuote {
    /// The minute's beginning, or any instant within it.
    pub minute: DateTime<Utc>,
    /// The best bid; `None` where nobody bids.
    pub bid: Option<Price>,
    /// The best ask; `None` where nobody asks.
    pub ask: Option<Price>,
}

impl MinuteQuote {
    /// The middle, if it may pass for a price.
    fn mid(&self) -> Option<Price> {
        let (bid, ask) = (self.bid?.decimal(), self.ask?.decimal());
        let is_near = bid <= ask && ask - bid <= WIDEST_QUOTED_SPREAD;
        if is_near { Price::new((bid + ask) / Decimal::TWO).ok() } else { None }
    }
}

/// The bars of the minutes in which something traded or was quoted, in order of time.
///
/// * With trades: open and close are the first and the last price, volume what traded.
/// * Without: all four prices are the mid of the minute's quote, if the spread is at most
///   [`WIDEST_QUOTED_SPREAD`]; else the minute has no bar.
///
/// Trades of one second are ordered by transaction, within it by the order in which one taker's order
/// walks the book (buys upwards, sells downwards), and last by ordinal, which tells apart only what is
/// alike. So the same trades make the same bars however they were read.
///
/// Of several quotes for one minute the last given counts.
pub fn minute_bars(mut prints: Vec<Print<'_>>, mut quotes: Vec<MinuteQuote>) -> Vec<Bar> {
    prints.sort_by(in_order_of_execution);
    for quote in &mut quotes {
        quote.minute = Interval::Minute.bucket(quote.minute);
    }
    quotes.sort_by_key(|quote| quote.minute);
    let mut bars = Vec::new();
    let mut quotes = quotes.into_iter().peekable();
    // Of the quotes before `until`, those of minutes that have none but them make bars.
    let mut quoted = |until: Option<DateTime<Utc>>, bars: &mut Vec<Bar>| -> Option<MinuteQuote> {
        while let Some(quote) =
            quotes.next_if(|quote| until.is_none_or(|until| quote.minute <= until))
        {
            if quotes.peek().is_some_and(|next| next.minute == quote.minute) {
                continue;
            }
            if Some(quote.minute) == until {
                return Some(quote);
            }
            bars.extend(quote_bar(&quote));
        }
        None
    };
    let minutes = prints.chunk_by(|one, next| {
        Interval::Minute.bucket(one.traded_at) == Interval::Minute.bucket(next.traded_at)
    });
    for traded in minutes {
        let Some(mut bar) = trade_bar(traded) else { continue };
        if let Some(quote) = quoted(Some(bar.at), &mut bars) {
            (bar.bid, bar.ask) = (quote.bid, quote.ask);
        }
        bars.push(bar);
    }
    quoted(None, &mut bars);
    bars
}

/// Longer bars of shorter ones, given in order of time. A bucket without any has none.
///
/// Open and close are those of the first and the last bar, bid and ask those of the last. A bucket with a
/// bar whose volume is unknown is [`BarSource::History`] as a whole, and its volume is unknown: a part
/// would pass for the sum. Where all volumes are known, a bucket with trades is [`BarSource::Trades`]:
/// upstream's history says of the minutes between them what quotes do.
pub fn aggregate(bars: &[Bar], interval: Interval) -> Vec<Bar> {
    let buckets = bars.chunk_by(|one, next| interval.bucket(one.at) == interval.bucket(next.at));
    buckets
        .filter_map(|bucket| {
            let (first, last) = (bucket.first()?, bucket.last()?);
            Some(Bar {
                at: interval.bucket(first.at),
                open: first.open,
                high: bucket.iter().map(|bar| bar.high).max()?,
                low: bucket.iter().map(|bar| bar.low).min()?,
                close: last.close,
                volume: sum(bucket),
                bid: last.bid,
                ask: last.ask,
                source: source(bucket),
            })
        })
        .collect()
}

/// Bars of upstream's price history, points in any order. The close is the bucket's last point; the open
/// is the close of the bucket just before, or the first point where that is missing; high and low are
/// the extremes of both. Nothing is known of the volume.
pub fn history_bars(mut points: Vec<(DateTime<Utc>, Price)>, interval: Interval) -> Vec<Bar> {
    points.sort_by_key(|(at, _)| *at);
    let mut bars: Vec<Bar> = Vec::new();
    for bucket in points.chunk_by(|one, next| interval.bucket(one.0) == interval.bucket(next.0)) {
        let (Some((first_at, first)), Some((_, last))) = (bucket.first(), bucket.last()) else {
            continue;
        };
        let at = interval.bucket(*first_at);
        let before = bars.last().filter(|bar| bar.at + interval.length() == at);
        let mut bar =
            Bar::flat(at, before.map_or(*first, |before| before.close), BarSource::History);
        for (_, price) in bucket {
            bar.high = bar.high.max(*price);
            bar.low = bar.low.min(*price);
        }
        bar.close = *last;
        bars.push(bar);
    }
    bars
}

fn in_order_of_execution(one: &Print<'_>, other: &Print<'_>) -> std::cmp::Ordering {
    one.traded_at
        .timestamp()
        .cmp(&other.traded_at.timestamp())
        .then_with(|| one.transaction_hash.cmp(&other.transaction_hash))
        .then_with(|| one.side.cmp(&other.side))
        .then_with(|| match one.side {
            crate::Side::Buy => one.price.cmp(&other.price),
            crate::Side::Sell => other.price.cmp(&one.price),
        })
        .then_with(|| one.shares.cmp(&other.shares))
        .then_with(|| one.ordinal.cmp(&other.ordinal))
}

fn trade_bar(traded: &[Print<'_>]) -> Option<Bar> {
    let (first, last) = (traded.first()?, traded.last()?);
    let at = Interval::Minute.bucket(first.traded_at);
    let mut bar = Bar::flat(at, first.price, BarSource::Trades);
    let (mut usdc, mut shares) = (Decimal::ZERO, Decimal::ZERO);
    for print in traded {
        bar.high = bar.high.max(print.price);
        bar.low = bar.low.min(print.price);
        usdc += print.usdc.decimal();
        shares += print.shares.decimal();
    }
    bar.close = last.price;
    bar.volume = volume(usdc, shares, traded.len());
    Some(bar)
}

fn quote_bar(quote: &MinuteQuote) -> Option<Bar> {
    let bar = Bar::flat(quote.minute, quote.mid()?, BarSource::Quotes);
    Some(Bar { volume: Some(BarVolume::NONE), bid: quote.bid, ask: quote.ask, ..bar })
}

fn source(bars: &[Bar]) -> BarSource {
    let is_of = |source| bars.iter().any(|bar| bar.source == source);
    if bars.iter().any(|bar| bar.volume.is_none()) {
        BarSource::History
    } else if is_of(BarSource::Trades) {
        BarSource::Trades
    } else if is_of(BarSource::Quotes) {
        BarSource::Quotes
    } else {
        BarSource::History
    }
}

fn sum(bars: &[Bar]) -> Option<BarVolume> {
    let (mut usdc, mut shares, mut trades) = (Decimal::ZERO, Decimal::ZERO, 0);
    for bar in bars {
        let volume = bar.volume?;
        usdc += volume.usdc.decimal();
        shares += volume.shares.decimal();
        trades += volume.trades as usize;
    }
    volume(usdc, shares, trades)
}

/// `None` beyond what the types hold.
fn volume(usdc: Decimal, shares: Decimal, trades: usize) -> Option<BarVolume> {
    Some(BarVolume {
        usdc: Usdc::new(usdc).ok()?,
        shares: Shares::new(shares).ok()?,
        trades: u32::try_from(trades).ok()?,
    })
}
