//! Our number beside the venue's, and why they differ.

use super::amount::MicroUsdc;
use super::completeness::{Figure, Reason};
use super::valuation::Valuation;

/// Which of the venue's numbers is meant. A wallet has several, and no two are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Sum of the positions' `total_pnl`: realised and unrealised, before fees.
    Positions,
    /// Sum of the positions' `realized_pnl`, before fees.
    Realised,
    /// `position_pnl` of `/v2/user-pnl`: realised and unrealised after fees.
    AfterFees,
    /// `economic_pnl` of `/v2/user-pnl`: after fees, with rewards and rebates.
    Economic,
    /// `settled_pnl` of `/v2/user-pnl`: realised after fees, with rewards and rebates.
    Settled,
}

/// What is compared of our books: the wallet's figures, each known or withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnNumbers {
    /// Realised by average cost, before fees.
    pub realised: Figure<MicroUsdc>,
    /// Realised first in, first out, before fees.
    pub realised_fifo: Figure<MicroUsdc>,
    /// Worth of what is held above its cost.
    pub unrealised: Figure<MicroUsdc>,
    /// Fees paid.
    pub fees: Figure<MicroUsdc>,
    /// Rewards, rebates and the like.
    pub income: Figure<MicroUsdc>,
    /// Realised and unrealised, after fees.
    pub trading: Figure<MicroUsdc>,
    /// That and income.
    pub total: Figure<MicroUsdc>,
    /// Conversions taken.
    pub conversions: u32,
    /// Something is held.
    pub has_open: bool,
}

impl From<&Valuation> for OwnNumbers {
    fn from(books: &Valuation) -> Self {
        Self {
            realised: books.realised,
            realised_fifo: books.realised_fifo,
            unrealised: books.unrealised,
            fees: books.fees,
            income: books.income,
            trading: books.trading,
            total: books.total,
            conversions: books.conversions,
            has_open: books.positions.iter().any(|position| position.held() > 0),
        }
    }
}

impl Measure {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Positions => "positions",
            Self::Realised => "realized",
            Self::AfterFees => "after_fees",
            Self::Economic => "economic",
            Self::Settled => "settled",
        }
    }

    /// The same measure of our books.
    pub fn of(self, ours: &OwnNumbers) -> Figure<MicroUsdc> {
        let after_fees =
            |gross: Figure<MicroUsdc>| gross.and(ours.fees, |gross, fees| gross - fees);
        match self {
            Self::Positions => {
                ours.realised.and(ours.unrealised, |realised, unrealised| realised + unrealised)
            }
            Self::Realised => ours.realised,
            Self::AfterFees => ours.trading,
            Self::Economic => ours.total,
            Self::Settled => {
                after_fees(ours.realised).and(ours.income, |settled, income| settled + income)
            }
        }
    }

    /// Whether what is held counts in it.
    fn has_unrealised(self) -> bool {
        matches!(self, Self::Positions | Self::AfterFees | Self::Economic)
    }
}

/// What the venue says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VenueNumber {
    /// Which number.
    pub measure: Measure,
    /// It, in millionths of a dollar.
    pub usdc: MicroUsdc,
    /// The unrealised part of it, where the venue tells.
    pub unrealised: Option<MicroUsdc>,
}

/// Why two numbers differ, as far as the records tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResidualClass {
    /// They do not, within the tolerance.
    None,
    /// The history misses something.
    Gap,
    /// Shares came from or went to other wallets; the venue counts those differently.
    Transfer,
    /// The difference is in what open positions are worth: another price at another moment.
    MarkTiming,
    /// One number has the fees in it and the other has not, or they realise by different methods.
    Method,
    /// Conversions, whose cost the venue allots differently.
    NegRisk,
    /// None of these.
    Unclassified,
}

impl ResidualClass {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gap => "gap",
            Self::Transfer => "transfer",
            Self::MarkTiming => "mark_timing",
            Self::Method => "method",
            Self::NegRisk => "neg_risk",
            Self::Unclassified => "unclassified",
        }
    }
}

/// Our number beside the venue's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reconciliation {
    /// What the venue says.
    pub venue: VenueNumber,
    /// The same measure of our books, or why it is withheld.
    pub ours: Figure<MicroUsdc>,
    /// Ours less the venue's.
    pub residual: Figure<MicroUsdc>,
    /// How much is let through: the larger of ten dollars and one percent of the venue's number.
    pub tolerance: MicroUsdc,
    /// Why they differ.
    pub class: ResidualClass,
}

impl Reconciliation {
    /// Whether the wallet may be ranked.
    pub fn is_reconciled(&self) -> bool {
        self.class == ResidualClass::None
    }
}

/// Compares.
pub fn reconcile(ours: impl Into<OwnNumbers>, venue: VenueNumber) -> Reconciliation {
    const TEN_DOLLARS: MicroUsdc = 10_000_000;
    let ours = &ours.into();
    let tolerance = TEN_DOLLARS.max(venue.usdc.abs() / 100);
    let figure = venue.measure.of(ours);
    let residual = figure.map(|ours| ours - venue.usdc);
    let class = match residual {
        Figure::Withheld(Reason::TransferCost) => ResidualClass::Transfer,
        Figure::Withheld(Reason::ConversionCost) => ResidualClass::NegRisk,
        Figure::Withheld(Reason::NoMark) => ResidualClass::MarkTiming,
        Figure::Withheld(Reason::NoFee) => ResidualClass::Method,
        Figure::Withheld(Reason::Gap | Reason::Capped | Reason::NoCloseTime) => ResidualClass::Gap,
        Figure::Known(residual) if residual.abs() <= tolerance => ResidualClass::None,
        Figure::Known(residual) => class_of(ours, venue, residual, tolerance),
    };
    Reconciliation { venue, ours: figure, residual, tolerance, class }
}

/// The class of a residual beyond the tolerance: the first difference without which it would be within.
fn class_of(
    ours: &OwnNumbers,
    venue: VenueNumber,
    residual: MicroUsdc,
    tolerance: MicroUsdc,
) -> ResidualClass {
    let explains = |part: MicroUsdc| (residual - part).abs() <= tolerance;
    let marks = venue
        .unrealised
        .filter(|_| venue.measure.has_unrealised())
        .and_then(|theirs| ours.unrealised.known().map(|ours| ours - theirs));
    if marks.is_some_and(explains) {
        return ResidualClass::MarkTiming;
    }
    let by_fees = ours.fees.known().is_some_and(|fees| explains(fees) || explains(-fees));
    let methods = ours.realised.and(ours.realised_fifo, |average, fifo| average - fifo);
    if by_fees || methods.known().is_some_and(explains) {
        return ResidualClass::Method;
    }
    if ours.conversions > 0 {
        return ResidualClass::NegRisk;
    }
    if ours.has_open && marks.is_none() && venue.measure.has_unrealised() {
        return ResidualClass::MarkTiming;
    }
    ResidualClass::Unclassified
}
