//! Where the lab differs from what was recorded, and why.

mod gamma;
mod trading;

use crate::compare::Kind;

/// Differences of one kind in one body that have one reason.
pub struct Known {
    /// As in [`crate::Bodies::name`].
    pub body: &'static str,
    /// In which way they differ.
    pub kind: Kind,
    /// As in [`crate::compare::Difference::path`].
    pub paths: &'static [&'static str],
    /// The reason.
    pub why: &'static str,
}

/// Every difference there is.
pub fn known() -> impl Iterator<Item = &'static Known> {
    gamma::KNOWN.iter().chain(trading::KNOWN)
}

/// Recordings that are compared with nothing, and why.
pub const NOT_COMPARED: &[(&[&str], &str)] = &[
    (
        &["ws/polybolt_crypto_price_snapshot.json", "ws/polybolt_crypto_price_update.json"],
        "PolyBolt is no part of the lab.",
    ),
    (
        &[
            "ws/ws_book_snapshot_captured.json",
            "ws/ws_book_snapshot_missing_hash.json",
            "ws/ws_last_trade_missing_transaction_hash.json",
            "ws/ws_market_mixed_known_unknown.json",
            "ws/ws_tick_size_change.json",
        ],
        "Members were taken out, or put in, by whoever recorded them.",
    ),
    (&["midterms-2022/markets.json"], "Put together from several sources by whoever published it."),
];
