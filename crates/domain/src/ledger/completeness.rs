//! What is known of a history's completeness, and figures that an incomplete one does not support.

use chrono::{DateTime, Utc};

/// A figure, or why there is none. What is withheld cannot be read by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure<T> {
    /// It follows from records.
    Known(T),
    /// The records do not support it.
    Withheld(Reason),
}

impl<T> Figure<T> {
    /// The figure, where there is one.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Withheld(_) => None,
        }
    }

    /// Why there is none.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Known(_) => None,
            Self::Withheld(reason) => Some(*reason),
        }
    }

    /// What follows from it.
    pub fn map<U>(self, follow: impl FnOnce(T) -> U) -> Figure<U> {
        match self {
            Self::Known(value) => Figure::Known(follow(value)),
            Self::Withheld(reason) => Figure::Withheld(reason),
        }
    }

    /// What follows from both.
    pub fn and<U, V>(self, other: Figure<U>, follow: impl FnOnce(T, U) -> V) -> Figure<V> {
        match (self, other) {
            (Self::Known(one), Figure::Known(other)) => Figure::Known(follow(one, other)),
            (Self::Withheld(reason), _) | (_, Figure::Withheld(reason)) => Figure::Withheld(reason),
        }
    }

    /// The same, unless there is a reason against it.
    #[must_use]
    pub fn unless(self, reason: Option<Reason>) -> Self {
        reason.map_or(self, Self::Withheld)
    }
}

/// Why a figure is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Something is missing from the history, or contradicts it.
    Gap,
    /// The history does not reach back to the beginning, or not up to the present.
    Capped,
    /// Shares came from or went to another wallet, and nobody knows what they cost.
    TransferCost,
    /// A conversion's cost is not known.
    ConversionCost,
    /// What the shares held are worth is not known.
    NoMark,
    /// The source does not tell the fee from the price.
    NoFee,
    /// A resolved market does not say when it was.
    NoCloseTime,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Gap,
        Self::Capped,
        Self::TransferCost,
        Self::ConversionCost,
        Self::NoMark,
        Self::NoFee,
        Self::NoCloseTime,
    ];

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Capped => "capped",
            Self::TransferCost => "transfer_cost",
            Self::ConversionCost => "conversion_cost",
            Self::NoMark => "no_mark",
            Self::NoFee => "no_fee",
            Self::NoCloseTime => "no_close_time",
        }
    }
}

/// How complete a wallet's history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Completeness {
    /// Nothing is known to be missing, and what can be checked agrees.
    Full,
    /// The beginning or the end was not to be had.
    Capped,
    /// Something is missing, or contradicts the rest.
    Gap,
}

impl Completeness {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Capped => "capped",
            Self::Gap => "gap",
        }
    }

    /// Why figures of the whole wallet are withheld.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Full => None,
            Self::Capped => Some(Reason::Capped),
            Self::Gap => Some(Reason::Gap),
        }
    }
}

/// What the entries given to a ledger cover, as whoever fetched them knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// `None` from the wallet's first act; otherwise the source listed nothing before this.
    pub since: Option<DateTime<Utc>>,
    /// `None` to the present; otherwise nothing was read of what happened after this.
    pub until: Option<DateTime<Utc>>,
    /// Times, from and to, of which rows are missing.
    pub holes: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Rows that could not be read at all.
    pub unread_rows: u32,
}

impl Coverage {
    /// Everything.
    pub fn full() -> Self {
        Self::default()
    }

    /// Nothing before `since`.
    pub fn capped(since: DateTime<Utc>) -> Self {
        Self { since: Some(since), ..Self::default() }
    }

    /// Whether all of a market's life is covered, if it was listed then.
    pub(crate) fn covers(&self, listed_at: Option<DateTime<Utc>>) -> Result<(), Reason> {
        if self.unread_rows > 0 {
            return Err(Reason::Gap);
        }
        let hidden = |until: DateTime<Utc>| listed_at.is_none_or(|listed_at| listed_at < until);
        if self.holes.iter().any(|(_, to)| hidden(*to)) {
            return Err(Reason::Gap);
        }
        match self.since {
            Some(since) if hidden(since) => Err(Reason::Capped),
            // Any market may have been traded since.
            _ if self.until.is_some() => Err(Reason::Capped),
            _ => Ok(()),
        }
    }
}

/// What speaks against a position, or against the whole ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// More was sold or merged than was held: the sale counts only as far as shares were known.
    Oversold,
    /// A redemption paid what the shares held cannot pay.
    Redemption,
    /// Shares came from another wallet.
    TransferIn,
    /// Shares went to another wallet.
    TransferOut,
    /// More was converted than was held.
    Overconverted,
    /// A conversion of which nobody knows what was given.
    UnknownConversion,
    /// An entry that cannot be booked.
    Unreadable,
    /// The venue reports another number of shares.
    SizeDiffers,
    /// The venue reports another number of shares ever bought.
    BoughtDiffers,
    /// The venue reports a position that the entries do not have.
    NotInHistory,
    /// The wallet's cash is not what the entries leave.
    CashDiffers,
    /// A fee that the source does not tell from the price.
    UnknownFee,
}

impl Doubt {
    /// Every doubt.
    pub const ALL: [Self; 12] = [
        Self::Oversold,
        Self::Redemption,
        Self::TransferIn,
        Self::TransferOut,
        Self::Overconverted,
        Self::UnknownConversion,
        Self::Unreadable,
        Self::SizeDiffers,
        Self::BoughtDiffers,
        Self::NotInHistory,
        Self::CashDiffers,
        Self::UnknownFee,
    ];

    /// Whether it means that the history is incomplete or wrong. Transfers are complete, only of unknown
    /// cost.
    pub fn is_gap(self) -> bool {
        !matches!(self, Self::TransferIn | Self::TransferOut | Self::UnknownFee)
    }

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Oversold => "oversold",
            Self::Redemption => "redemption",
            Self::TransferIn => "transfer_in",
            Self::TransferOut => "transfer_out",
            Self::Overconverted => "overconverted",
            Self::UnknownConversion => "unknown_conversion",
            Self::Unreadable => "unreadable",
            Self::SizeDiffers => "size_differs",
            Self::BoughtDiffers => "bought_differs",
            Self::NotInHistory => "not_in_history",
            Self::CashDiffers => "cash_differs",
            Self::UnknownFee => "unknown_fee",
        }
    }
}

/// A set of doubts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Doubts(u16);

impl Doubts {
    /// None.
    pub const NONE: Self = Self(0);

    /// Adds one.
    pub fn add(&mut self, doubt: Doubt) {
        self.0 |= 1 << doubt as u16;
    }

    /// Adds all of another set.
    pub fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether it is among them.
    pub fn has(self, doubt: Doubt) -> bool {
        self.0 & (1 << doubt as u16) != 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether any of them is a gap.
    pub fn has_gap(self) -> bool {
        self.iter().any(Doubt::is_gap)
    }

    /// One by one.
    pub fn iter(self) -> impl Iterator<Item = Doubt> {
        Doubt::ALL.into_iter().filter(move |doubt| self.has(*doubt))
    }
}
