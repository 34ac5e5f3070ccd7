//! A wallet's books: positions, what they came to, and how it trades.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::ledger::{
    Coverage, Entry, Figure, Ledger, Mark, MicroShares, MicroUsdc, Position, Reason, Report,
    ReportedPosition, Slot, Standing, Valuation, prove_conversions,
};
use domain::performance::Performance;
use domain::{ConditionId, Price, Shares, TokenId};
use polymarket::data::{PositionRow, PositionStatus};
use rust_decimal::Decimal;
use store::wallets::activity::StoredActivity;
use store::wallets::positions::{self, Booked, Closed, Reported};

use super::entries::Book;
use super::fetch::{ListedPositions, VENUE_LAG, decimal_of};

/// The venue cuts amounts to four decimals; sums of several are off by as much each.
const TOLERANCE: MicroShares = 1_000;

/// Everything a history comes to.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) entries: Vec<Entry>,
    pub(super) valuation: Valuation,
    /// What it comes to at least, where something held has no price.
    pub(super) least: Option<Valuation>,
    pub(super) performance: Performance,
}

impl Books {
    /// Folds a history, holds it against what the venue lists, and values it.
    pub(super) fn of(
        book: &mut Book,
        history: &[StoredActivity],
        coverage: Coverage,
        listed: Option<&ListedPositions>,
        now: DateTime<Utc>,
    ) -> Self {
        let mut entries = book.entries(history);
        let reported = listed.map(|listed| reported(book, listed, history)).unwrap_or_default();
        let report = Report {
            positions: &reported.positions,
            tolerance: TOLERANCE,
            is_complete: reported.is_complete,
        };
        prove_conversions(&book.markets, &coverage, &mut entries, &report);
        let mut ledger = Ledger::fold(&book.markets, coverage, &mut entries);
        ledger.check_positions(&book.markets, &report);
        let valuation = ledger.value(&book.markets, |slot| mark(book, slot));
        let is_unmarked = valuation.value == Figure::Withheld(Reason::NoMark);
        let least = is_unmarked.then(|| {
            ledger.value(&book.markets, |slot| match mark(book, slot) {
                Mark::Unknown => Mark::Bid(0),
                known => known,
            })
        });
        let performance = Performance::of(now, &entries, &valuation, &book.markets);
        Self { entries, valuation, least, performance }
    }

    /// The positions as they are kept: ours beside the venue's.
    pub(super) fn positions(
        &self,
        book: &Book,
        listed: Option<&ListedPositions>,
        as_of: DateTime<Utc>,
    ) -> Vec<positions::Position> {
        let mut venue: HashMap<&TokenId, &PositionRow> = listed
            .map(|listed| listed.rows.iter().map(|row| (&row.token_id, row)).collect())
            .unwrap_or_default();
        let observed_at = listed.map(|listed| listed.observed_at);
        let mut kept = Vec::with_capacity(self.valuation.positions.len());
        for position in &self.valuation.positions {
            let Some(token) = book.token_of(position.slot) else { continue };
            let row = venue.remove(token);
            kept.push(positions::Position {
                token_id: token.clone(),
                condition_id: condition_of(book, position.slot).clone(),
                outcome_index: position.slot.outcome,
                as_of,
                booked: booked(position),
                doubts: position.doubts.iter().map(|doubt| doubt.slug().to_owned()).collect(),
                reported: row.map(|row| as_reported(row, observed_at)).unwrap_or_default(),
                closed: position.is_settled().then(|| closed(position)),
            });
        }
        // What the venue lists and the history does not explain.
        let unexplained = venue.into_values().filter_map(|row| {
            let is_closed =
                row.status == Some(PositionStatus::Closed) || row.redeemable == Some(true);
            Some(positions::Position {
                token_id: row.token_id.clone(),
                condition_id: row.condition_id.clone()?,
                outcome_index: row
                    .outcome_index
                    .or_else(|| Some(book.slot_of(&row.token_id)?.outcome))?,
                as_of,
                booked: Booked::default(),
                doubts: vec!["not_in_history".to_owned()],
                reported: as_reported(row, observed_at),
                closed: is_closed
                    .then(|| Closed { closed_at: row.last_event_at, ..Closed::default() }),
            })
        });
        kept.extend(unexplained);
        kept
    }
}

/// The market of a token.
pub(super) fn condition_of(book: &Book, slot: Slot) -> &ConditionId {
    &book.markets.terms(slot.market).condition_id
}

/// What somebody offers for a share, as the catalogue has it: whoever bids for one outcome asks for the other.
fn mark(book: &Book, slot: Slot) -> Mark {
    let known = book.known.get(condition_of(book, slot));
    let bid = known.and_then(|market| match slot.outcome {
        0 => market.best_bid,
        1 => market.best_ask.map(Price::complement),
        _ => None,
    });
    match bid.and_then(|bid| i64::try_from(bid.decimal().mantissa()).ok().map(|_| micro_of(bid))) {
        Some(bid) => Mark::Bid(bid),
        None => Mark::Unknown,
    }
}

fn micro_of(price: Price) -> MicroUsdc {
    let millionths = (price.decimal() * Decimal::from(1_000_000)).round();
    i64::try_from(millionths).unwrap_or_default()
}

#[derive(Default)]
struct Comparable {
    positions: Vec<ReportedPosition>,
    /// What it does not list is not held: nothing is missing of it, and nothing happened so lately that the venue might
    /// not know it.
    is_complete: bool,
}

/// What the venue lists, as far as it can be held against the history: not what changed after it was told, or might
/// have.
fn reported(book: &mut Book, listed: &ListedPositions, history: &[StoredActivity]) -> Comparable {
    let fresh = listed.observed_at - VENUE_LAG;
    let lately = history.iter().map(|row| &row.activity).filter(|row| row.happened_at >= fresh);
    let touched: HashSet<&ConditionId> =
        lately.filter_map(|row| row.condition_id.as_ref()).collect();
    let rows = listed.rows.iter().filter_map(|row| {
        let condition = row.condition_id.as_ref()?;
        let slot = match book.slot_of(&row.token_id) {
            Some(slot) => slot,
            None => Slot { market: book.markets.of(condition), outcome: row.outcome_index? },
        };
        let micro = |shares: Decimal| {
            let shares = Shares::new(shares).ok()?;
            i64::try_from(shares.micro()).ok()
        };
        (!touched.contains(condition)).then_some(ReportedPosition {
            slot,
            shares: micro(row.shares?)?,
            bought: row.bought_shares.and_then(micro),
        })
    });
    let positions = rows.collect();
    let is_complete = listed.shortfall.is_none() && touched.is_empty();
    Comparable { positions, is_complete }
}

fn usdc(micro: MicroUsdc) -> Decimal {
    Decimal::new(micro, 6)
}

/// Whether the history tells of all that happened to a position, so that its sums are the wallet's and not only what we
/// were told.
fn is_whole(position: &Position) -> bool {
    !matches!(position.withheld, Some(Reason::Gap | Reason::Capped))
}

fn booked(position: &Position) -> Booked {
    let (average, fifo) = (position.average.known(), position.fifo.known());
    let price = position.average_price.known().flatten();
    let sum = |micro| is_whole(position).then(|| Decimal::new(micro, 6));
    Booked {
        shares: sum(position.held()),
        avg_price: price
            .and_then(|price| Decimal::try_from(price).ok())
            .map(|price| price.round_dp(8)),
        cost_usdc: average.map(|basis| usdc(basis.cost)),
        fifo_cost_usdc: fifo.map(|basis| usdc(basis.cost)),
        realized_usdc: average.map(|basis| usdc(basis.realised)),
        fifo_realized_usdc: fifo.map(|basis| usdc(basis.realised)),
        fees_usdc: position.fees.known().map(usdc),
        bought_shares: sum(position.bought),
        bought_usdc: sum(position.spent),
        sold_shares: sum(position.sold),
        sold_usdc: sum(position.proceeds),
        unexplained_usdc: sum(position.unexplained.total()),
        first_at: position.opened_at,
        last_at: position.last_at,
    }
}

fn closed(position: &Position) -> Closed {
    let payout = match position.mark {
        Mark::Payout(payout) => Some(usdc(payout)),
        Mark::Bid(_) | Mark::Unknown => None,
    };
    let is_unredeemed = matches!(position.standing, Standing::Lost | Standing::Redeemable);
    Closed {
        closed_at: position.closed_at,
        payout,
        unredeemed_shares: (is_unredeemed && is_whole(position))
            .then(|| Decimal::new(position.held(), 6)),
        settled_usdc: position.unrealised.known().filter(|_| is_unredeemed).map(usdc),
    }
}

fn as_reported(row: &PositionRow, observed_at: Option<DateTime<Utc>>) -> Reported {
    let dollars = |usdc: Option<domain::Usdc>| usdc.map(domain::Usdc::decimal);
    Reported {
        venue_shares: row.shares,
        venue_avg_price: row.avg_price,
        venue_cost_usdc: dollars(row.entry_cost),
        venue_fees_usdc: dollars(row.entry_fees),
        venue_bought_shares: row.bought_shares,
        venue_price: decimal_of(row.current_price),
        venue_value_usdc: dollars(row.current_value),
        venue_realized_usdc: dollars(row.realized),
        venue_unrealized_usdc: dollars(row.unrealized),
        venue_total_usdc: dollars(row.total),
        venue_status: row.status.as_ref().map(|status| status.as_str().to_ascii_lowercase()),
        venue_observed_at: observed_at,
    }
}
