//! How large a trade is for its market.

use rust_decimal::{Decimal, dec};

use crate::Usdc;
use crate::ledger::{Figure, MICRO, MicroUsdc};
use crate::stats::Robust;

/// Deviations of ln(dollars) above the market-day's median from which a trade is large.
pub const Z_LARGE: f64 = 3.0;
/// The part of a day's volume from which it is.
pub const VOLUME_SHARE: f64 = 0.02;
/// The part of what rests within two cents from which it is.
pub const DEPTH_SHARE: f64 = 0.05;
/// Dollars above which the source document calls a position a whale's, whatever the market.
pub const WHALE_POSITION: Decimal = dec!(10_000);

/// How deep a market is among all open ones, by the quantile of its liquidity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiquidityTier {
    /// The lower half.
    Thin,
    /// From the half to nine tenths.
    Middle,
    /// From nine tenths to the last hundredth.
    Deep,
    /// The last hundredth.
    Deepest,
}

impl LiquidityTier {
    /// Every tier.
    pub const ALL: [Self; 4] = [Self::Thin, Self::Middle, Self::Deep, Self::Deepest];

    /// `None` unless the quantile is from 0 to 1.
    pub fn of(quantile: f64) -> Option<Self> {
        match quantile {
            0.0..0.5 => Some(Self::Thin),
            0.5..0.9 => Some(Self::Middle),
            0.9..0.99 => Some(Self::Deep),
            0.99..=1.0 => Some(Self::Deepest),
            _ => None,
        }
    }

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Thin => "thin",
            Self::Middle => "middle",
            Self::Deep => "deep",
            Self::Deepest => "deepest",
        }
    }
}

/// What a trade is measured against. Everything may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MarketSize {
    /// Centre and width of ln(dollars) of the market's trades of the day before this one.
    pub sizes: Option<Robust>,
    /// Dollars traded in 24 hours, one side counted.
    pub volume_24h: Option<Usdc>,
    /// Dollars resting within two cents of the mid, on the side that the trade took from.
    pub depth_2c: Option<Usdc>,
    /// The quantile of the market's liquidity among all open markets, 0 to 1.
    pub liquidity_quantile: Option<f64>,
    /// Dollars that 95 of 100 trades in markets of the same tier stay below.
    pub tier_floor: Option<Usdc>,
}

/// How large a trade is for its market, by three measures that are shown together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RelativeSize {
    /// (ln(dollars) − median) / (1.4826·MAD) of the market-day ([`Robust`]). `None` where these are unknown, or half of the
    /// day's trades are of one size, so that there is no scale.
    pub z: Option<f64>,
    /// Dollars as a part of 24 hours' volume; may be above 1 for the first trade after a pause.
    pub of_volume: Option<f64>,
    /// Dollars as a part of what rests within two cents.
    pub of_depth: Option<f64>,
    /// Where the market stands.
    pub tier: Option<LiquidityTier>,
    /// Whether it is above [`MarketSize::tier_floor`].
    pub above_floor: Option<bool>,
    /// Whether it is large: above the floor of the tier, and by at least two of the three measures.
    /// `None` where what is unknown could decide it.
    pub is_large: Option<bool>,
}

/// Measures a trade. What cannot be measured is unknown, never 0: nothing traded in a day does not make a
/// trade infinitely large, it leaves nothing to measure by.
pub fn relative_size(dollars: Usdc, market: &MarketSize) -> RelativeSize {
    let amount = dollars.to_f64();
    let z = market.sizes.filter(|_| amount > 0.0).and_then(|sizes| sizes.z(amount.ln()));
    let part = |of: Option<Usdc>| {
        let of = of?.to_f64();
        (of > 0.0).then_some(amount / of)
    };
    let (of_volume, of_depth) = (part(market.volume_24h), part(market.depth_2c));
    let measures = [
        z.map(|z| z >= Z_LARGE),
        of_volume.map(|part| part >= VOLUME_SHARE),
        of_depth.map(|part| part >= DEPTH_SHARE),
    ];
    let above_floor = market.tier_floor.map(|floor| dollars >= floor);
    RelativeSize {
        z,
        of_volume,
        of_depth,
        tier: market.liquidity_quantile.and_then(LiquidityTier::of),
        above_floor,
        is_large: both(above_floor, at_least(2, &measures)),
    }
}

/// Whether at least so many hold; `None` where that depends on the unknown ones.
fn at_least(count: usize, facts: &[Option<bool>]) -> Option<bool> {
    let certain = facts.iter().filter(|fact| **fact == Some(true)).count();
    let possible = facts.iter().filter(|fact| **fact != Some(false)).count();
    if certain >= count {
        Some(true)
    } else if possible < count {
        Some(false)
    } else {
        None
    }
}

fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    at_least(2, &[one, other])
}

/// What the source document asks: a position of more than $10,000, whatever the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedSize {
    /// The larger of the known cost and the known value, in millionths of a dollar.
    pub largest: MicroUsdc,
    /// Whether that is above [`WHALE_POSITION`]; `None` where what is unknown could decide it.
    pub is_whale: Option<bool>,
}

/// Whether a position is a whale's as the source document has it: what it cost, or what it is worth, is
/// above $10,000.
pub fn is_whale(cost: Figure<MicroUsdc>, value: Option<MicroUsdc>) -> FixedSize {
    let largest = cost.known().into_iter().chain(value).max().unwrap_or(0).max(0);
    let is_above = Decimal::new(largest, MICRO.ilog10()) > WHALE_POSITION;
    let is_certain = cost.known().is_some() && value.is_some();
    FixedSize { largest, is_whale: (is_above || is_certain).then_some(is_above) }
}
