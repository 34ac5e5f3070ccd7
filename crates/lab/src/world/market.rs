//! One market of the world: its life, and what moves its price.

use super::category::Fees;
use super::history::{DAY_S, HOUR_S};
use super::stories::MarketDraft;
use crate::exchange::{MICRO, MarketIx, Millis, PIPS, Pips, Shares, Usdc, WalletIx};
use crate::noise::Dice;

/// Beyond these prices the tick becomes finer, once and for all.
pub(crate) const FINE_TICK_BELOW: f64 = 0.04;
pub(crate) const FINE_TICK: Pips = 10;
pub(crate) const COARSE_TICK: Pips = 100;

/// Price of the likely outcome between the end of trading interest and resolution.
const FORESEEN: f64 = 0.996;

/// How fast the price goes there, in seconds.
const FORESIGHT_S: f64 = 900.0;

/// How long the public needs to take in what is known, in seconds.
const LAG_S: f64 = 40.0 * 60.0;

/// How long a mispricing lives, in seconds, and how large it gets, in log-odds.
const BIAS_S: f64 = 8.0 * HOUR_S as f64;
const BIAS_SIZE: f64 = 0.28;

/// When a market's life changes, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(crate) struct Calendar {
    /// The outcome is known in the world, not yet on the venue.
    pub(crate) ends_s: i64,
    /// First proposal of an outcome; `None` when a price feed resolves it.
    pub(crate) proposed_s: Option<i64>,
    /// Challenge of that proposal.
    pub(crate) disputed_s: Option<i64>,
    /// Resolution.
    pub(crate) closes_s: i64,
}

impl Calendar {
    /// The next change after `at_s`.
    pub(crate) fn next_after(&self, at_s: i64) -> Option<i64> {
        [Some(self.ends_s), self.proposed_s, self.disputed_s, Some(self.closes_s)]
            .into_iter()
            .flatten()
            .filter(|&change_s| change_s > at_s)
            .min()
    }
}

/// The outcome of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    First,
    Second,
    Split,
}

impl Verdict {
    /// What a share of each outcome pays, in millionths of a USDC.
    pub(crate) const fn payouts(self) -> [Usdc; 2] {
        match self {
            Self::First => [MICRO, 0],
            Self::Second => [0, MICRO],
            Self::Split => [MICRO / 2, MICRO / 2],
        }
    }

    const fn foreseen(self) -> f64 {
        match self {
            Self::First => FORESEEN,
            Self::Second => 1.0 - FORESEEN,
            Self::Split => 0.5,
        }
    }
}

/// How a market is quoted.
#[derive(Clone, Debug)]
pub(crate) struct Quoting {
    pub(crate) makers: Vec<WalletIx>,
    /// Half of the distance between a maker's best prices at even odds, in pips.
    pub(crate) half_spread: f64,
    /// Shares on a maker's best level.
    pub(crate) size: Shares,
    /// Fair price that the standing quotes were made for.
    pub(crate) quoted: Option<Pips>,
    /// Volume when they were made: a trade since then calls for new ones.
    pub(crate) quoted_volume: Usdc,
}

impl Quoting {
    /// `interest` scales the size.
    pub(crate) fn draw(dice: &mut Dice, interest: f64, makers: Vec<WalletIx>) -> Self {
        let size = 120.0 * interest.max(0.05).sqrt() * 10_f64.powf(0.35 * dice.bell());
        // Busy markets are tight: about half a cent, idle ones several.
        let half_spread = (90.0 / interest.max(0.02).powf(0.35)) * 10_f64.powf(0.12 * dice.bell());
        Self {
            makers,
            half_spread: half_spread.clamp(5.0, 600.0),
            size: whole_shares(size.clamp(8.0, 60_000.0)),
            quoted: None,
            quoted_volume: 0,
        }
    }
}

/// A market.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) ix: MarketIx,
    /// Gamma's id.
    pub(crate) number: u64,
    pub(crate) slug: String,
    pub(crate) draft: MarketDraft,
    pub(crate) condition_id: String,
    pub(crate) question_id: String,
    pub(crate) token_ids: [String; 2],
    /// The end that was announced. Markets may be over earlier, and close later.
    pub(crate) scheduled_s: i64,
    pub(crate) calendar: Calendar,
    pub(crate) fees: Option<Fees>,
    /// Share of the event's trading.
    pub(crate) interest: f64,
    pub(crate) quoting: Quoting,
    /// Log-odds as the public knows them.
    pub(crate) public: f64,
    /// Log-odds by which the price errs.
    pub(crate) bias: f64,
    /// Fair price when the outcome became known, and the outcome.
    pub(crate) settled: Option<(f64, Verdict)>,
}

impl Market {
    pub(crate) fn is_closed(&self, at_s: i64) -> bool {
        at_s >= self.calendar.closes_s
    }

    /// Whether the outcome is known in the world.
    pub(crate) fn has_ended(&self, at_s: i64) -> bool {
        at_s >= self.calendar.ends_s
    }

    /// Takes in the true probability after `elapsed_ms`.
    pub(crate) fn learn(&mut self, truth: f64, elapsed_ms: Millis, dice: &mut Dice) {
        let elapsed_s = elapsed_ms as f64 / 1e3;
        let target = logit(truth);
        self.public += (target - self.public) * (1.0 - (-elapsed_s / LAG_S).exp());
        let kept = (-elapsed_s / BIAS_S).exp();
        self.bias = self.bias * kept + BIAS_SIZE * (1.0 - kept * kept).sqrt() * dice.bell();
    }

    /// What the public takes the first outcome's probability for.
    pub(crate) fn fair(&self, at_ms: Millis) -> f64 {
        let public = logistic(self.public + self.bias);
        let Some((before, verdict)) = self.settled else { return public.clamp(0.000_5, 0.999_5) };
        let since_s = (at_ms / 1_000 - self.calendar.ends_s) as f64;
        let known = 1.0 - (-since_s.max(0.0) / FORESIGHT_S).exp();
        before + (verdict.foreseen() - before) * known
    }

    /// Orders leave their mark on the price: `shares` of the first outcome bought (or sold, below 0).
    pub(crate) fn press(&mut self, shares: Shares) {
        let push = shares as f64 / (self.quoting.size.max(MICRO) as f64 * 24.0);
        self.bias = (self.bias + 0.25 * push.clamp(-1.0, 1.0)).clamp(-2.5, 2.5);
    }
}

/// Whole shares as an order holds them.
pub(crate) fn whole_shares(shares: f64) -> Shares {
    #[expect(clippy::cast_possible_truncation, reason = "sizes are far below the range of i64")]
    let whole = shares.round() as i64;
    whole.max(1) * MICRO
}

/// A probability as a price.
pub(crate) fn pips(probability: f64) -> Pips {
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 10,000")]
    let pips = (probability * f64::from(PIPS)).round() as Pips;
    pips
}

pub(crate) fn logistic(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// Log-odds, kept away from certainty.
pub(crate) fn logit(probability: f64) -> f64 {
    let probability = probability.clamp(0.000_5, 0.999_5);
    (probability / (1.0 - probability)).ln()
}

/// How coarsely an event nobody trades in is looked at, by age of the moment, in seconds.
pub(crate) fn heartbeat_s(age_s: i64) -> i64 {
    match age_s {
        age if age <= DAY_S => 1_200,
        age if age <= 8 * DAY_S => 2 * HOUR_S,
        age if age <= 31 * DAY_S => 8 * HOUR_S,
        _ => 2 * DAY_S,
    }
}
