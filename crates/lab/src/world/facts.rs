//! What several hosts say of a market, each in its own spelling.

use super::category::tag_info;
use super::event::Event;
use super::ids::{group_id, hex_id};
use super::market::Market;
use super::{World, wire};
use crate::exchange::MarketIx;

/// Markets with less resting near their best prices, in USDC, pay no liquidity rewards.
const REWARDED_LIQUIDITY: f64 = 2_000.0;

/// About a third of the others do.
const REWARDED_ONE_IN: u64 = 3;

/// Orders on games that would trade at once wait so many seconds.
const GAME_DELAY_S: u32 = 3;

/// Liquidity rewards of a market.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rewards {
    /// USDC shared out in a day.
    pub(crate) daily_usdc: u32,
    /// Smaller orders do not count, in shares.
    pub(crate) min_size: u32,
    /// Orders further from the middle do not count, in cents.
    pub(crate) max_spread: f64,
}

impl Rewards {
    /// What they are paid in: a contract that is plainly none.
    pub(crate) const ASSET: &str = wire::NOBODY;

    /// `liquidity` is what rests near the best prices, in USDC.
    pub(in crate::world) fn of(market: &Market, liquidity: f64) -> Option<Self> {
        let rewarded =
            liquidity >= REWARDED_LIQUIDITY && market.number.is_multiple_of(REWARDED_ONE_IN);
        rewarded.then_some(Self {
            daily_usdc: if market.interest > 4.0 { 100 } else { 20 },
            min_size: 50,
            max_spread: 3.5,
        })
    }
}

impl Market {
    /// How long orders that would trade at once wait, in seconds.
    pub(crate) fn delay_s(&self) -> Option<u32> {
        self.draft.sports_type.map(|_| GAME_DELAY_S)
    }
}

impl Event {
    /// When its game starts, in Unix seconds; `None` when it is about no game.
    pub(crate) fn game_starts_s(&self) -> Option<i64> {
        self.starts_s().filter(|_| !self.draft.teams.is_empty())
    }

    /// When its game or window starts, in Unix seconds.
    pub(crate) fn starts_s(&self) -> Option<i64> {
        self.draft.starts.map(|starts| starts.timestamp())
    }

    /// The end that was announced, in Unix seconds. When it is truly over nobody knows before.
    pub(crate) fn scheduled_s(&self) -> i64 {
        self.markets.iter().map(|market| market.scheduled_s).max().unwrap_or(self.opens_s)
    }

    /// The rules, after the words that nothing of it is real.
    pub(crate) fn description(&self) -> String {
        wire::described(&self.draft.rules)
    }

    /// Labels of its tags.
    pub(crate) fn tag_labels(&self) -> Vec<&'static str> {
        let known = self.draft.tags.iter().filter_map(|slug| tag_info(slug));
        known.map(|tag| tag.label).collect()
    }

    /// The ids by which the neg-risk contracts know the event and `market`.
    pub(crate) fn neg_risk_ids(&self, market: &Market) -> Option<(String, String)> {
        self.group.map(|_| (group_id(self.number), hex_id("request", market.number)))
    }
}

impl World {
    /// Liquidity rewards that are paid now.
    pub(crate) fn rewards(&self, ix: MarketIx) -> Option<Rewards> {
        let (_, market) = self.market(ix);
        let listing = self.exchange.listing(ix);
        let open = listing.payouts.is_none();
        Rewards::of(market, wire::liquidity(listing)).filter(|_| open)
    }
}
