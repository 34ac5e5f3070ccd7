//! `/v2/positions`: what a wallet holds or held, or who holds or held a market.

mod filter;
mod order;
mod row;

use std::cmp::Ordering;

use axum::extract::State;

use super::paging::Page;
use super::params::{Params, Scope};
use super::problem::Problem;
use super::rows::markets_in;
use super::stakes::{self, Stake};
use super::{Answer, ask, cached, cursor};
use crate::exchange::WalletIx;
use crate::server::App;
use crate::world::World;
use filter::Filter;
use order::{Anchor, KIND, Key, Place};
use row::PositionRow;

const CACHED_S: u32 = 5;

pub(crate) async fn list(State(app): State<App>, params: Params) -> Answer {
    let page = ask(&app, move |world| page(world, &params)).await?;
    Ok(cached(CACHED_S, page))
}

fn page(world: &World, params: &Params) -> Result<Page<PositionRow>, Problem> {
    let user = params.user()?;
    let scope = params.scope()?;
    let (anchor, anchor_value) = match (&user, &scope) {
        (Some(user), _) => (Anchor::User, user.clone()),
        (None, Scope::Conditions(ids)) if ids.len() == 1 => {
            (Anchor::Condition, ids.first().cloned().unwrap_or_default())
        }
        (None, Scope::Conditions(_)) => {
            let error = "exactly one condition is accepted without 'user'";
            return Err(Problem::invalid("condition", error));
        }
        (None, _) => {
            let error = "required query param 'user' or 'condition' not provided";
            return Err(Problem::refused(error));
        }
    };
    let place = Place::read(params, anchor, anchor_value)?;
    let filter = Filter::read(params, place.status)?;
    let markets = markets_in(world, &scope);
    let exchange = world.exchange();
    let stakes: Vec<Stake> = match (user, markets) {
        (Some(user), markets) => {
            let of = |wallet: WalletIx| stakes::of_wallet(exchange, wallet);
            let wallet = world.by_address(&user);
            let in_scope = |stake: &Stake| {
                markets.as_ref().is_none_or(|markets| markets.contains(&stake.market))
            };
            wallet.into_iter().flat_map(of).filter(in_scope).collect()
        }
        (None, markets) => {
            let markets = markets.unwrap_or_default().into_iter();
            markets.flat_map(|market| stakes::of_market(exchange, market)).collect()
        }
    };
    let admitted =
        stakes.into_iter().filter(|stake| filter.admits(world, stake, place.status, anchor));
    let mut keyed: Vec<(Key, Stake)> =
        admitted.map(|stake| (place.key(world, &stake), stake)).collect();
    keyed.sort_by(|(left, _), (right, _)| left.compare(right, place.direction));
    cut_page(world, place, &keyed)
}

/// The page after the last row seen.
fn cut_page(
    world: &World,
    place: Place,
    keyed: &[(Key, Stake)],
) -> Result<Page<PositionRow>, Problem> {
    let start = place.last.as_ref().map_or(0, |last| {
        keyed.partition_point(|(key, _)| key.compare(last, place.direction) != Ordering::Greater)
    });
    let end = start.saturating_add(place.limit).min(keyed.len());
    let rows = keyed[start..end]
        .iter()
        .map(|(_, stake)| PositionRow::new(world, stake, place.status))
        .collect();
    let (limit, seen) = (place.limit, place.seen);
    let next = if end < keyed.len() {
        let last = keyed[end - 1].0.clone();
        Some(cursor::sign(KIND, place.after(end - start, last))?)
    } else {
        None
    };
    Ok(Page::new(rows, limit, seen, next))
}
