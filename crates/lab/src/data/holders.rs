//! `/v2/holders`: who holds most of each token of a market.

use std::cmp::Reverse;

use axum::extract::State;
use serde::Serialize;

use super::number::{cut, cut_ratio, price, units};
use super::paging::{Board, BoardPlace, Page};
use super::params::Params;
use super::problem::Problem;
use super::rows::{Owner, Token, index_of};
use super::stakes::{self, Stake};
use super::{Answer, ask, cached, cursor};
use crate::exchange::{Exchange, MarketIx, Outcome, Position, Shares, WalletIx};
use crate::server::App;
use crate::world::World;

const KIND: &str = "holders";

const CACHED_S: u32 = 120;

/// Most rows a token with what holders made.
const MAX_WITH_PNL: usize = 100;

/// The holders of a token.
#[derive(Clone, Debug, Serialize)]
struct Group {
    token_id: String,
    holders: Vec<HolderRow>,
}

/// A holder.
#[derive(Clone, Debug, Serialize)]
struct HolderRow {
    proxy_wallet: String,
    bio: String,
    token_id: String,
    pseudonym: String,
    amount: f64,
    display_username_public: bool,
    outcome_index: u32,
    name: String,
    profile_image: &'static str,
    profile_image_optimized: &'static str,
    verified: bool,
    #[serde(flatten)]
    economics: Option<Economics>,
}

/// What a holder made.
#[derive(Clone, Debug, Serialize)]
struct Economics {
    avg_price: f64,
    entry_cost_usdc: f64,
    current_price: f64,
    current_value: f64,
    realized_pnl: f64,
    unrealized_pnl: f64,
    total_pnl: f64,
}

impl Economics {
    fn of(stake: &Stake) -> Self {
        let (cost, shares) = stake.average();
        Self {
            avg_price: cut_ratio(cost, shares),
            entry_cost_usdc: cut(stake.holding.cost),
            current_price: price(stake.price),
            current_value: cut(stake.value()),
            realized_pnl: cut(stake.holding.realized),
            unrealized_pnl: cut(stake.unrealized()),
            total_pnl: cut(stake.total()),
        }
    }
}

/// Somebody's place among the holders of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rank {
    pub(crate) wallet: WalletIx,
    pub(crate) amount: Shares,
    /// Where each side of a market counts by itself.
    stake: Option<Stake>,
}

/// The holders of `outcome`, largest first. A wallet with both outcomes counts for what one exceeds
/// the other by; where they are equal, with nothing among those of the first.
pub(crate) fn netted(exchange: &Exchange, market: MarketIx, outcome: Outcome) -> Vec<Rank> {
    let net = |position: &Position| {
        let [first, second] = position.holdings.map(|holding| holding.shares);
        let side = if second > first { Outcome::Second } else { Outcome::First };
        let held = (first, second) != (0, 0) && side == outcome;
        held.then(|| Rank { wallet: position.wallet, amount: (first - second).abs(), stake: None })
    };
    ranked(exchange.accounts().of_market(market).filter_map(net).collect())
}

/// The holders of `outcome` with what they made, largest first.
fn gross(exchange: &Exchange, market: MarketIx, outcome: Outcome) -> Vec<Rank> {
    let held = stakes::of_market(exchange, market)
        .filter(|stake| stake.outcome == outcome && stake.shares() > 0);
    let rank =
        |stake: Stake| Rank { wallet: stake.wallet, amount: stake.shares(), stake: Some(stake) };
    ranked(held.map(rank).collect())
}

fn ranked(mut ranks: Vec<Rank>) -> Vec<Rank> {
    ranks.sort_by_key(|rank| (Reverse(rank.amount), rank.wallet));
    ranks
}

pub(crate) async fn list(State(app): State<App>, params: Params) -> Answer {
    let page = ask(&app, move |world| page(world, &params)).await?;
    Ok(cached(CACHED_S, page))
}

fn page(world: &World, params: &Params) -> Result<Page<Group>, Problem> {
    let conditions = params.conditions()?.ok_or_else(|| Problem::missing("condition"))?;
    let with_pnl = params.flag("include_pnl")?.unwrap_or(false);
    let least = params.amount("min_balance").unwrap_or(0);
    let place = BoardPlace::read(KIND, params, Board::default(), Board::default())?;
    if with_pnl && conditions.len() > 1 {
        let error = "include_pnl accepts exactly one condition";
        return Err(Problem::invalid("condition", error));
    }
    if with_pnl && place.limit > MAX_WITH_PNL {
        let error = format!("limit must be at most {MAX_WITH_PNL} with include_pnl");
        return Err(Problem::invalid("limit", error));
    }
    let exchange = world.exchange();
    let markets = conditions.iter().filter_map(|id| world.by_condition(id));
    let tokens = markets.flat_map(|market| Outcome::BOTH.map(|outcome| (market, outcome)));
    let (limit, offset) = (place.limit, place.offset);
    let (mut groups, mut more) = (Vec::new(), false);
    for (market, outcome) in tokens {
        let ranks = if with_pnl {
            gross(exchange, market, outcome)
        } else {
            netted(exchange, market, outcome)
        };
        let mut rest = ranks.iter().filter(|rank| rank.amount >= least).skip(offset).peekable();
        if rest.peek().is_none() {
            continue;
        }
        let token = Token::of(world.market(market).1, outcome);
        let holders = rest.by_ref().take(limit).map(|rank| row(world, &token, outcome, rank));
        let holders = holders.collect();
        more |= rest.peek().is_some();
        groups.push(Group { token_id: token.id, holders });
    }
    let next = if more {
        Some(cursor::sign(KIND, BoardPlace { offset: offset + limit, ..place })?)
    } else {
        None
    };
    Ok(Page::new(groups, limit, offset, next))
}

fn row(world: &World, token: &Token, outcome: Outcome, rank: &Rank) -> HolderRow {
    let owner = Owner::of(world, rank.wallet).displayed();
    HolderRow {
        proxy_wallet: owner.proxy_wallet,
        bio: owner.bio,
        token_id: token.id.clone(),
        pseudonym: owner.pseudonym,
        amount: units(rank.amount),
        display_username_public: owner.displays_name,
        outcome_index: index_of(outcome),
        name: owner.name,
        profile_image: "",
        profile_image_optimized: "",
        verified: owner.verified,
        economics: rank.stake.as_ref().map(Economics::of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit;

    #[test]
    fn holders_are_netted_or_gross() {
        let mut seen = 0;
        for seed in 0..10 {
            let exchange = kit::busy_exchange(seed, 300);
            for market in (0..exchange.listings().len()).map(MarketIx::next) {
                let [first, second] =
                    Outcome::BOTH.map(|outcome| netted(&exchange, market, outcome));
                let mut wallets: Vec<_> =
                    first.iter().chain(&second).map(|rank| rank.wallet).collect();
                let count = wallets.len();
                wallets.sort_unstable();
                wallets.dedup();
                assert_eq!(wallets.len(), count, "nobody is netted twice");
                assert!(first.is_sorted_by_key(|rank| Reverse(rank.amount)));
                let net = |ranks: &[Rank]| ranks.iter().map(|rank| rank.amount).sum::<Shares>();
                let supply = exchange.listing(market).supply;
                assert_eq!(net(&first) - net(&second), supply[0] - supply[1]);
                for outcome in Outcome::BOTH {
                    let ranks = gross(&exchange, market, outcome);
                    assert_eq!(net(&ranks), supply[outcome.index()]);
                    seen += ranks.len();
                }
            }
        }
        assert!(seen > 50);
    }
}
