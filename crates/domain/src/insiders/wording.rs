//! The words in which findings may be told. Pages and exports use these and no others.

/// Before every finding.
pub const PATTERN: &str = "pattern consistent with";
/// Of an owner on an event.
pub const PAIR: &str = "pattern consistent with trading ahead of news";
/// Of a market.
pub const MARKET: &str = "pattern consistent with information reaching the price before the public";
/// Of an account.
pub const ACCOUNT: &str = "pattern consistent with knowing more than prices did";
/// Of several wallets.
pub const CLUSTER: &str = "pattern consistent with one owner";
/// Of a market's volume.
pub const WASH: &str = "pattern consistent with trading with oneself";
/// Beneath every finding.
pub const RESERVE: &str = "Luck, skill, public information and one owner of several wallets look the same. This is no accusation.";
/// Where a layer cannot be used.
pub const OUT_OF_SCOPE: &str = "out of scope";
/// Where there are too few events or records.
pub const TOO_FEW: &str = "too few events to say";
/// Where prices and chance explain what is seen.
pub const USUAL: &str = "nothing that prices and chance do not explain";
/// Where a p-value stands alone.
pub const NOT_CORRECTED: &str = "not corrected for how many were looked at";
/// Beside what was computed with the outcome known.
pub const RESEARCH: &str =
    "research view: uses the outcome, and could not have been known at the time";

/// All of them.
pub const ALL: [&str; 12] = [
    PATTERN,
    PAIR,
    MARKET,
    ACCOUNT,
    CLUSTER,
    WASH,
    RESERVE,
    OUT_OF_SCOPE,
    TOO_FEW,
    USUAL,
    NOT_CORRECTED,
    RESEARCH,
];
