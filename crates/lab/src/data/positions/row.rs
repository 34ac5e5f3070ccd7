//! A position as v2 writes it.

use serde::Serialize;

use super::order::Status;
use crate::data::number::{cut, cut_percent, cut_ratio, price, seconds, units};
use crate::data::rows::{Label, Owner, Token, end_date_or_sentinel};
use crate::data::stakes::Stake;
use crate::world::World;

/// A token in a wallet.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PositionRow {
    proxy_wallet: String,
    token_id: String,
    condition_id: String,
    current_size: f64,
    avg_price: f64,
    entry_cost_usdc: f64,
    entry_fees_usdc: f64,
    total_cost_usdc: f64,
    current_price: f64,
    current_value: f64,
    total_size: f64,
    realized_pnl: f64,
    unrealized_pnl: f64,
    total_pnl: f64,
    percent_pnl: f64,
    percent_realized_pnl: f64,
    status: &'static str,
    redeemable: bool,
    mergeable: bool,
    negative_risk: bool,
    archived: bool,
    title: String,
    slug: String,
    icon: &'static str,
    event_id: String,
    event_slug: String,
    outcome: String,
    outcome_index: u32,
    opposite_outcome: String,
    opposite_token_id: String,
    end_date: String,
    last_event_at: i64,
    first_entry_at: i64,
    name: String,
    profile_image: &'static str,
    verified: bool,
}

impl PositionRow {
    pub(super) fn new(world: &World, stake: &Stake, status: Status) -> Self {
        let owner = Owner::of(world, stake.wallet);
        let (event, market) = world.market(stake.market);
        let label = Label::of(world, stake.market);
        let token = Token::of(market, stake.outcome);
        let opposite = Token::of(market, stake.outcome.opposite());
        let holding = &stake.holding;
        let (cost, shares) = stake.average();
        let (realized_part, realized_base) = stake.realized_ratio();
        // Cost is cut before fees are added: the sum is of what is served.
        let total_cost = holding.cost / 100 * 100 + holding.entry_fees;
        Self {
            proxy_wallet: owner.proxy_wallet,
            token_id: token.id,
            condition_id: label.condition_id,
            current_size: units(holding.shares),
            avg_price: cut_ratio(cost, shares),
            entry_cost_usdc: cut(holding.cost),
            entry_fees_usdc: units(holding.entry_fees),
            total_cost_usdc: units(total_cost),
            current_price: price(stake.price),
            current_value: cut(stake.value()),
            total_size: units(holding.bought),
            realized_pnl: cut(holding.realized),
            unrealized_pnl: cut(stake.unrealized()),
            total_pnl: cut(stake.total()),
            percent_pnl: cut_percent(stake.unrealized(), holding.cost),
            percent_realized_pnl: cut_percent(realized_part, realized_base),
            status: match status {
                Status::Closed => "CLOSED",
                _ if stake.is_redeemable() => "REDEEMABLE",
                _ => "OPEN",
            },
            redeemable: stake.is_redeemable(),
            mergeable: stake.is_mergeable(),
            negative_risk: event.group.is_some(),
            archived: false,
            title: label.title,
            slug: label.slug,
            icon: "",
            event_id: event.number.to_string(),
            event_slug: label.event_slug,
            outcome: token.outcome,
            outcome_index: token.outcome_index,
            opposite_outcome: opposite.outcome,
            opposite_token_id: opposite.id,
            end_date: end_date_or_sentinel(market),
            last_event_at: seconds(holding.last_ms),
            first_entry_at: seconds(holding.first_ms),
            name: owner.name,
            profile_image: "",
            verified: owner.verified,
        }
    }
}
