//! The people of a new world: how many of each kind, and how they differ.

use std::collections::BTreeMap;

use super::dollars;
use crate::exchange::{Millis, Usdc, WalletIx};
use crate::noise::{Dice, Noise};
use crate::world::World;
use crate::world::agenda::Action;
use crate::world::category::Category;
use crate::world::history::DAY_S;
use crate::world::people::{Face, Kind, Person, Redeeming, address};

/// Wallets of each kind in a thousand; the rest are noise traders.
const PER_MILLE: [(Kind, usize); 8] = [
    (Kind::Maker, 12),
    (Kind::FavouriteBuyer, 130),
    (Kind::LongshotBuyer, 120),
    (Kind::Skilled, 32),
    (Kind::Whale, 11),
    (Kind::Washer, 10),
    (Kind::Sybil, 20),
    (Kind::Arbitrageur, 3),
];

/// Copy bots in a thousand: they come last, when there are leaders.
const COPY_BOTS_PER_MILLE: usize = 12;

/// Wallets of a ring, and of a cluster.
const RING: usize = 4;
const CLUSTER: usize = 6;

/// Exchanges from whose addresses most people pay in: a common funder means nothing there.
const CUSTODIANS: u64 = 5;

/// Who there is, by what they do.
#[derive(Debug, Default)]
pub(crate) struct Population {
    pub(super) makers: Vec<WalletIx>,
    pub(super) arbitrageurs: Vec<WalletIx>,
    /// Those who trade by themselves, with the sum of the appetites up to each.
    pub(super) traders: Vec<(WalletIx, f64)>,
    pub(super) rings: Vec<Vec<WalletIx>>,
    pub(super) clusters: Vec<Vec<WalletIx>>,
    /// Who follows whom.
    pub(super) followers: BTreeMap<WalletIx, Vec<WalletIx>>,
    /// Insiders so far.
    pub(super) insiders: u32,
    pub(super) insiders_wanted: u32,
}

/// What makes one person differ from another of its kind.
struct Nature {
    kind: Kind,
    skill: f64,
    stake: f64,
    appetite: f64,
    tied_to: Option<u32>,
    funder: String,
    joined_ms: Millis,
}

impl World {
    /// Fills the world with `wanted` people.
    pub(in crate::world) fn populate(&mut self, wanted: usize) {
        let mut dice = self.noise.with(15).dice();
        for (kind, per_mille) in PER_MILLE {
            let count = (wanted * per_mille / 1_000).max(least(kind));
            for index in 0..count {
                self.join_one(kind, index, &mut dice);
            }
        }
        let copy_bots = (wanted * COPY_BOTS_PER_MILLE / 1_000).max(2);
        let others = wanted.saturating_sub(self.people.all().len() + copy_bots);
        for index in 0..others {
            self.join_one(Kind::Noise, index, &mut dice);
        }
        self.join_copy_bots(copy_bots, &mut dice);
        self.population.insiders_wanted = u32::try_from(wanted / 60).unwrap_or(u32::MAX).max(3);
        self.weigh_traders();
        self.schedule_schemes(&mut dice);
    }

    /// Adds a person drawn for its kind, with a first deposit.
    fn join_one(&mut self, kind: Kind, index: usize, dice: &mut Dice) {
        let tied_to = match kind {
            Kind::Washer => u32::try_from(index / RING).ok(),
            Kind::Sybil => u32::try_from(index / CLUSTER).ok(),
            _ => None,
        };
        let tail = pareto(dice, 1.25).min(400.0);
        let stake = match kind {
            Kind::Maker | Kind::Arbitrageur => 2_000.0,
            Kind::Whale => 4_000.0 * pareto(dice, 1.4).min(25.0),
            Kind::Skilled => 60.0 * tail.min(60.0),
            Kind::Washer => 400.0,
            Kind::Sybil => 35.0,
            _ => 9.0 * tail,
        };
        let appetite = match kind {
            Kind::Maker | Kind::Washer | Kind::Sybil | Kind::Arbitrageur => 0.0,
            Kind::Whale => 0.6 * pareto(dice, 1.5).min(8.0),
            Kind::Skilled => 3.0 * pareto(dice, 1.3).min(25.0),
            _ => pareto(dice, 1.15).min(120.0),
        };
        let skill = if kind == Kind::Skilled { dice.between(0.35, 1.0) } else { 0.0 };
        let funder = self.funder(kind, tied_to, dice);
        let joined_ms = self.joining(kind, tied_to, dice);
        let nature = Nature { kind, skill, stake, appetite, tied_to, funder, joined_ms };
        let wallet = self.join(nature, dice);
        match kind {
            Kind::Maker => self.population.makers.push(wallet),
            Kind::Arbitrageur => self.population.arbitrageurs.push(wallet),
            Kind::Washer => add_to(&mut self.population.rings, index / RING, wallet),
            Kind::Sybil => add_to(&mut self.population.clusters, index / CLUSTER, wallet),
            _ => {}
        }
    }

    fn join_copy_bots(&mut self, count: usize, dice: &mut Dice) {
        let leaders: Vec<WalletIx> = self
            .people
            .all()
            .iter()
            .filter(|person| matches!(person.kind, Kind::Skilled | Kind::Whale))
            .map(|person| person.wallet)
            .collect();
        for _ in 0..count {
            let leader = dice.pick(&leaders);
            let nature = Nature {
                kind: Kind::CopyBot,
                skill: 0.0,
                stake: 20.0 * pareto(dice, 1.5).min(20.0),
                appetite: 0.0,
                tied_to: Some(leader.0),
                funder: self.funder(Kind::CopyBot, None, dice),
                joined_ms: self.joining(Kind::CopyBot, None, dice),
            };
            let wallet = self.join(nature, dice);
            self.population.followers.entry(leader).or_default().push(wallet);
        }
    }

    /// Adds somebody who knows something; nobody has heard of the wallet before.
    pub(super) fn join_insider(
        &mut self,
        joined_ms: Millis,
        stake: f64,
        dice: &mut Dice,
    ) -> WalletIx {
        self.population.insiders += 1;
        let funder = self.funder(Kind::Insider, None, dice);
        let nature = Nature {
            kind: Kind::Insider,
            skill: 1.0,
            stake,
            appetite: 0.0,
            tied_to: None,
            funder,
            joined_ms,
        };
        self.join(nature, dice)
    }

    fn join(&mut self, nature: Nature, dice: &mut Dice) -> WalletIx {
        let wallet = self.exchange.open_wallet();
        let face = Face::draw(self.noise.with(9), u64::from(wallet.0));
        let Nature { kind, skill, stake, appetite, tied_to, funder, joined_ms } = nature;
        let professional =
            matches!(kind, Kind::Maker | Kind::Arbitrageur | Kind::CopyBot | Kind::Skilled);
        let tidy = dice.chance(if professional { 0.8 } else { 0.3 });
        self.people.push(Person {
            wallet,
            address: face.address,
            name: face.name,
            pseudonym: face.pseudonym,
            bio: face.bio,
            x_username: face.x_username,
            verified: face.verified,
            displays_name: face.displays_name,
            joined_ms,
            kind,
            skill,
            tied_to,
            funder,
            redeeming: if tidy { Redeeming::All } else { Redeeming::WinnersOnly },
            stake,
            appetite,
            home: dice.pick(&Category::ALL),
        });
        wallet
    }

    /// When a wallet first appears: makers first, most others as the exchange grew.
    fn joining(&self, kind: Kind, tied_to: Option<u32>, dice: &mut Dice) -> Millis {
        let day_ms = (DAY_S * 1_000) as f64;
        let days_ago = match kind {
            Kind::Maker | Kind::Arbitrageur => 600.0,
            // Wallets of one owner are made on one day.
            Kind::Sybil | Kind::Washer => {
                let made = self.noise.with(10).with(u64::from(tied_to.unwrap_or(0)));
                12.0 + 30.0 * made.dice().unit() + 0.2 * dice.unit()
            }
            _ => 2.0 - 60.0 * (1.0 - dice.unit()).ln(),
        };
        #[expect(clippy::cast_possible_truncation, reason = "a few hundred days")]
        let back_ms = (days_ago.min(900.0) * day_ms) as i64;
        self.genesis_ms - back_ms
    }

    /// Who pays in: mostly a custodian, one address for the wallets of one owner.
    fn funder(&self, kind: Kind, tied_to: Option<u32>, dice: &mut Dice) -> String {
        let custodians = self.noise.with(11);
        match (kind, tied_to) {
            (Kind::Sybil | Kind::Washer, Some(owner)) => {
                let owners = self.noise.with(12).with(u64::from(kind == Kind::Washer));
                address(owners.with(u64::from(owner)))
            }
            _ if dice.chance(0.85) => address(custodians.with(dice.bits() % CUSTODIANS)),
            _ => address(Noise::of(dice.bits())),
        }
    }

    fn weigh_traders(&mut self) {
        let mut sum = 0.0;
        let traders = self.people.all().iter().filter(|person| person.appetite > 0.0);
        self.population.traders = traders
            .map(|person| {
                sum += person.appetite;
                (person.wallet, sum)
            })
            .collect();
    }

    /// A trader by appetite, one that had joined by then and likes the category.
    pub(super) fn some_trader(
        &self,
        at_ms: Millis,
        category: Category,
        dice: &mut Dice,
    ) -> Option<WalletIx> {
        let traders = &self.population.traders;
        let total = traders.last()?.1;
        for _ in 0..12 {
            let mark = dice.unit() * total;
            let index = traders.partition_point(|&(_, sum)| sum <= mark);
            let &(wallet, _) = traders.get(index)?;
            let person = self.people.get(wallet);
            let likes = person.home == category || dice.chance(0.35);
            if person.joined_ms <= at_ms && likes {
                return Some(wallet);
            }
        }
        None
    }

    /// So much of `usdc` as the wallet has, after paying in if it must and will.
    pub(super) fn funded(&mut self, at_ms: Millis, wallet: WalletIx, usdc: Usdc) -> Usdc {
        let cash = self.exchange.accounts().cash(wallet);
        // Fees come on top.
        let needed = usdc + usdc / 12;
        if cash >= needed {
            return usdc;
        }
        let person = self.people.get(wallet);
        let draw = self.noise.with(13).with(u64::from(wallet.0)).with(at_ms.unsigned_abs());
        let mut dice = draw.dice();
        let poor = cash < dollars(person.stake) / 2;
        if !poor && !dice.chance(0.3) {
            return cash - cash / 12;
        }
        // Round sums, several trades' worth.
        let sum = (person.stake * dice.between(6.0, 30.0) / 10.0).ceil() * 10.0;
        let sum = dollars(sum).max(needed - cash);
        self.exchange.deposit(at_ms, wallet, sum);
        usdc
    }

    fn schedule_schemes(&mut self, dice: &mut Dice) {
        let start_ms = self.now_ms;
        self.agenda.note(start_ms + DAY_S * 1_000, Action::Daily);
        let latest = |wallets: &[WalletIx]| {
            let joined = wallets.iter().map(|&wallet| self.people.get(wallet).joined_ms);
            joined.max().unwrap_or(start_ms).max(start_ms)
        };
        let hour_ms = 3.6e6;
        let mut planned = Vec::new();
        for (index, ring) in self.population.rings.iter().enumerate() {
            planned.push((latest(ring), Action::WashRound(index)));
        }
        for (index, cluster) in self.population.clusters.iter().enumerate() {
            planned.push((latest(cluster), Action::SybilsAct(index)));
        }
        for (at_ms, action) in planned {
            let wait_ms = micros_of(dice.between(0.1, 12.0) * hour_ms);
            self.agenda.note(at_ms + wait_ms, action);
        }
    }
}

fn micros_of(milliseconds: f64) -> Millis {
    crate::world::plan::seconds(milliseconds)
}

/// The smallest number of wallets that lets a kind do what it does.
fn least(kind: Kind) -> usize {
    match kind {
        Kind::Maker => 6,
        Kind::Washer => RING,
        Kind::Sybil => CLUSTER,
        Kind::Whale | Kind::Skilled => 3,
        Kind::Arbitrageur => 2,
        _ => 1,
    }
}

fn add_to(lists: &mut Vec<Vec<WalletIx>>, index: usize, wallet: WalletIx) {
    if lists.len() <= index {
        lists.resize_with(index + 1, Vec::new);
    }
    lists[index].push(wallet);
}

/// A draw of at least 1 whose tail falls like x^−alpha.
fn pareto(dice: &mut Dice, alpha: f64) -> f64 {
    (1.0 - dice.unit()).powf(-1.0 / alpha)
}
