//! Which positions are shown.

use super::order::{Anchor, Status};
use crate::data::number::seconds;
use crate::data::params::Params;
use crate::data::problem::Problem;
use crate::data::stakes::Stake;
use crate::data::trades::Floor;
use crate::world::World;

/// Fewer shares, in millionths, do not make a position.
const DUST: i64 = 100_000;

/// Longest title to look for, in characters.
const MAX_TITLE: usize = 200;

/// Which stakes pass, apart from the anchor.
pub(super) struct Filter {
    floor: Floor,
    title: Option<String>,
    from_s: Option<i64>,
    to_s: Option<i64>,
}

impl Filter {
    pub(super) fn read(params: &Params, status: Status) -> Result<Self, Problem> {
        let title = params.text("title").map(str::to_lowercase);
        if title.as_ref().is_some_and(|title| title.chars().count() > MAX_TITLE) {
            let error = format!("title must be at most {MAX_TITLE} characters");
            return Err(Problem::invalid("title", error));
        }
        // No market of the lab is archived, so there is nothing to include.
        if params.flag("include_archived")?.unwrap_or(false) && status == Status::Closed {
            let error = "include_archived does not go with status=CLOSED";
            return Err(Problem::invalid("include_archived", error));
        }
        let bound = |name: &'static str| -> Result<Option<i64>, Problem> {
            Ok(params.integer(name)?.filter(|&at_s| at_s != 0))
        };
        Ok(Self { floor: floor(params)?, title, from_s: bound("start")?, to_s: bound("end")? })
    }

    pub(super) fn admits(
        &self,
        world: &World,
        stake: &Stake,
        status: Status,
        anchor: Anchor,
    ) -> bool {
        self.has_status(stake, status, anchor)
            && self.from_s.is_none_or(|from_s| seconds(stake.last_ms()) >= from_s)
            && self.to_s.is_none_or(|to_s| seconds(stake.last_ms()) <= to_s)
            && self.title.as_ref().is_none_or(|title| {
                like(&world.market(stake.market).1.draft.question.to_lowercase(), title)
            })
    }

    fn has_status(&self, stake: &Stake, status: Status, anchor: Anchor) -> bool {
        let enough = match self.floor {
            Floor::Tokens(least) => stake.shares() >= least,
            Floor::Cash(least) => stake.shares() >= DUST && stake.value() >= least,
        };
        let held = enough && stake.shares() > 0;
        match (status, anchor) {
            (Status::Open, _) | (Status::Mergeable, Anchor::Condition) => held,
            (Status::Redeemable, _) => held && stake.is_redeemable(),
            (Status::RedeemableLost, _) => held && stake.is_lost(),
            (Status::Mergeable, Anchor::User) => {
                held && stake.is_mergeable() && stake.payout.is_none()
            }
            (Status::Closed, Anchor::User) => stake.shares() < DUST,
            (Status::Closed, Anchor::Condition) => !held,
        }
    }
}

/// What makes a position: 0 counts here, unlike among trades.
fn floor(params: &Params) -> Result<Floor, Problem> {
    let kinds = [("TOKENS", Floor::Tokens as fn(i64) -> Floor), ("CASH", Floor::Cash)];
    let refusal = "filterType must be CASH or TOKENS";
    let kind = params.choice("filter_type", &kinds, refusal)?;
    Ok(match (kind, params.amount("filter_amount")) {
        (Some(kind), Some(amount)) => kind(amount),
        (None, Some(amount)) => Floor::Tokens(amount),
        (_, None) => Floor::Tokens(DUST),
    })
}

/// Whether `pattern` is somewhere in `text`; `%` stands for anything and `_` for any letter, as in
/// SQL.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern: Vec<char> = format!("%{pattern}%").chars().collect();
    // Whether the pattern so far matches the text so far, letter by letter.
    let mut matched = vec![false; text.len() + 1];
    matched[0] = true;
    for &wanted in &pattern {
        let mut next = vec![false; text.len() + 1];
        if wanted == '%' {
            let first = matched.iter().position(|&matched| matched).unwrap_or(text.len() + 1);
            next.iter_mut().skip(first).for_each(|next| *next = true);
        } else {
            for (place, &letter) in text.iter().enumerate() {
                next[place + 1] = matched[place] && (wanted == '_' || wanted == letter);
            }
        }
        matched = next;
    }
    matched[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_found_like_in_sql() {
        let title = "will it rain in paris?";
        for (pattern, expected) in
            [("rain", true), ("RAIN", false), ("w_ll", true), ("it%paris", true), ("snow", false)]
        {
            assert_eq!(like(title, pattern), expected, "{pattern}");
        }
    }
}
