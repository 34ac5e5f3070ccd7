//! Whom a ranking finds, and what became of following it.

use crate::stats::kelly;
use crate::stats::multiplicity::benjamini_hochberg;
use crate::stats::persistence::spearman;
use crate::stats::sharpe::Returns;
use crate::stats::{PriceNull, PriceTest, Proportion, Score, Spread, Trial};

use super::population::{Population, Settled, Wallet};
use super::rules::{beta_shrunk, price_test, sign_randomisation};

/// What a follower pays more than the wallet did: a cent a share.
const SLIPPAGE: f64 = 0.01;
/// And the taker's fee, r·a(1 − a) a share.
const FEE_RATE: f64 = 0.05;
/// The false discovery rate aimed at.
const FDR: f64 = 0.1;

/// A ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ranking {
    /// Dollars made.
    Profit,
    /// Win rate, over 10 positions.
    WinRate,
    /// Beta(10, 10)-shrunk win rate.
    BetaShrunk,
    /// Win rate × ln(1 + positions) (Polyburg).
    WinRateLog,
    /// ROI between −100 % and 100 %, shrunk by n/(n + 20), × ln(1 + positions) (`PolyRanks`, as read).
    CappedRoi,
    /// Mean over deviation of what positions made, × √n.
    Sharpe,
    /// Dollars won over dollars lost.
    Omega,
    /// The p-value with signs randomised.
    SignRandomisation,
    /// Ours: the exact p-value against prices.
    PriceNull,
    /// Ours: the posterior mean of skill.
    Posterior,
}

impl Ranking {
    /// All, those of others first.
    pub const ALL: [Self; 10] = [
        Self::Profit,
        Self::WinRate,
        Self::BetaShrunk,
        Self::WinRateLog,
        Self::CappedRoi,
        Self::Sharpe,
        Self::Omega,
        Self::SignRandomisation,
        Self::PriceNull,
        Self::Posterior,
    ];

    /// The stable lower-case name.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Profit => "profit",
            Self::WinRate => "win_rate",
            Self::BetaShrunk => "beta_shrunk",
            Self::WinRateLog => "win_rate_log",
            Self::CappedRoi => "capped_roi",
            Self::Sharpe => "sharpe",
            Self::Omega => "omega",
            Self::SignRandomisation => "sign_randomisation",
            Self::PriceNull => "price_null",
            Self::Posterior => "posterior",
        }
    }

    /// By what it ranks, and whose it is.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Profit => "raw profit",
            Self::WinRate => "win rate (n ≥ 10)",
            Self::BetaShrunk => "Beta(10, 10)",
            Self::WinRateLog => "win × ln(1 + n) (Polyburg)",
            Self::CappedRoi => "capped ROI, shrunk, × ln(1 + n) (PolyRanks, as read)",
            Self::Sharpe => "Sharpe per position × √n",
            Self::Omega => "Omega",
            Self::SignRandomisation => "signs of events randomised, p",
            Self::PriceNull => "**exact price-null p (ours)**",
            Self::Posterior => "**posterior θ (ours)**",
        }
    }
}

/// What a ranking found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The skilled among the first; `None` of none.
    pub skilled: Option<Proportion>,
    /// Spearman's correlation of the score with how surprisingly much came true later, over all wallets that it
    /// ranks; `None` where it is not defined. What is later is the exact test's lower mid-p value: without
    /// skill it is as likely high as low at any price, which neither a win rate nor a profit is.
    pub correlation: Option<f64>,
    /// Wallets that are ranked.
    pub ranked: usize,
    /// What a dollar on each of their later events made, a cent worse and after a fee of 5 %·a(1 − a) a share;
    /// `None` where there was no event.
    pub later_roi: Option<f64>,
}

/// Who is flagged at a false discovery rate of 10 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discoveries {
    /// Flagged.
    pub found: usize,
    /// Of them without skill.
    pub wrong: usize,
}

/// What rankings do with one population.
#[derive(Debug, Clone, PartialEq)]
pub struct Rankings {
    /// In the order of [`Ranking::ALL`].
    pub standings: Vec<(Ranking, Standing)>,
    /// Skilled wallets in all.
    pub skilled: usize,
    /// τ² as found among all.
    pub variance: f64,
    /// By the exact test, with Benjamini–Hochberg.
    pub by_price_null: Discoveries,
    /// By sign-randomisation, with Benjamini–Hochberg.
    pub by_signs: Discoveries,
}

/// What is kept of a wallet.
struct Seen {
    number: usize,
    is_skilled: bool,
    test: Option<PriceTest>,
    signs: Option<f64>,
    /// The lower mid-p value of the time after.
    later: f64,
    /// Of each of [`Ranking::ALL`], more is better; `None` is not ranked.
    scores: [Option<f64>; Ranking::ALL.len()],
}

impl Rankings {
    /// The first `top` of each ranking of a population.
    pub fn of(population: &Population, top: usize) -> Self {
        let mut seen: Vec<Seen> =
            (0..population.wallets).map(|number| see(population, number)).collect();
        let tests: Vec<Score> =
            seen.iter().filter_map(|one| one.test).map(|test| test.score()).collect();
        let spread = Spread::by_likelihood(&tests).unwrap_or_default();
        for one in &mut seen {
            for (score, ranking) in one.scores.iter_mut().zip(Ranking::ALL) {
                if ranking == Ranking::Posterior {
                    *score = one.test.map(|test| spread.posterior(test.score()).mean);
                }
            }
        }
        let standings = Ranking::ALL.into_iter().enumerate().map(|(place, ranking)| {
            let score = |one: &Seen| one.scores.get(place).copied().flatten();
            let ranked = seen.iter().filter_map(|one| Some(one.ranked(score(one)?)));
            (ranking, Standing::of_ranked(population, ranked.collect(), top))
        });
        Self {
            standings: standings.collect(),
            skilled: seen.iter().filter(|one| one.is_skilled).count(),
            variance: spread.variance(),
            by_price_null: discoveries(&seen, |one| one.test.map(|test| test.p)),
            by_signs: discoveries(&seen, |one| one.signs),
        }
    }
}

fn see(population: &Population, number: usize) -> Seen {
    let wallet = population.wallet(number);
    let test = price_test(&wallet);
    let signs = sign_randomisation(&wallet, &mut population.dice(number, 9));
    let positions = wallet.positions() as f64;
    let scores = Ranking::ALL.map(|ranking| match ranking {
        Ranking::Profit => Some(wallet.profit()),
        Ranking::WinRate => (positions >= 10.0).then(|| wallet.win_rate()),
        Ranking::BetaShrunk => Some(beta_shrunk(&wallet)),
        Ranking::WinRateLog => Some(wallet.win_rate() * positions.ln_1p()),
        Ranking::CappedRoi => {
            let shrunk = wallet.roi().clamp(-1.0, 1.0) * positions / (positions + 20.0);
            Some(shrunk * positions.ln_1p())
        }
        Ranking::Sharpe => sharpe(&wallet),
        Ranking::Omega => Some(wallet.omega()).filter(|omega| !omega.is_nan()),
        Ranking::SignRandomisation => signs.map(|p| -p),
        Ranking::PriceNull => test.map(|test| -test.upper),
        // Of all wallets together, when they are known.
        Ranking::Posterior => None,
    });
    let later = surprise(&population.later(number));
    Seen { number, is_skilled: wallet.is_skilled(), test, signs, later, scores }
}

fn sharpe(wallet: &Wallet) -> Option<f64> {
    let gains = wallet.by_position(Settled::gain);
    Some(Returns::observed(&gains)?.sharpe * (gains.len() as f64).sqrt())
}

/// A wallet's place in a ranking.
struct Ranked {
    score: f64,
    number: usize,
    is_skilled: bool,
    later: f64,
}

impl Seen {
    fn ranked(&self, score: f64) -> Ranked {
        Ranked { score, number: self.number, is_skilled: self.is_skilled, later: self.later }
    }
}

impl Standing {
    /// Of the first `top` by anything that scores wallets, more being better: `None` is not ranked.
    pub fn of(
        population: &Population,
        top: usize,
        mut score: impl FnMut(&Wallet) -> Option<f64>,
    ) -> Self {
        let ranked = (0..population.wallets).filter_map(|number| {
            let wallet = population.wallet(number);
            let score = score(&wallet)?;
            let later = surprise(&population.later(number));
            Some(Ranked { score, number, is_skilled: wallet.is_skilled(), later })
        });
        Self::of_ranked(population, ranked.collect(), top)
    }

    fn of_ranked(population: &Population, mut ranked: Vec<Ranked>, top: usize) -> Self {
        let pairs: Vec<(f64, f64)> = ranked.iter().map(|one| (one.score, one.later)).collect();
        // Equal scores stay in the order of numbers, which have nothing to do with skill.
        ranked.sort_by(|one, other| other.score.total_cmp(&one.score));
        ranked.truncate(top);
        let (mut gained, mut events) = (0.0, 0.0);
        for event in ranked.iter().flat_map(|one| population.later(one.number).events) {
            let Some(cost) = kelly::cost(event.price + SLIPPAGE, FEE_RATE) else { continue };
            gained += if event.came_true { 1.0 / cost - 1.0 } else { -1.0 };
            events += 1.0;
        }
        let skilled = ranked.iter().filter(|one| one.is_skilled).count();
        Self {
            skilled: Proportion::wilson(skilled, ranked.len()),
            ranked: pairs.len(),
            correlation: spearman(&pairs),
            later_roi: (events > 0.0).then(|| gained / events),
        }
    }
}

/// How surprisingly much came true, 0 to 1.
fn surprise(wallet: &Wallet) -> f64 {
    let trials: Vec<Trial> = wallet.trials().collect();
    PriceNull::of(&trials).test().map_or(0.5, |test| test.lower)
}

fn discoveries(seen: &[Seen], p_value: impl Fn(&Seen) -> Option<f64>) -> Discoveries {
    let tested: Vec<(&Seen, f64)> =
        seen.iter().filter_map(|one| Some((one, p_value(one)?))).collect();
    let p_values: Vec<f64> = tested.iter().map(|(_, p)| *p).collect();
    let adjusted = benjamini_hochberg(&p_values);
    let mut all = Discoveries { found: 0, wrong: 0 };
    for ((one, _), rate) in tested.iter().zip(adjusted) {
        if rate <= FDR {
            all.found += 1;
            all.wrong += usize::from(!one.is_skilled);
        }
    }
    all
}
