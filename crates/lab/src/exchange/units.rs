//! The units of the exchange. Everything is a whole number, so that nothing is lost to rounding.

/// Price in ten-thousandths of a USDC; of one share of the named outcome.
pub(crate) type Pips = i32;
/// Shares in millionths.
pub(crate) type Shares = i64;
/// USDC in millionths.
pub(crate) type Usdc = i64;
/// Unix milliseconds.
pub(crate) type Millis = i64;

/// Pips in a USDC: the price of certainty.
pub(crate) const PIPS: Pips = 10_000;
/// Millionths in a share and in a USDC.
pub(crate) const MICRO: i64 = 1_000_000;

/// One of the two tokens of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outcome {
    First,
    Second,
}

impl Outcome {
    pub(crate) const BOTH: [Self; 2] = [Self::First, Self::Second];

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::First => 0,
            Self::Second => 1,
        }
    }

    pub(crate) const fn opposite(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// Side of an order on its own token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Side {
    Buy,
    Sell,
}

impl Side {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
        }
    }

    pub(crate) const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }
}

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) u32);

        impl $name {
            pub(crate) const fn index(self) -> usize {
                self.0 as usize
            }

            /// The next one of a list of `len`.
            pub(crate) fn next(len: usize) -> Self {
                Self(u32::try_from(len).unwrap_or(u32::MAX))
            }
        }
    };
}

index!(
    /// A wallet, in the order of joining.
    WalletIx
);
index!(
    /// A market, in the order of listing.
    MarketIx
);
index!(
    /// A group of markets that exclude each other (neg-risk).
    GroupIx
);
index!(
    /// A match on the tape.
    MatchIx
);
index!(
    /// A fill on the tape.
    FillIx
);
index!(
    /// A movement on the tape.
    MovementIx
);

/// `price` for `shares`, rounded to the nearest millionth of a USDC.
pub(crate) fn value(shares: Shares, price: Pips) -> Usdc {
    let (pips, price) = (i64::from(PIPS), i64::from(price));
    // Apart, because a whale's shares times a price would not fit.
    let (tens_of_thousands, rest) = (shares.div_euclid(pips), shares.rem_euclid(pips));
    tens_of_thousands * price + (rest * price + pips / 2) / pips
}

/// `shares` at `payout` millionths of a USDC each, rounded down to what is paid.
pub(crate) fn payoff(shares: Shares, payout: Usdc) -> Usdc {
    let scaled = i128::from(shares) * i128::from(payout) / i128::from(MICRO);
    i64::try_from(scaled).unwrap_or(i64::MAX)
}
