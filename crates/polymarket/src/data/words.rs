//! Words that upstream has for things, and those it may have tomorrow.

use crate::fields::Fields;
use crate::lenient::Unreadable;

/// A set of words, open at the end.
pub(super) trait Word: Sized {
    /// The word's meaning, and whether it has one we know.
    fn read(word: &str) -> (Self, bool);
}

/// Reads a word. One that is not known is kept and noted.
pub(super) fn word<W: Word>(fields: &mut Fields<'_>, field: &'static str) -> Option<W> {
    let (word, is_known) = W::read(fields.text(field)?.trim());
    if !is_known {
        fields.note(field, Unreadable::UnknownWord);
    }
    Some(word)
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)+
            /// A word that was not known when this was written, at most 80 characters of it.
            Other(String),
        }

        impl $name {
            /// Upstream's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl Word for $name {
            fn read(word: &str) -> (Self, bool) {
                $(if word.eq_ignore_ascii_case($word) {
                    return (Self::$variant, true);
                })+
                (Self::Other(word.chars().take(80).collect()), false)
            }
        }
    };
}

words! {
    /// How far a resolution is. A dispute may take days, in which the market trades on.
    ResolutionStatus {
        /// The question exists.
        Initialized = "initialized",
        /// The question was put to the oracle.
        Posed = "posed",
        /// An outcome was proposed, and can be disputed for two hours.
        Proposed = "proposed",
        /// The first proposal was disputed.
        Challenged = "challenged",
        /// A second outcome was proposed.
        Reproposed = "reproposed",
        /// The second proposal was disputed too: it goes to a vote.
        Disputed = "disputed",
        /// The market has no oracle to wait for yet.
        Active = "active",
        /// It is put to arbitration.
        Arbitration = "arbitration",
        /// The payouts are known.
        Resolved = "resolved",
    }
}

words! {
    /// Whether somebody said what the outcome is.
    ResolutionSource {
        /// An oracle did.
        Reported = "reported",
        /// It follows from another market of the group.
        Derived = "derived",
    }
}

words! {
    /// Who said it.
    Reporter {
        /// UMA's optimistic oracle.
        Uma = "UMA_OO",
        /// Chainlink.
        Chainlink = "CHAINLINK",
        /// Somebody with a key.
        Account = "EOA",
    }
}

words! {
    /// How the market is built.
    MarketType {
        /// It stands by itself.
        Binary = "BINARY",
        /// One of a neg-risk group that may grow.
        IncrementalNegRisk = "INCREMENTAL_NEGRISK",
        /// One of a neg-risk group that is complete.
        AtomicNegRisk = "ATOMIC_NEGRISK",
    }
}

words! {
    /// On what the expected time of settlement rests.
    SettlementBasis {
        /// A proposal of a known proposer runs out then.
        ManagedProposal = "managed_proposal_expiration",
        /// The time in which a proposal can be disputed ends then.
        Liveness = "liveness",
        /// A vote should end then.
        Vote = "dvm_round_estimate",
    }
}

words! {
    /// What a wallet did.
    ActivityType {
        /// It bought or sold shares.
        Trade = "TRADE",
        /// It turned dollars into as many shares of each outcome.
        Split = "SPLIT",
        /// It turned shares of each outcome back into dollars.
        Merge = "MERGE",
        /// It handed in shares of a resolved market.
        Redeem = "REDEEM",
        /// It was paid for resting orders.
        Reward = "REWARD",
        /// It turned No shares of a neg-risk group into Yes shares of the others, and dollars.
        Conversion = "CONVERSION",
        /// Its shares were moved to another wallet of its owner's.
        Migration = "MIGRATION",
        /// It got a part of takers' fees for the orders they met.
        MakerRebate = "MAKER_REBATE",
        /// It got back a part of the fees it paid as a taker.
        TakerRebate = "TAKER_REBATE",
        /// It was paid for bringing somebody.
        ReferralReward = "REFERRAL_REWARD",
        /// It was paid for holding shares.
        Yield = "YIELD",
        /// Dollars came in.
        Deposit = "DEPOSIT",
        /// Dollars went out.
        Withdrawal = "WITHDRAWAL",
        /// Dollars went from one person to another. Listed only when asked for.
        Tip = "TIP",
    }
}

words! {
    /// Which way it went, as seen from the wallet.
    ActivitySide {
        /// It bought.
        Buy = "BUY",
        /// It sold.
        Sell = "SELL",
        /// It received a tip.
        In = "IN",
        /// It gave one.
        Out = "OUT",
    }
}

words! {
    /// Where a position is in its life.
    PositionStatus {
        /// The wallet holds shares of a market that is not resolved.
        Open = "OPEN",
        /// It holds shares of a resolved market, won or lost.
        Redeemable = "REDEEMABLE",
        /// It holds none any more.
        Closed = "CLOSED",
    }
}

words! {
    /// What was won with.
    WinKind {
        /// Shares of a market.
        Market = "market",
        /// A combo (a parlay).
        Combo = "combo",
    }
}

words! {
    /// The contract that a token belongs to. A market may have a pair of each.
    TokenModule {
        /// Conditional Tokens: the ids that order books and prices are asked for by.
        Ctf = "v1_ctf",
        /// The neg-risk module of protocol version 2.
        NegRisk = "neg_risk",
    }
}
