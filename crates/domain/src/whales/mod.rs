//! Large money: how large a trade is for its market, who stands where on an event, who turned round, and
//! what became of the price afterwards.
//!
//! Size is a fact; skill is another claim, and none of this makes it. Formulas: `docs/scores.md`.
//!
//! The unit is a [`Question`]: the neg-risk markets of an event, of which one pays, or a market by itself.
//! What an owner does on it is a [`Stance`], in which a purchase of Yes and a sale of No are the same thing,
//! and splits, merges and conversions are nothing.

mod accumulation;
mod class;
mod flips;
mod flows;
mod markout;
mod size;
mod spread;
mod stance;
mod tape;
#[cfg(test)]
mod tests;

pub use accumulation::{Accumulated, Accumulation, WINDOW_HOURS};
pub use class::{Class, Classified, NEW_DAYS, Traits};
pub use flips::{Exposures, FLIP_DUST, FLIP_SHARE, Flip, Track};
pub use flows::{ClassFlow, Flow, OwnerFlow};
pub use markout::{
    Alert, Horizon, Markout, MarkoutLine, PRICE_BANDS, PricedTrade, markouts, price_band,
};
pub use size::{
    DEPTH_SHARE, FixedSize, LiquidityTier, MarketSize, RelativeSize, VOLUME_SHARE, WHALE_POSITION,
    Z_LARGE, is_whale, relative_size,
};
pub use spread::{OutcomeSpread, spread_by_outcome};
pub use stance::{Lean, Question, Questions, Stance};
pub use tape::taken;
