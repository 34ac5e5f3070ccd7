//! The people of the world: what everybody may see of a wallet, and what only the truth knows.

use std::collections::HashMap;

use crate::exchange::{Millis, WalletIx};
use crate::noise::{Dice, Noise};
use crate::world::category::Category;

/// What a wallet truly is. Never on the wire but under `/lab/truth`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// Quotes both sides around the public price.
    Maker,
    /// Trades for no reason.
    Noise,
    /// Buys what is likely, without knowing better.
    FavouriteBuyer,
    /// Buys what is unlikely, without knowing better.
    LongshotBuyer,
    /// Knows the true probability better than the price does.
    Skilled,
    /// Knows an announcement before it is public.
    Insider,
    /// Trades in size, without knowing better.
    Whale,
    /// Trades back and forth within a ring.
    Washer,
    /// One of several wallets of one owner that act together.
    Sybil,
    /// Repeats what a leader does, a little later.
    CopyBot,
    /// Trades away prices that cannot all be right.
    Arbitrageur,
}

impl Kind {
    pub(crate) const ALL: [Self; 11] = [
        Self::Maker,
        Self::Noise,
        Self::FavouriteBuyer,
        Self::LongshotBuyer,
        Self::Skilled,
        Self::Insider,
        Self::Whale,
        Self::Washer,
        Self::Sybil,
        Self::CopyBot,
        Self::Arbitrageur,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Noise => "noise",
            Self::FavouriteBuyer => "favourite_buyer",
            Self::LongshotBuyer => "longshot_buyer",
            Self::Skilled => "skilled",
            Self::Insider => "insider",
            Self::Whale => "whale",
            Self::Washer => "washer",
            Self::Sybil => "sybil",
            Self::CopyBot => "copy_bot",
            Self::Arbitrageur => "arbitrageur",
        }
    }
}

/// What a wallet does with shares of a resolved market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redeeming {
    /// Hands everything in, winners and losers.
    All,
    /// Hands winners in and leaves losers where they are.
    WinnersOnly,
}

/// A wallet's owner.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) wallet: WalletIx,
    /// `0x` and 40 lower-case hex digits.
    pub(crate) address: String,
    /// Chosen by the owner; empty for most.
    pub(crate) name: String,
    /// Given by the site.
    pub(crate) pseudonym: String,
    pub(crate) bio: String,
    pub(crate) x_username: String,
    pub(crate) verified: bool,
    pub(crate) displays_name: bool,
    pub(crate) joined_ms: Millis,

    // The truth.
    pub(crate) kind: Kind,
    /// How much of the difference between truth and price the wallet sees: 0 nothing, 1 all of it.
    pub(crate) skill: f64,
    /// Who follows whom, or which ring or cluster it belongs to.
    pub(crate) tied_to: Option<u32>,
    /// Address that first paid in.
    pub(crate) funder: String,
    pub(crate) redeeming: Redeeming,
    /// Typical trade, USDC.
    pub(crate) stake: f64,
    /// How often it trades, relative to others.
    pub(crate) appetite: f64,
    /// The category it prefers.
    pub(crate) home: Category,
}

impl Person {
    /// Whether it hands in worthless shares, too.
    pub(crate) fn redeems_losers(&self) -> bool {
        self.redeeming == Redeeming::All
    }
}

const ADJECTIVES: [&str; 32] = [
    "Amber", "Brisk", "Candid", "Dapper", "Earnest", "Frosty", "Gentle", "Hollow", "Ivory",
    "Jagged", "Keen", "Lucid", "Mellow", "Nimble", "Opaque", "Plucky", "Quaint", "Rustic",
    "Solemn", "Tidy", "Upbeat", "Vivid", "Wistful", "Zesty", "Bold", "Crisp", "Dusty", "Fickle",
    "Grand", "Humble", "Lofty", "Spare",
];
const NOUNS: [&str; 32] = [
    "Anchor", "Beacon", "Cactus", "Dynamo", "Ember", "Falcon", "Garnet", "Hammock", "Icicle",
    "Jigsaw", "Kettle", "Lantern", "Magnet", "Nectar", "Orchard", "Pebble", "Quiver", "Ribbon",
    "Saddle", "Teapot", "Urchin", "Velvet", "Walnut", "Yarrow", "Zipper", "Bramble", "Cobalt",
    "Drifter", "Fiddle", "Glacier", "Harbor", "Thicket",
];
const HANDLES: [&str; 24] = [
    "pond",
    "ledger",
    "tideline",
    "oddsmith",
    "quarterly",
    "northbank",
    "sevens",
    "papertrail",
    "lowvol",
    "blueprint",
    "halftime",
    "greenroom",
    "backbench",
    "overunder",
    "lateshift",
    "fairvalue",
    "skeptic",
    "barometer",
    "foldout",
    "carry",
    "midpoint",
    "crosswind",
    "plainview",
    "edgewise",
];

/// The part of a person that everybody may see.
pub(crate) struct Face {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) pseudonym: String,
    pub(crate) bio: String,
    pub(crate) x_username: String,
    pub(crate) verified: bool,
    pub(crate) displays_name: bool,
}

impl Face {
    /// The face of the `number`th wallet.
    pub(crate) fn draw(noise: Noise, number: u64) -> Self {
        let noise = noise.with(number);
        let mut dice = noise.dice();
        let pseudonym = format!("{}-{}", dice.pick(&ADJECTIVES), dice.pick(&NOUNS));
        let name = if dice.chance(0.55) { handle(&mut dice) } else { String::new() };
        let known = !name.is_empty() && dice.chance(0.08);
        Self {
            address: address(noise.with(1)),
            bio: if known { "Simulated trader.".to_owned() } else { String::new() },
            x_username: if known { format!("{name}_sim") } else { String::new() },
            verified: known && dice.chance(0.3),
            displays_name: !name.is_empty(),
            name,
            pseudonym,
        }
    }
}

fn handle(dice: &mut Dice) -> String {
    format!("{}{}", dice.pick(&HANDLES), dice.whole(1, 9_999))
}

/// An address that depends on the noise alone.
pub(crate) fn address(noise: Noise) -> String {
    let words = (0..3).map(|word| format!("{:016x}", noise.with(word).bits()));
    let mut digits: String = words.collect();
    digits.truncate(40);
    format!("0x{digits}")
}

/// Everybody, with the addresses.
#[derive(Debug, Default)]
pub(crate) struct People {
    all: Vec<Person>,
    by_address: HashMap<String, WalletIx>,
}

impl People {
    pub(crate) fn all(&self) -> &[Person] {
        &self.all
    }

    pub(crate) fn get(&self, wallet: WalletIx) -> &Person {
        &self.all[wallet.index()]
    }

    /// Whose address it is, however it is spelt.
    pub(crate) fn by_address(&self, address: &str) -> Option<WalletIx> {
        self.by_address.get(&address.to_ascii_lowercase()).copied()
    }

    /// Adds the person of the next wallet.
    pub(crate) fn push(&mut self, person: Person) {
        self.by_address.insert(person.address.clone(), person.wallet);
        self.all.push(person);
    }
}
