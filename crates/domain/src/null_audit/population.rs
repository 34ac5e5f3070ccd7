//! Synthetic wallets.

use crate::stats::special::{expit, logit};
use crate::stats::{Answer, Bet, Dice, Relation, Trial};

/// At about which prices a wallet buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// About 15 cents.
    Longshots,
    /// About 50 cents.
    Even,
    /// About 85 cents.
    Favourites,
    /// About 96 cents.
    NearCertain,
    /// About 50 cents, and as many dollars again where the price has fallen since: to half, which is as fair.
    AveragesDown,
}

impl Style {
    /// All, by price.
    pub const ALL: [Self; 5] =
        [Self::Longshots, Self::Even, Self::Favourites, Self::NearCertain, Self::AveragesDown];

    /// The stable lower-case name.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Longshots => "longshots",
            Self::Even => "even",
            Self::Favourites => "favourites",
            Self::NearCertain => "near_certain",
            Self::AveragesDown => "averages_down",
        }
    }

    /// What it buys, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Longshots => "~15¢",
            Self::Even => "~50¢",
            Self::Favourites => "~85¢",
            Self::NearCertain => "~96¢",
            Self::AveragesDown => "~50¢, more after a fall",
        }
    }

    /// The median price of first purchases.
    pub const fn price(self) -> f64 {
        match self {
            Self::Longshots => 0.15,
            Self::Even | Self::AveragesDown => 0.5,
            Self::Favourites => 0.85,
            Self::NearCertain => 0.96,
        }
    }

    /// The part of wallets with this style.
    pub const fn share(self) -> f64 {
        match self {
            Self::Longshots => 0.2,
            Self::Even => 0.25,
            Self::Favourites => 0.3,
            Self::NearCertain => 0.15,
            Self::AveragesDown => 0.1,
        }
    }

    fn draw(dice: &mut Dice) -> Self {
        let drawn = dice.unit();
        let mut below = 0.0;
        let found = Self::ALL.into_iter().find(|style| {
            below += style.share();
            drawn < below
        });
        found.unwrap_or(Self::AveragesDown)
    }
}

/// Wallets from a seed. A wallet is made when it is asked for, and is the same each time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Population {
    /// What all draws come from.
    pub seed: u64,
    /// How many wallets.
    pub wallets: usize,
    /// The part of them with skill.
    pub skilled: f64,
    /// Their skill: how much better their chances are than prices, in log-odds.
    pub theta: f64,
}

/// Positions a wallet has, at least and at most; the logarithm is uniform.
const POSITIONS: (f64, f64) = (5.0, 400.0);
/// The standard deviation of a wallet's prices around its style's, in log-odds.
const PRICE_SPREAD: f64 = 0.35;
/// The part of events of which a wallet holds several legs that stand and fall together.
const CORRELATED: f64 = 0.25;
/// How many.
const LEGS: usize = 3;

impl Population {
    /// 40,000 wallets without any skill.
    pub const fn without_skill(seed: u64) -> Self {
        Self { seed, wallets: 40_000, skilled: 0.0, theta: 0.0 }
    }

    /// 40,000 wallets of which 3 % have a skill of `theta`.
    pub const fn with_skill(seed: u64, theta: f64) -> Self {
        Self { skilled: 0.03, theta, ..Self::without_skill(seed) }
    }

    /// One of them, over the time that rules look at.
    pub fn wallet(&self, number: usize) -> Wallet {
        self.draw(number, 0)
    }

    /// The same wallet over the time after that.
    pub fn later(&self, number: usize) -> Wallet {
        self.draw(number, 1)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Wallet> {
        (0..self.wallets).map(|number| self.wallet(number))
    }

    /// Draws that belong to one wallet and one purpose, whatever was drawn for others.
    pub(crate) fn dice(&self, number: usize, purpose: u64) -> Dice {
        Dice::new(self.seed ^ purpose.rotate_right(8), number as u64)
    }

    fn draw(&self, number: usize, period: u64) -> Wallet {
        let mut habits = self.dice(number, 1);
        let style = Style::draw(&mut habits);
        let is_skilled = habits.chance(self.skilled);
        let theta = if is_skilled { self.theta } else { 0.0 };
        let mut dice = self.dice(number, 2 + period);
        let (least, most) = POSITIONS;
        let wanted = (least.ln() + (most / least).ln() * dice.unit()).exp().round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "5 to 400")]
        let mut left = wanted as usize;
        let mut events = Vec::with_capacity(left);
        while left > 0 {
            let legs = if dice.chance(CORRELATED) { LEGS.min(left) } else { 1 };
            let price = expit(logit(style.price()) + PRICE_SPREAD * dice.normal());
            let stake = 100.0 * dice.normal().exp();
            let came_true = dice.chance(expit(logit(price) + theta));
            let more = (style == Style::AveragesDown)
                .then(|| fallen(price, came_true, &mut dice))
                .flatten();
            events.push(Settled { price, legs, stake, came_true, more });
            left -= legs;
        }
        Wallet { style, theta, events }
    }
}

/// The price after a while, if it fell. From p it goes to p/2 or to (1 + p)/2, the former with chance 1 − p, so that
/// it is fair before and after; how it comes out is drawn first, so the way there is drawn given that.
fn fallen(price: f64, came_true: bool, dice: &mut Dice) -> Option<f64> {
    let chance = if came_true { (1.0 - price) / 2.0 } else { 1.0 - price / 2.0 };
    dice.chance(chance).then_some(price / 2.0)
}

/// A synthetic wallet.
#[derive(Debug, Clone, PartialEq)]
pub struct Wallet {
    /// Its style.
    pub style: Style,
    /// Its skill; 0 without.
    pub theta: f64,
    /// What it bet on, in order.
    pub events: Vec<Settled>,
}

/// An event that is over, and what a wallet had of it: so many positions at one price and of one stake, all of
/// which came true, or none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settled {
    /// Paid a share at first; fair, but for the wallet's skill.
    pub price: f64,
    /// Positions.
    pub legs: usize,
    /// Dollars in each position at first.
    pub stake: f64,
    /// Whether they came true.
    pub came_true: bool,
    /// What a share cost when as many dollars more were put into each position; `None` where none were.
    pub more: Option<f64>,
}

impl Settled {
    /// What a share cost on average.
    pub fn mean_price(&self) -> f64 {
        self.more.map_or(self.price, |more| 2.0 / (1.0 / self.price + 1.0 / more))
    }

    /// Dollars put in, over all positions.
    pub fn staked(&self) -> f64 {
        let times = if self.more.is_some() { 2.0 } else { 1.0 };
        times * self.legs as f64 * self.stake
    }

    /// Made on a dollar: 1/p − 1, or −1.
    pub fn gain(&self) -> f64 {
        if self.came_true { 1.0 / self.mean_price() - 1.0 } else { -1.0 }
    }

    /// Dollars made, over all positions.
    pub fn profit(&self) -> f64 {
        self.staked() * self.gain()
    }

    /// The event as the test sees it, by the first purchase (`domain::bets`): its positions go through the same netting as those of real wallets.
    pub fn trial(&self) -> Option<Trial> {
        let shares = self.stake / self.price;
        let bet = |market| Bet { market, on: Answer::Yes, chance: self.price, shares };
        let bets: Vec<Bet> = (0..self.legs).map(bet).collect();
        let answer = if self.came_true { Answer::Yes } else { Answer::No };
        Trial::of_event(&bets, Relation::Correlated, |_| Some(answer))
    }
}

impl Wallet {
    /// Whether it has any skill.
    pub fn is_skilled(&self) -> bool {
        self.theta > 0.0
    }

    /// Positions: what rules that know no events count.
    pub fn positions(&self) -> usize {
        self.events.iter().map(|event| event.legs).sum()
    }

    /// Positions that came true.
    pub fn wins(&self) -> usize {
        self.events.iter().filter(|event| event.came_true).map(|event| event.legs).sum()
    }

    /// The part of positions that came true; 0 without any.
    pub fn win_rate(&self) -> f64 {
        self.wins() as f64 / self.positions().max(1) as f64
    }

    /// Dollars made.
    pub fn profit(&self) -> f64 {
        self.events.iter().map(Settled::profit).sum()
    }

    /// Dollars put in.
    pub fn staked(&self) -> f64 {
        self.events.iter().map(Settled::staked).sum()
    }

    /// Made on a dollar put in.
    pub fn roi(&self) -> f64 {
        self.profit() / self.staked()
    }

    /// Dollars won over dollars lost; infinite where nothing was lost, as those who use it have it.
    pub fn omega(&self) -> f64 {
        let (won, lost) = self.events.iter().fold((0.0, 0.0), |(won, lost), event| {
            let profit = event.profit();
            (won + profit.max(0.0), lost - profit.min(0.0))
        });
        won / lost
    }

    /// A number for each position.
    pub fn by_position(&self, of: impl Fn(&Settled) -> f64) -> Vec<f64> {
        let each = self.events.iter().flat_map(|event| std::iter::repeat_n(of(event), event.legs));
        each.collect()
    }

    /// Its events as the test sees them.
    pub fn trials(&self) -> impl Iterator<Item = Trial> {
        self.events.iter().filter_map(Settled::trial)
    }
}
