//! Which positions a walk is over, in which order, and where it is.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::data::cursor;
use crate::data::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::data::params::Params;
use crate::data::problem::Problem;
use crate::data::stakes::Stake;
use crate::world::World;

/// The type of the cursors.
pub(super) const KIND: &str = "positions";

/// Which positions are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    /// Held, resolved or not.
    Open,
    /// Held and resolved, winners first.
    Redeemable,
    /// Held and worthless.
    RedeemableLost,
    /// Held on both sides, unresolved.
    Mergeable,
    /// No longer held.
    Closed,
}

const STATUSES: [(&str, Status); 5] = [
    ("OPEN", Status::Open),
    ("REDEEMABLE", Status::Redeemable),
    ("REDEEMABLE_LOST", Status::RedeemableLost),
    ("MERGEABLE", Status::Mergeable),
    ("CLOSED", Status::Closed),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Sort {
    CurrentValue,
    Price,
    Tokens,
    UnrealizedPnl,
    RealizedPnl,
    TotalPnl,
    Timestamp,
}

const SORTS: [(&str, Sort); 7] = [
    ("CURRENT_VALUE", Sort::CurrentValue),
    ("PRICE", Sort::Price),
    ("TOKENS", Sort::Tokens),
    ("UNREALIZED_PNL", Sort::UnrealizedPnl),
    ("REALIZED_PNL", Sort::RealizedPnl),
    ("TOTAL_PNL", Sort::TotalPnl),
    ("TIMESTAMP", Sort::Timestamp),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Direction {
    Asc,
    Desc,
}

const DIRECTIONS: [(&str, Direction); 2] = [("ASC", Direction::Asc), ("DESC", Direction::Desc)];

/// By whom or by what positions are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Anchor {
    #[serde(rename = "u")]
    User,
    #[serde(rename = "c")]
    Condition,
}

/// Where a walk is, and which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Page size.
    #[serde(rename = "l")]
    pub(super) limit: usize,
    /// Rows so far.
    #[serde(rename = "d")]
    pub(super) seen: usize,
    /// Key, token and wallet of the last row; `None` at the beginning.
    #[serde(rename = "k")]
    pub(super) last: Option<Key>,
    #[serde(rename = "a")]
    anchor: Anchor,
    /// The wallet or the condition.
    #[serde(rename = "av")]
    anchor_value: String,
    #[serde(rename = "st")]
    pub(super) status: Status,
    #[serde(rename = "s")]
    sort: Sort,
    #[serde(rename = "dir")]
    pub(super) direction: Direction,
}

/// What decides the order: the part of the page that comes first, the value sorted by, then token and
/// wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    group: u8,
    value: i64,
    token_id: String,
    wallet: u32,
}

impl Key {
    pub(super) fn compare(&self, other: &Self, direction: Direction) -> Ordering {
        let by_value = self.value.cmp(&other.value);
        let by_value = match direction {
            Direction::Asc => by_value,
            Direction::Desc => by_value.reverse(),
        };
        self.group
            .cmp(&other.group)
            .then(by_value)
            .then_with(|| self.token_id.cmp(&other.token_id))
            .then(self.wallet.cmp(&other.wallet))
    }
}

impl Place {
    pub(super) fn read(
        params: &Params,
        anchor: Anchor,
        anchor_value: String,
    ) -> Result<Self, Problem> {
        params.forbid_offset()?;
        let limit = params.limit(DEFAULT_LIMIT, MAX_LIMIT)?;
        let status = params.choice("status", &STATUSES, "invalid position status")?;
        let sort = params.choice("sort_by", &SORTS, "invalid position sortBy")?;
        let direction =
            params.choice("sort_direction", &DIRECTIONS, "sortDirection must be ASC or DESC")?;
        if let Some(text) = params.text("cursor") {
            let place: Self = cursor::read(KIND, text)?;
            let agrees = place.anchor == anchor
                && place.anchor_value == anchor_value
                && status.is_none_or(|status| status == place.status)
                && sort.is_none_or(|sort| sort == place.sort)
                && direction.is_none_or(|direction| direction == place.direction);
            return if agrees { Ok(place) } else { Err(cursor::invalid()) };
        }
        let status = status.unwrap_or(Status::Open);
        if anchor == Anchor::Condition && status == Status::RedeemableLost {
            return Err(Problem::invalid("status", "REDEEMABLE_LOST requires 'user'"));
        }
        let default = match status {
            Status::Closed => Sort::RealizedPnl,
            Status::Mergeable => Sort::Tokens,
            _ => Sort::CurrentValue,
        };
        Ok(Self {
            limit,
            seen: 0,
            last: None,
            anchor,
            anchor_value,
            status,
            sort: sort.unwrap_or(default),
            direction: direction.unwrap_or(Direction::Desc),
        })
    }

    /// Behind `count` more rows, of which the last has the key `last`.
    pub(super) fn after(self, count: usize, last: Key) -> Self {
        Self { seen: self.seen + count, last: Some(last), ..self }
    }

    pub(super) fn key(&self, world: &World, stake: &Stake) -> Key {
        let losers_last = self.status == Status::Redeemable && stake.is_lost();
        let (_, market) = world.market(stake.market);
        Key {
            group: u8::from(losers_last),
            value: self.sort_value(stake),
            token_id: market.token_ids[stake.outcome.index()].clone(),
            wallet: stake.wallet.0,
        }
    }

    fn sort_value(&self, stake: &Stake) -> i64 {
        let of_closed_wallet = self.status == Status::Closed && self.anchor == Anchor::User;
        match self.sort {
            Sort::Price => i64::from(stake.price),
            Sort::TotalPnl => stake.total(),
            Sort::Timestamp => stake.last_ms(),
            Sort::RealizedPnl => stake.holding.realized,
            // Nothing is left to sort a wallet's closed positions by.
            _ if of_closed_wallet => stake.holding.realized,
            Sort::CurrentValue => stake.value(),
            Sort::Tokens => stake.shares(),
            Sort::UnrealizedPnl => stake.unrealized(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_ordered_by_token() {
        let key =
            |value, token: &str| Key { group: 0, value, token_id: token.to_owned(), wallet: 0 };
        let compare = |left: &Key, right: &Key| left.compare(right, Direction::Desc);
        assert_eq!(compare(&key(2, "9"), &key(1, "1")), Ordering::Less);
        assert_eq!(compare(&key(1, "1"), &key(1, "2")), Ordering::Less);
        let late = Key { group: 1, ..key(5, "1") };
        assert_eq!(compare(&late, &key(1, "1")), Ordering::Greater);
    }
}
