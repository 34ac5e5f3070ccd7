//! Where the hosts of books, trades and messages differ from what was recorded, and why.

use super::Known;
use super::gamma::{NO_LETTERS, PICTURES};
use crate::compare::Kind;

const BEFORE_BOOKS: &str = "Recorded of markets from before the order books.";
const NO_MARKET: &str = "Rewards and rebates are of no market, splits and redemptions of no outcome; the recorded wallets had none.";
const ONE_MODULE: &str = "The lab has each market in one module only.";
const NO_COMBOS: &str = "The lab has combos as rows of other feeds only, by a fault.";

/// Every difference of a row that is not of Gamma.
pub const KNOWN: &[Known] = &[
    Known {
        body: "clob market",
        kind: Kind::NoType,
        paths: &["accepting_order_timestamp"],
        why: BEFORE_BOOKS,
    },
    Known {
        body: "clob market",
        kind: Kind::NoType,
        paths: &["end_date_iso"],
        why: "Every market of the lab has an end.",
    },
    Known {
        body: "clob market",
        kind: Kind::NoContent,
        paths: &["fpmm"],
        why: "The address of a market maker; there are books instead.",
    },
    Known { body: "clob market", kind: Kind::NoContent, paths: &["icon", "image"], why: PICTURES },
    Known {
        body: "clob market",
        kind: Kind::Format,
        paths: &["rewards.rates[].asset_address"],
        why: NO_LETTERS,
    },
    Known {
        body: "clob market",
        kind: Kind::NoType,
        paths: &["tags"],
        why: "Every market of the lab has tags.",
    },
    Known {
        body: "clob simplified market",
        kind: Kind::Type,
        paths: &["rewards.rates"],
        why: "Recorded among the first thousand, which all have rewards.",
    },
    Known {
        body: "clob simplified market",
        kind: Kind::Format,
        paths: &["rewards.rates[].asset_address"],
        why: NO_LETTERS,
    },
    Known {
        body: "data /trades",
        kind: Kind::NoContent,
        paths: &["icon", "profileImage"],
        why: PICTURES,
    },
    Known {
        body: "data /activity",
        kind: Kind::Empty,
        paths: &["conditionId", "eventSlug", "slug", "title"],
        why: NO_MARKET,
    },
    Known { body: "data /activity", kind: Kind::NoContent, paths: &["icon"], why: PICTURES },
    Known {
        body: "data /v2/trades",
        kind: Kind::NoContent,
        paths: &["data[].icon", "data[].profile_image"],
        why: PICTURES,
    },
    Known {
        body: "data /v2/activity",
        kind: Kind::Empty,
        paths: &[
            "data[].condition_id",
            "data[].outcome",
            "data[].side",
            "data[].slug",
            "data[].title",
            "data[].token_id",
        ],
        why: NO_MARKET,
    },
    Known {
        body: "data /v2/activity",
        kind: Kind::NoContent,
        paths: &["data[].icon"],
        why: PICTURES,
    },
    Known {
        body: "data /v2/positions",
        kind: Kind::NoContent,
        paths: &["data[].icon"],
        why: PICTURES,
    },
    Known {
        body: "data /v2/positions?status=CLOSED",
        kind: Kind::NoContent,
        paths: &["data[].icon"],
        why: PICTURES,
    },
    Known {
        body: "data /v2/resolutions, resolved",
        kind: Kind::Added,
        paths: &["data[].market_type", "data[].reporter"],
        why: "Documented, and recorded by others; which members a row has depends on how it was resolved.",
    },
    Known {
        body: "data /v2/resolutions, pending",
        kind: Kind::Optional,
        paths: &["data[].expected_settlement_time", "data[].settlement_time_basis"],
        why: "An estimate that has passed is not shown; both recorded ones lie ahead.",
    },
    Known {
        body: "data /v2/tokens",
        kind: Kind::NoType,
        paths: &["data[].clob_index", "data[].structural_condition_id"],
        why: ONE_MODULE,
    },
    Known {
        body: "data /v2/tokens",
        kind: Kind::Type,
        paths: &["data[].neg_risk_market_id", "data[].question_index"],
        why: "Recorded of a market in a group; others are in none.",
    },
    Known {
        body: "data /v2/biggest-winners?category=combos",
        kind: Kind::NoContent,
        paths: &["data"],
        why: NO_COMBOS,
    },
    Known {
        body: "data /v2/builders/leaderboard",
        kind: Kind::NoContent,
        paths: &["data"],
        why: "Nobody builds on the lab.",
    },
    Known {
        body: "data /v2/builders/volume",
        kind: Kind::NoContent,
        paths: &["data"],
        why: "Nobody builds on the lab.",
    },
    Known {
        body: "data /v2/positions/combos",
        kind: Kind::NoContent,
        paths: &["data"],
        why: NO_COMBOS,
    },
    Known {
        body: "data /v2/activity/combos",
        kind: Kind::NoContent,
        paths: &["data"],
        why: NO_COMBOS,
    },
    Known {
        body: "ws last_trade_price",
        kind: Kind::Added,
        paths: &["transaction_hash"],
        why: "Documented; left out of the recordings of this message.",
    },
    Known {
        body: "ws new_market",
        kind: Kind::Empty,
        paths: &["game_start_time", "group_item_title", "line", "sports_market_type"],
        why: "Recorded of a game; upstream documents an empty string for other markets.",
    },
    Known {
        body: "ws market_resolved",
        kind: Kind::Added,
        paths: &["event_message"],
        why: "Documented; it may be missing, and is from the recording.",
    },
];
