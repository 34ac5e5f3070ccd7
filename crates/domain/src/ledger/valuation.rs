//! What a wallet's books say at a moment, with what is unknown left unknown.

use chrono::{DateTime, TimeDelta, Utc};

use super::amount::{MicroShares, MicroUsdc, payoff, worth};
use super::completeness::{Completeness, Doubt, Doubts, Figure, Reason};
use super::fold::{Cash, Fills, Ledger};
use super::holding::{Basis, Entered, Holding, Unexplained};
use super::markets::{EventIx, Markets, Slot};

/// What a share is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The market is resolved: what a share pays, in millionths of a dollar.
    Payout(MicroUsdc),
    /// What somebody offers for one, in millionths of a dollar.
    Bid(MicroUsdc),
    /// Nobody knows.
    Unknown,
}

impl Mark {
    fn value(self, shares: MicroShares) -> Option<MicroUsdc> {
        match self {
            // Nothing is worth nothing, whatever the price.
            _ if shares == 0 => Some(0),
            Self::Payout(payout) => Some(payoff(shares, payout)),
            Self::Bid(bid) => Some(worth(shares, bid)),
            Self::Unknown => None,
        }
    }
}

/// Where a position stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Shares of a market that is not resolved.
    Open,
    /// Shares of a resolved market, not redeemed, that pay something.
    Redeemable,
    /// Shares of a resolved market that pay nothing: lost, though the venue goes on listing them as open.
    Lost,
    /// No shares.
    Closed,
}

impl Standing {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Redeemable => "redeemable",
            Self::Lost => "lost",
            Self::Closed => "closed",
        }
    }
}

/// One token of a wallet. Amounts are millionths; profits are without fees unless they say otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// The token.
    pub slot: Slot,
    /// Its event.
    pub event: EventIx,
    /// Where it stands.
    pub standing: Standing,
    /// Shares of known cost.
    pub shares: MicroShares,
    /// Shares from other wallets, beside those.
    pub unpriced_shares: MicroShares,
    /// By average cost, the venue's method: of the shares of known cost.
    pub average: Figure<Basis>,
    /// By first in, first out.
    pub fifo: Figure<Basis>,
    /// Average cost a share in dollars, without fees: of those held, or of the last ones held. `None` where
    /// none was ever acquired.
    pub average_price: Figure<Option<f64>>,
    /// Shares ever acquired in the entries, splits and conversions included: the venue's `total_size`.
    pub bought: MicroShares,
    /// What they cost, without fees.
    pub spent: MicroUsdc,
    /// Shares sold, merged or redeemed.
    pub sold: MicroShares,
    /// What they brought.
    pub proceeds: MicroUsdc,
    /// The part of it that was bought by trading.
    pub entered: Entered,
    /// Fees paid on the token.
    pub fees: Figure<MicroUsdc>,
    /// What a share is worth.
    pub mark: Mark,
    /// What the shares held are worth.
    pub value: Option<MicroUsdc>,
    /// Value less average cost.
    pub unrealised: Figure<MicroUsdc>,
    /// Realised and unrealised, before fees, as the venue's. The same by either method, but for conversions,
    /// which move cost from token to token by each method's own; over the event they agree.
    pub total: Figure<MicroUsdc>,
    /// The total after fees.
    pub net: Figure<MicroUsdc>,
    /// Money that moved without our knowing for what.
    pub unexplained: Unexplained,
    /// Shares whose sale was ignored, because nobody knows where they came from.
    pub ignored_shares: MicroShares,
    /// What speaks against the position.
    pub doubts: Doubts,
    /// Why its profit is withheld, if it is.
    pub withheld: Option<Reason>,
    /// First acquisition.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it ended: the last share left, or the market was resolved. `None` while it is open, and where a
    /// resolved market does not say when.
    pub closed_at: Option<DateTime<Utc>>,
    /// Last change.
    pub last_at: Option<DateTime<Utc>>,
    /// How long the shares that are gone were held, on average by share, first in first out.
    pub mean_hold: Option<TimeDelta>,
    /// Shares that are gone.
    pub released: MicroShares,
}

impl Position {
    fn of(holding: &Holding, ledger: &Ledger, markets: &Markets, mark: Mark) -> Self {
        let terms = markets.terms(holding.slot.market);
        let doubts = doubts_of(holding, terms.payouts.as_ref().map(|p| p.of(holding.slot.outcome)));
        let value = mark.value(holding.held());
        let incomplete = incomplete(doubts, ledger.coverage.covers(terms.listed_at));
        let is_moved = holding.unexplained.transferred != 0
            || mark.value(holding.unpriced).is_none_or(|unpriced| unpriced != 0);
        let withheld = incomplete.or_else(|| is_moved.then_some(Reason::TransferCost));
        let known_value = value.map_or(Figure::Withheld(Reason::NoMark), Figure::Known);
        let unrealised = known_value.map(|value| value - holding.average.cost).unless(withheld);
        let total = unrealised.map(|unrealised| unrealised + holding.average.realised);
        let unknown_fee = doubts.has(Doubt::UnknownFee).then_some(Reason::NoFee);
        let standing = match mark {
            _ if holding.held() == 0 => Standing::Closed,
            Mark::Payout(0) => Standing::Lost,
            Mark::Payout(_) => Standing::Redeemable,
            Mark::Bid(_) | Mark::Unknown => Standing::Open,
        };
        let closed_at = match standing {
            Standing::Open => None,
            Standing::Closed => holding.last_at,
            Standing::Lost | Standing::Redeemable => terms.resolved_at,
        };
        Self {
            slot: holding.slot,
            event: markets.event_of(holding.slot.market),
            standing,
            shares: holding.shares,
            unpriced_shares: holding.unpriced,
            average: Figure::Known(holding.average).unless(incomplete),
            fifo: Figure::Known(holding.fifo).unless(incomplete),
            average_price: Figure::Known(holding.average_price()).unless(incomplete),
            bought: holding.bought,
            spent: holding.spent,
            sold: holding.sold,
            proceeds: holding.proceeds,
            entered: holding.entered,
            fees: Figure::Known(holding.fees).unless(incomplete.or(unknown_fee)),
            mark,
            value,
            unrealised,
            total,
            // A fee that is not told apart stands in the cost, so the net is known all the same.
            net: total.map(|total| total - holding.fees),
            unexplained: holding.unexplained,
            ignored_shares: holding.ignored,
            doubts,
            withheld,
            opened_at: holding.first_at,
            closed_at,
            last_at: holding.last_at,
            mean_hold: mean_hold(holding),
            released: holding.released,
        }
    }

    /// All shares held.
    pub fn held(&self) -> MicroShares {
        self.shares + self.unpriced_shares
    }

    /// What was put in: cost and fees of everything acquired.
    pub fn invested(&self) -> MicroUsdc {
        self.spent + self.entered.fees
    }

    /// Whether it is over: nothing held, or resolved.
    pub fn is_settled(&self) -> bool {
        self.standing != Standing::Open
    }
}

fn mean_hold(holding: &Holding) -> Option<TimeDelta> {
    let released = i128::from(holding.released);
    let seconds = holding.held_share_seconds.checked_div(released)?;
    i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds)
}

/// The doubts of a holding, and that of a redemption that paid something else than the resolution says.
fn doubts_of(holding: &Holding, payout: Option<MicroUsdc>) -> Doubts {
    /// A redemption rounds down what it pays, and its rate is a quotient: a cent a share is far beyond.
    const TOLERANCE: MicroUsdc = 10_000;
    let mut doubts = holding.doubts;
    let rates = holding.redeemed_at.zip(payout);
    if rates.is_some_and(|(redeemed, payout)| (redeemed - payout).abs() > TOLERANCE) {
        doubts.add(Doubt::Redemption);
    }
    doubts
}

/// Why the entries do not say all of a position, if they do not. Where they do not reach back to its
/// beginning, contradictions are what that looks like, and no gap.
fn incomplete(doubts: Doubts, covered: Result<(), Reason>) -> Option<Reason> {
    if covered == Err(Reason::Capped) {
        return Some(Reason::Capped);
    }
    if let Err(reason) = covered {
        return Some(reason);
    }
    if doubts.has(Doubt::UnknownConversion) {
        return Some(Reason::ConversionCost);
    }
    doubts.has_gap().then_some(Reason::Gap)
}

/// Σ cash in − Σ cash out + value = realised + unrealised − fees + unexplained. In whole millionths, so it
/// holds exactly, by either method; what we cannot say for what it was stands in the last term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashIdentity {
    /// Cash in less cash out for shares, fees included; without income, deposits and withdrawals.
    pub cash: MicroUsdc,
    /// What the shares held are worth.
    pub value: MicroUsdc,
    /// By average cost.
    pub realised: MicroUsdc,
    /// By average cost.
    pub unrealised: MicroUsdc,
    /// What was paid.
    pub fees: MicroUsdc,
    /// Money that moved without our knowing for what.
    pub unexplained: MicroUsdc,
}

impl CashIdentity {
    /// Left less right: zero, or this program is wrong.
    pub fn remainder(&self) -> MicroUsdc {
        self.cash + self.value - (self.realised + self.unrealised - self.fees + self.unexplained)
    }
}

/// A wallet's books at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Valuation {
    /// Every token the wallet ever touched, in the order of touching.
    pub positions: Vec<Position>,
    /// How complete the history is.
    pub completeness: Completeness,
    /// What speaks against it: the positions' doubts and those of the whole.
    pub doubts: Doubts,
    /// Realised by average cost, before fees.
    pub realised: Figure<MicroUsdc>,
    /// Realised by first in, first out, before fees.
    pub realised_fifo: Figure<MicroUsdc>,
    /// Value less average cost.
    pub unrealised: Figure<MicroUsdc>,
    /// Fees paid, on trades and apart.
    pub fees: Figure<MicroUsdc>,
    /// Realised and unrealised less fees: what trading made.
    pub trading: Figure<MicroUsdc>,
    /// Rewards, rebates and the like.
    pub income: Figure<MicroUsdc>,
    /// Trading and income: what the wallet made. The venue's `economic_pnl`.
    pub total: Figure<MicroUsdc>,
    /// What the shares held are worth; withheld where one of them has no mark.
    pub value: Figure<MicroUsdc>,
    /// What was put into positions, fees included.
    pub invested: MicroUsdc,
    /// Money that moved without our knowing for what.
    pub unexplained: Unexplained,
    /// The identity, where everything has a mark.
    pub identity: Option<CashIdentity>,
    /// The money that moved.
    pub cash: Cash,
    /// Fills by part.
    pub fills: Fills,
    /// Conversions taken.
    pub conversions: u32,
}

impl Valuation {
    /// What the wallet made on what it put in; `None` where nothing was.
    pub fn roi(&self) -> Figure<Option<f64>> {
        let invested = self.invested as f64;
        self.total.map(|total| (invested > 0.0).then(|| total as f64 / invested))
    }
}

impl Ledger {
    /// Values the books. A resolved market's shares are worth what they pay, whatever `mark` says; of others
    /// `mark` tells what is offered, and is asked only of tokens that are held.
    pub fn value(&self, markets: &Markets, mark: impl Fn(Slot) -> Mark) -> Valuation {
        let touched = self.holdings.iter().filter(|holding| holding.first_at.is_some());
        let positions: Vec<Position> = touched
            .map(|holding| {
                let payouts = markets.terms(holding.slot.market).payouts.as_ref();
                let mark = match payouts {
                    Some(payouts) => Mark::Payout(payouts.of(holding.slot.outcome)),
                    None if holding.held() == 0 => Mark::Unknown,
                    None => mark(holding.slot),
                };
                Position::of(holding, self, markets, mark)
            })
            .collect();
        self.sum_up(markets, positions)
    }

    /// What was realised by average cost, and the fees paid, up to the last entry: sums of what the entries say. Whether
    /// those are all, and what is held at their end, only [`Self::value`] says.
    pub fn realised_and_fees(&self) -> (MicroUsdc, MicroUsdc) {
        let sum = |of: fn(&Holding) -> MicroUsdc| self.holdings.iter().map(of).sum::<MicroUsdc>();
        (sum(|holding| holding.average.realised), sum(|holding| holding.fees) - self.cash.fees)
    }

    fn sum_up(&self, markets: &Markets, positions: Vec<Position>) -> Valuation {
        let sum = |of: fn(&Holding) -> MicroUsdc| self.holdings.iter().map(of).sum::<MicroUsdc>();
        let doubts = self.all_doubts(&positions);
        let completeness = self.completeness(markets, &positions);
        let mut unexplained = Unexplained { converted: self.unbooked, ..Unexplained::default() };
        for holding in &self.holdings {
            unexplained.add(&holding.unexplained);
        }

        let transfer = positions
            .iter()
            .any(|position| position.withheld == Some(Reason::TransferCost))
            .then_some(Reason::TransferCost);
        let withheld = completeness.reason().or(transfer);
        let figure = |value: MicroUsdc| Figure::Known(value).unless(withheld);

        let values: Option<Vec<MicroUsdc>> = positions.iter().map(|p| p.value).collect();
        let value: Option<MicroUsdc> = values.map(|values| values.iter().sum());
        let known_value = value.map_or(Figure::Withheld(Reason::NoMark), Figure::Known);
        let (realised, fees) = self.realised_and_fees();
        let cost = sum(|holding| holding.average.cost);
        let unknown_fee = doubts.has(Doubt::UnknownFee).then_some(Reason::NoFee);
        let unrealised = known_value.map(|value| value - cost).unless(withheld);
        // A fee that is not told apart stands in the cost, so what is left is known all the same.
        let trading = unrealised.map(|unrealised| realised + unrealised - fees);
        let income = figure(self.cash.income());
        Valuation {
            completeness,
            doubts,
            realised: figure(realised),
            realised_fifo: figure(sum(|holding| holding.fifo.realised)),
            unrealised,
            fees: figure(fees).unless(unknown_fee),
            trading,
            income,
            total: trading.and(income, |trading, income| trading + income),
            // What is held now needs no history, but its sizes must be right.
            value: known_value
                .unless(doubts.has_gap().then_some(Reason::Gap))
                .unless(self.coverage.until.map(|_| Reason::Capped)),
            invested: sum(|holding| holding.spent + holding.entered.fees),
            unexplained,
            identity: value.map(|value| CashIdentity {
                cash: self.cash.traded(),
                value,
                realised,
                unrealised: value - cost,
                fees,
                unexplained: unexplained.total(),
            }),
            cash: self.cash,
            fills: self.fills,
            conversions: self.conversions,
            positions,
        }
    }

    fn all_doubts(&self, positions: &[Position]) -> Doubts {
        let mut doubts = self.doubts;
        for position in positions {
            doubts.join(position.doubts);
        }
        // A doubt may be about a token that was never touched.
        for holding in &self.holdings {
            doubts.join(holding.doubts);
        }
        doubts
    }

    fn completeness(&self, markets: &Markets, positions: &[Position]) -> Completeness {
        let covers = |slot: Slot| self.coverage.covers(markets.terms(slot.market).listed_at);
        let contradicts =
            |slot, doubts: Doubts| doubts.has_gap() && covers(slot) != Err(Reason::Capped);
        // A doubt may be about a token that was never touched.
        let has_gap = self.doubts.has_gap()
            || self.coverage.unread_rows > 0
            || !self.coverage.holes.is_empty()
            || positions.iter().any(|position| contradicts(position.slot, position.doubts))
            || self.holdings.iter().any(|holding| contradicts(holding.slot, holding.doubts));
        if has_gap {
            Completeness::Gap
        } else if self.coverage.since.is_some() || self.coverage.until.is_some() {
            Completeness::Capped
        } else {
            Completeness::Full
        }
    }
}
