//! What a wallet had made by the end of each day.

use chrono::{DateTime, Days, Utc};
use domain::ledger::{
    Change, Coverage, Entry, Ledger, Mark, MarketIx, Micro, MicroUsdc, Place, Slot,
};
use rust_decimal::Decimal;
use store::wallets::pnl::PnlPoint;

use super::entries::Book;

/// What was made by the end of each day, from the first on, after fees and with income: an outcome is a gain or a loss
/// from the hour of its resolution on, whether it is redeemed or not. What open positions were worth on a past day is
/// unknown, and not part of it.
///
/// `None` where a market was resolved and nobody says when: its gain has no day.
pub(super) fn realised_by_day(
    book: &Book,
    entries: &[Entry],
    now: DateTime<Utc>,
) -> Option<Vec<PnlPoint>> {
    let timeline = timeline(book, entries)?;
    let mut ledger = Ledger::new(Coverage::full());
    let mut points: Vec<PnlPoint> = Vec::new();
    let mut day_end: Option<DateTime<Utc>> = None;
    for step in timeline {
        let at = step.at();
        if let Some(end) = day_end.filter(|end| at >= *end) {
            points.push(point(&ledger, book, end, now));
        }
        day_end = end_of_day(at);
        let entry = match step {
            Step::Entry(entry) => entry.clone(),
            Step::Resolution(market, at) => settle(book, &ledger, market, at)?,
        };
        // All of them are in order, so none is late.
        ledger.apply(&book.markets, &entry).ok()?;
    }
    if let Some(end) = day_end {
        points.push(point(&ledger, book, end.min(now), now));
    }
    Some(points)
}

fn end_of_day(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let next = at.date_naive().checked_add_days(Days::new(1))?;
    Some(next.and_hms_opt(0, 0, 0)?.and_utc())
}

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

/// The entries, with each market's resolution in the place of its redemptions.
fn timeline<'a>(book: &Book, entries: &'a [Entry]) -> Option<Vec<Step<'a>>> {
    let mut steps: Vec<Step<'a>> = Vec::with_capacity(entries.len() + book.markets.len());
    for (market, terms) in book.markets.iter() {
        match (&terms.payouts, terms.resolved_at) {
            (Some(_), Some(at)) => steps.push(Step::Resolution(market, at)),
            (Some(_), None) => return None,
            (None, _) => {}
        }
    }
    let is_settled = |market: MarketIx| book.markets.terms(market).payouts.is_some();
    let kept = entries.iter().filter(|entry| match &entry.change {
        Change::Redeem { market, .. } => !is_settled(*market),
        _ => true,
    });
    steps.extend(kept.map(Step::Entry));
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

fn point(ledger: &Ledger, book: &Book, at: DateTime<Utc>, now: DateTime<Utc>) -> PnlPoint {
    let books = ledger.value(&book.markets, |_| Mark::Unknown);
    let dollars = |micro: Option<MicroUsdc>| micro.map(|micro| Decimal::new(micro, 6));
    let (realised, fees, income) =
        (books.realised.known(), books.fees.known(), books.income.known());
    let net = realised.zip(fees).map(|(realised, fees)| realised - fees);
    PnlPoint {
        at,
        observed_at: now,
        realized_usdc: dollars(realised),
        unrealized_usdc: None,
        fees_usdc: dollars(fees),
        income_usdc: dollars(income),
        total_usdc: dollars(net.zip(income).map(|(net, income)| net + income)),
    }
}
