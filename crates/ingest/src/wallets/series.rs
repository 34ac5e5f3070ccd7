//! What a wallet had made by the end of each day.

use chrono::{DateTime, Days, Utc};
use domain::ledger::{Change, Coverage, Entry, Ledger, MarketIx, Micro, MicroUsdc, Place, Slot};
use rust_decimal::Decimal;
use store::wallets::pnl::PnlPoint;

use super::books::Books;
use super::entries::Book;

/// What was made by the end of each day, from the first on. In the total, which is after fees and with income, an outcome
/// is a gain or a loss from the hour of its resolution on, whether it is redeemed or not. What is called realised is what
/// the venue calls so: before fees, and an outcome counts when it is sold or redeemed, so that losers nobody redeems never
/// do. What open positions were worth on a past day is unknown, and part of neither.
///
/// `None` where the whole does not support it, or a market was resolved and nobody says when: its gain has no day.
pub(super) fn realised_by_day(
    book: &Book,
    books: &Books,
    now: DateTime<Utc>,
) -> Option<Vec<PnlPoint>> {
    // What is doubtful stays so: what can be said of the whole can be said of every day before.
    let whole = &books.valuation;
    whole.realised.known().and(whole.income.known())?;
    let knows_fees = whole.fees.known().is_some();
    let mut course = Course::new(knows_fees);
    let mut points: Vec<PnlPoint> = Vec::new();
    let mut day_end: Option<DateTime<Utc>> = None;
    for step in timeline(book, &books.entries)? {
        let at = step.at();
        if let Some(end) = day_end.filter(|end| at >= *end) {
            points.push(course.point(end, now));
        }
        day_end = end_of_day(at);
        course.take(book, step)?;
    }
    if let Some(end) = day_end {
        points.push(course.point(end.min(now), now));
    }
    Some(points)
}

/// The books on the way.
struct Course {
    /// As they are kept: what is not redeemed is held.
    booked: Ledger,
    /// With everything redeemed at its resolution.
    settled: Ledger,
    knows_fees: bool,
}

impl Course {
    fn new(knows_fees: bool) -> Self {
        let empty = || Ledger::new(Coverage::full());
        Self { booked: empty(), settled: empty(), knows_fees }
    }

    /// `None` where a step cannot be booked.
    fn take(&mut self, book: &Book, step: Step<'_>) -> Option<()> {
        let markets = &book.markets;
        // All of them are in order, so none is late.
        match step {
            Step::Entry(entry) => {
                self.booked.apply(markets, entry).ok()?;
                let redeemed = match &entry.change {
                    Change::Redeem { market, .. } => markets.terms(*market).payouts.is_some(),
                    _ => false,
                };
                if !redeemed {
                    self.settled.apply(markets, entry).ok()?;
                }
            }
            Step::Resolution(market, at) => {
                let redemption = settle(book, &self.settled, market, at)?;
                self.settled.apply(markets, &redemption).ok()?;
            }
        }
        Some(())
    }

    fn point(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> PnlPoint {
        let dollars = |micro: MicroUsdc| Decimal::new(micro, 6);
        let known = |micro: MicroUsdc| self.knows_fees.then(|| dollars(micro));
        let (settled, fees) = self.settled.realised_and_fees();
        let income = self.settled.cash().income();
        PnlPoint {
            at,
            observed_at: now,
            realized_usdc: Some(dollars(self.booked.realised_and_fees().0)),
            unrealized_usdc: None,
            fees_usdc: known(fees),
            income_usdc: Some(dollars(income)),
            total_usdc: known(settled - fees + income),
        }
    }
}

fn end_of_day(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let next = at.date_naive().checked_add_days(Days::new(1))?;
    Some(next.and_hms_opt(0, 0, 0)?.and_utc())
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Entry(&'a Entry),
    Resolution(MarketIx, DateTime<Utc>),
}

impl Step<'_> {
    fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Entry(entry) => entry.place.at,
            Self::Resolution(_, at) => *at,
        }
    }
}

/// The entries and the resolutions of their markets.
fn timeline<'a>(book: &Book, entries: &'a [Entry]) -> Option<Vec<Step<'a>>> {
    let mut steps: Vec<Step<'a>> = Vec::with_capacity(entries.len() + book.markets.len());
    for (market, terms) in book.markets.iter() {
        match (&terms.payouts, terms.resolved_at) {
            (Some(_), Some(at)) => steps.push(Step::Resolution(market, at)),
            (Some(_), None) => return None,
            (None, _) => {}
        }
    }
    steps.extend(entries.iter().map(Step::Entry));
    // Stable: of what happened at once the entries keep their order.
    steps.sort_by_key(Step::at);
    Some(steps)
}

/// The redemption of everything that is held of a market, at what its resolution pays.
fn settle(book: &Book, ledger: &Ledger, market: MarketIx, at: DateTime<Utc>) -> Option<Entry> {
    let terms = book.markets.terms(market);
    let payouts = terms.payouts.as_ref()?;
    let worth = (0..terms.outcomes).map(|outcome| {
        let held = ledger.held(Slot { market, outcome });
        i128::from(held) * i128::from(payouts.of(outcome)) / 1_000_000
    });
    let usdc = i64::try_from(worth.sum::<i128>()).ok().and_then(Micro::new)?;
    Some(Entry { place: Place::at(at), change: Change::Redeem { market, usdc } })
}
