//! What happens to a wallet, as facts free of any feed's format.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::amount::Micro;
use super::markets::{MarketIx, Markets, Slot};
use crate::{Shares, Side, TransactionHash, Usdc};

/// One thing that happened to a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, and where among what happened then.
    pub place: Place,
    /// What.
    pub change: Change,
}

/// Where an entry stands among those of its wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When; feeds say it to the second.
    pub at: DateTime<Utc>,
    /// Place in the chain, where the source says it.
    pub block: Option<BlockPosition>,
    /// The first 64 bits of the transaction's hash, see [`Place::transaction_of`]; 0 unknown. It only
    /// makes the order the same whatever order the rows came in.
    pub transaction: u64,
    /// Which of the rows of one reading that are otherwise alike, as [`crate::tape::ordinals`] numbers
    /// trades. Rows alike are several happenings; entries alike in all, the ordinal included, are one.
    pub ordinal: u32,
}

impl Place {
    /// At a time, with nothing else known.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self { at, block: None, transaction: 0, ordinal: 0 }
    }

    /// The first 64 bits of a hash.
    pub fn transaction_of(hash: &TransactionHash) -> u64 {
        let digits = hash.as_str().get(2..18).unwrap_or("");
        u64::from_str_radix(digits, 16).unwrap_or(0)
    }
}

/// A place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockPosition {
    /// Number of the block.
    pub block: u64,
    /// Place of the log in it.
    pub log_index: u32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Shares for money.
    Buy(Fill),
    /// Money for shares.
    Sell(Fill),
    /// A dollar for one share of every outcome.
    Split {
        /// The market.
        market: MarketIx,
        /// Shares of each outcome, and dollars.
        shares: Micro,
    },
    /// One share of every outcome for a dollar.
    Merge {
        /// The market.
        market: MarketIx,
        /// Shares of each outcome, and dollars.
        shares: Micro,
    },
    /// All shares of a resolved market for what they pay.
    Redeem {
        /// The market.
        market: MarketIx,
        /// What was paid; nothing where all was lost.
        usdc: Micro,
    },
    /// No of some markets of a neg-risk event for Yes of its others, and cash.
    Convert(Box<Conversion>),
    /// Shares from another wallet. Their cost is not known.
    TransferIn {
        /// The token.
        slot: Slot,
        /// How many.
        shares: Micro,
    },
    /// Shares to another wallet.
    TransferOut {
        /// The token.
        slot: Slot,
        /// How many.
        shares: Micro,
    },
    /// A fee charged apart from a trade.
    Fee {
        /// The dollars.
        usdc: Micro,
    },
    /// Money the venue paid for something else than shares.
    Income {
        /// What for.
        kind: IncomeKind,
        /// The dollars.
        usdc: Micro,
    },
    /// Money put in. No profit.
    Deposit {
        /// The dollars.
        usdc: Micro,
    },
    /// Money taken out. No loss.
    Withdrawal {
        /// The dollars.
        usdc: Micro,
    },
    /// Something that cannot be booked: a kind nobody knows, a token nobody knows, a migration. The
    /// history has a gap there.
    Unreadable {
        /// Its market, where that is known.
        market: Option<MarketIx>,
    },
}

/// Shares against money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// The token.
    pub slot: Slot,
    /// Shares that the wallet received or gave: where a fee was taken in shares, what was left.
    pub shares: Micro,
    /// Price × shares: without the fee.
    pub usdc: Micro,
    /// The fee in dollars, on top when buying and taken off when selling; `None` where the source does not
    /// tell it from the price, and then `usdc` is all that moved.
    pub fee: Option<Micro>,
    /// Which part the wallet had in it.
    pub role: Role,
}

/// Millionths that the parts of an order lose by rounding at most.
const ROUNDED: i64 = -100;

impl Fill {
    /// Reads the three numbers of a trade that upstream tells: `usdc` is what moved, with the fee when
    /// buying and without it when selling; `price` has no fee in it. So the fee is their difference,
    /// whatever the rate was that day, and also where it was taken in shares: 24 shares at 0.12 cost 2.88,
    /// of which 22.47936 arrived, so that 0.182477 of the 2.88 were the fee.
    ///
    /// The price is wanted with all the digits that upstream sends: an order filled in parts has a mean
    /// price, and what is cut off it ends up in the fee. A difference of a millionth is rounding, and so are
    /// some of the wrong sign: each part of an order is rounded down. More of that sign is nothing that a fee
    /// explains: the fee is unknown then. `None` where the price is not from 0 to 1, or an amount above a
    /// billion.
    pub fn reported(
        slot: Slot,
        side: Side,
        shares: Shares,
        usdc: Usdc,
        price: Decimal,
        role: Role,
    ) -> Option<Self> {
        let moved = Micro::of_usdc(usdc)?;
        if !(Decimal::ZERO..=Decimal::ONE).contains(&price) {
            return None;
        }
        let by_price = price.checked_mul(shares.decimal())?;
        let by_price = Micro::of_usdc(Usdc::new(by_price).ok()?)?;
        let fee = match side {
            Side::Buy => moved.get() - by_price.get(),
            Side::Sell => by_price.get() - moved.get(),
        };
        let (usdc, fee) = match fee {
            ROUNDED..=1 => (moved, Some(Micro::ZERO)),
            2.. => (by_price, Micro::new(fee)),
            _ => (moved, None),
        };
        Some(Self { slot, shares: Micro::of_shares(shares)?, usdc, fee, role })
    }
}

/// Which part a wallet had in a fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Its order rested.
    Maker,
    /// Its order came.
    Taker,
    /// The source does not say.
    Unknown,
}

/// What a venue pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IncomeKind {
    /// Resting orders near the middle.
    Reward,
    /// Having been the maker: part of the takers' fees.
    MakerRebate,
    /// Having been the taker.
    TakerRebate,
    /// Having brought somebody.
    Referral,
    /// Holding.
    Yield,
    /// Somebody's present.
    Tip,
}

impl IncomeKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Reward,
        Self::MakerRebate,
        Self::TakerRebate,
        Self::Referral,
        Self::Yield,
        Self::Tip,
    ];

    /// The stable lower-case name used in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Reward => "reward",
            Self::MakerRebate => "maker_rebate",
            Self::TakerRebate => "taker_rebate",
            Self::Referral => "referral_reward",
            Self::Yield => "yield",
            Self::Tip => "tip",
        }
    }
}

/// A conversion within a neg-risk event: `shares` No of each of k markets become `shares` Yes of each of
/// the others, and k − 1 dollars a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// All markets the event had then, in the event's order.
    pub members: Box<[MarketIx]>,
    /// The markets whose No were given.
    pub given: Given,
    /// Of each market.
    pub shares: Micro,
    /// Cash received.
    pub usdc: Micro,
}

/// What a source says of the markets whose No were given. Where it does not say all, they are found by what
/// the wallet held then and by what was paid, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// All of them: the chain's index set.
    All(Box<[MarketIx]>),
    /// One of them: a feed's row names a single market.
    Including(MarketIx),
    /// Nothing.
    Unsaid,
}

/// What orders entries. Exposed so that a store can order by the same: time, block, and where the block is
/// unknown what adds shares before what needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Order {
    at: DateTime<Utc>,
    block: BlockPosition,
    rank: u8,
    what: (u32, u8),
    transaction: u64,
    ordinal: u32,
    amounts: (i64, i64),
}

/// The order for entries whose block is not known: after those of the same second whose block is.
const NO_BLOCK: BlockPosition = BlockPosition { block: u64::MAX, log_index: u32::MAX };

impl Entry {
    /// Where it stands: by time, by block where that is known, and within a second of unknown order what
    /// adds shares before what takes them away. What is still equal is ordered by its content, so that the
    /// order is the same however the rows came in.
    pub(crate) fn order(&self) -> Order {
        let (rank, what, amounts) = self.change.order();
        Order {
            at: self.place.at,
            block: self.place.block.unwrap_or(NO_BLOCK),
            rank,
            what,
            transaction: self.place.transaction,
            ordinal: self.place.ordinal,
            amounts,
        }
    }
}

impl Change {
    /// Millionths of dollars and shares that it moves, those of all outcomes or markets together.
    fn turnover(&self, markets: &Markets) -> u64 {
        let (amounts, times): (&[Micro], usize) = match self {
            Self::Buy(fill) | Self::Sell(fill) => {
                (&[fill.shares, fill.usdc, fill.fee.unwrap_or_default()], 1)
            }
            Self::Split { market, shares } | Self::Merge { market, shares } => {
                (&[*shares], 1 + usize::from(markets.terms(*market).outcomes.max(2)))
            }
            Self::Convert(conversion) => {
                (&[conversion.shares, conversion.usdc], conversion.members.len())
            }
            Self::TransferIn { shares, .. } | Self::TransferOut { shares, .. } => (&[*shares], 1),
            Self::Redeem { usdc, .. }
            | Self::Fee { usdc }
            | Self::Income { usdc, .. }
            | Self::Deposit { usdc }
            | Self::Withdrawal { usdc } => (&[*usdc], 1),
            Self::Unreadable { .. } => (&[], 1),
        };
        let sum = amounts.iter().map(|amount| amount.get().unsigned_abs()).sum::<u64>();
        sum.saturating_mul(times as u64)
    }

    fn market(&self) -> Option<MarketIx> {
        match self {
            Self::Buy(fill) | Self::Sell(fill) => Some(fill.slot.market),
            Self::TransferIn { slot, .. } | Self::TransferOut { slot, .. } => Some(slot.market),
            Self::Split { market, .. }
            | Self::Merge { market, .. }
            | Self::Redeem { market, .. } => Some(*market),
            Self::Unreadable { market } => *market,
            Self::Convert(_)
            | Self::Fee { .. }
            | Self::Income { .. }
            | Self::Deposit { .. }
            | Self::Withdrawal { .. } => None,
        }
    }

    fn order(&self) -> (u8, (u32, u8), (i64, i64)) {
        let whole = |market: MarketIx| (market.number(), 0);
        let token = |slot: Slot| (slot.market.number(), slot.outcome);
        let nowhere = (u32::MAX, 0);
        match self {
            Self::Buy(fill) => (0, token(fill.slot), (fill.shares.get(), fill.usdc.get())),
            Self::Split { market, shares } => (1, whole(*market), (shares.get(), 0)),
            Self::TransferIn { slot, shares } => (2, token(*slot), (shares.get(), 0)),
            Self::Convert(conversion) => {
                let first = conversion.members.first().map_or(nowhere, |first| whole(*first));
                (3, first, (conversion.shares.get(), conversion.usdc.get()))
            }
            Self::Sell(fill) => (4, token(fill.slot), (fill.shares.get(), fill.usdc.get())),
            Self::Merge { market, shares } => (5, whole(*market), (shares.get(), 0)),
            Self::TransferOut { slot, shares } => (6, token(*slot), (shares.get(), 0)),
            Self::Redeem { market, usdc } => (7, whole(*market), (0, usdc.get())),
            Self::Fee { usdc } => (8, nowhere, (0, usdc.get())),
            Self::Income { kind, usdc } => (9, (u32::MAX, *kind as u8), (0, usdc.get())),
            Self::Deposit { usdc } => (10, nowhere, (0, usdc.get())),
            Self::Withdrawal { usdc } => (11, nowhere, (0, usdc.get())),
            Self::Unreadable { market } => (12, market.map_or(nowhere, whole), (0, 0)),
        }
    }
}

/// Puts entries in the order in which a ledger takes them.
pub fn sort(entries: &mut [Entry]) {
    entries.sort_by_cached_key(Entry::order);
}

/// What the amounts of one history may come to together, in millionths: a trillion dollars and shares, several times
/// what the venue has ever traded. No sum over a history that stays below leaves 64 bits.
pub const MOST_TURNOVER: u64 = 1_000_000_000_000_000_000;

/// Makes every entry unreadable with which the amounts of a history come to more than [`MOST_TURNOVER`]: single amounts
/// have a bound of their own, but a source that lies may tell as many of them as it likes. Returns how many. What the
/// entries come to is counted in their order, so [`sort`] them first.
pub fn limit_turnover(markets: &Markets, entries: &mut [Entry]) -> usize {
    let mut turnover = 0u64;
    let mut beyond = 0;
    for entry in entries {
        let with = turnover.saturating_add(entry.change.turnover(markets));
        if with > MOST_TURNOVER {
            entry.change = Change::Unreadable { market: entry.change.market() };
            beyond += 1;
        } else {
            turnover = with;
        }
    }
    beyond
}
