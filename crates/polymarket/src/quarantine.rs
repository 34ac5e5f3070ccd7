//! Rows and fields that cannot be used: kept for people to look at, and counted.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

use crate::fields::FieldIssue;

/// What a row describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowKind {
    /// An event of Gamma.
    Event,
    /// A market of Gamma.
    Market,
    /// The order book of a token.
    Book,
    /// The middle of a token's book.
    Midpoint,
    /// The best prices of a token's book.
    BestPrices,
    /// A market as the CLOB describes it.
    ClobMarket,
    /// A price in a token's history.
    PricePoint,
    /// A trade.
    Trade,
    /// A holder of a token.
    Holder,
    /// The open interest of a market.
    OpenInterest,
    /// How far a market's resolution is.
    Resolution,
    /// What a wallet has of a token, or had.
    Position,
    /// Something a wallet did.
    Activity,
    /// What the shares of a wallet are worth.
    Value,
    /// What a wallet made up to a moment.
    PnlPoint,
    /// The same as the site's chart shows it.
    ProfitPoint,
    /// What upstream counts about a wallet.
    WalletStats,
    /// What a wallet traded.
    WalletVolume,
    /// A wallet on the leaderboard.
    Leader,
    /// A large win.
    Winner,
    /// A token of a market.
    Token,
    /// What everybody may see of a person.
    Profile,
}

impl RowKind {
    /// The name used in metric labels and the quarantine.
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Market => "market",
            Self::Book => "book",
            Self::Midpoint => "midpoint",
            Self::BestPrices => "best_prices",
            Self::ClobMarket => "clob_market",
            Self::PricePoint => "price_point",
            Self::Trade => "trade",
            Self::Holder => "holder",
            Self::OpenInterest => "open_interest",
            Self::Resolution => "resolution",
            Self::Position => "position",
            Self::Activity => "activity",
            Self::Value => "value",
            Self::PnlPoint => "pnl_point",
            Self::ProfitPoint => "profit_point",
            Self::WalletStats => "wallet_stats",
            Self::WalletVolume => "wallet_volume",
            Self::Leader => "leader",
            Self::Winner => "winner",
            Self::Token => "token",
            Self::Profile => "profile",
        }
    }
}

/// Why a row was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectReason {
    /// It is no JSON object, or its keys cannot be read.
    NotAnObject,
    /// It has no id, or one that is no id.
    NoId,
    /// It has neither question nor title.
    NoTitle,
    /// It was not asked for: the server ignores the filter.
    NotRequested,
    /// A field without which the row says nothing is absent, or holds nothing usable.
    Lacks(&'static str),
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnObject => "the row is not an object",
            Self::NoId => "the row has no usable id",
            Self::NoTitle => "the row has neither question nor title",
            Self::NotRequested => "the row was not asked for",
            Self::Lacks(field) => return write!(f, "the row has no usable {field}"),
        })
    }
}

/// A row that was not used, kept for people to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// What it should have been.
    pub kind: RowKind,
    /// Its id, where readable.
    pub id: Option<String>,
    /// Why.
    pub reason: RejectReason,
    /// Where on the page, down to the field at fault: `events[3].markets[1].question`.
    pub path: String,
    /// The row as it came, at most [`Self::MAX_RAW_BYTES`] of it.
    pub raw: String,
    /// Whether `raw` is only the beginning.
    pub raw_is_cut: bool,
}

impl RejectedRow {
    /// Bytes of a rejected row that are kept.
    pub const MAX_RAW_BYTES: usize = 64 * 1024;

    pub(crate) fn new(
        kind: RowKind,
        id: Option<String>,
        reason: RejectReason,
        path: String,
        row: &RawValue,
    ) -> Self {
        let whole = row.get();
        let end = whole.floor_char_boundary(Self::MAX_RAW_BYTES);
        let raw = whole.get(..end).unwrap_or_default().to_owned();
        Self { kind, id, reason, path, raw, raw_is_cut: end < whole.len() }
    }
}

/// How often a field could not be used, and in which row first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueCount {
    /// Rows concerned.
    pub count: u64,
    /// Id of the first.
    pub example_id: String,
}

pub(crate) fn note_issues(
    counts: &mut BTreeMap<(RowKind, FieldIssue), IssueCount>,
    kind: RowKind,
    id: &str,
    issues: Vec<FieldIssue>,
) {
    for issue in issues {
        counts
            .entry((kind, issue))
            .and_modify(|known| known.count += 1)
            .or_insert_with(|| IssueCount { count: 1, example_id: id.to_owned() });
    }
}
