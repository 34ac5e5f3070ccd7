//! A generated Polymarket: seeded, labelled simulated, and moving.
//!
//! Everything that happens is an action on an agenda, taken in the order of time; what an action does
//! depends on the seed, on the action's number and on what happened before. A world advanced in one
//! call and one advanced in many are the same, and so are two worlds of one seed and present.

mod agenda;
mod agents;
mod belief;
mod category;
pub(crate) mod comments;
mod event;
mod facts;
mod flip;
mod history;
mod ids;
mod market;
mod names;
mod nested;
mod opening;
mod people;
mod plan;
pub(crate) mod profile;
mod rows;
mod step;
mod stories;
mod wire;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use history::PricePoint;

pub(crate) use category::Category;
pub(crate) use event::Event;
pub(crate) use facts::Rewards;
pub(crate) use market::Market;
pub(crate) use people::{Kind, Person};

use crate::catalogue::Catalogue;
use crate::exchange::{Exchange, Imbalance, MarketIx, Millis, Outcome, WalletIx};
use crate::noise::{Dice, Noise};
use agenda::{Action, Agenda};
use agents::Population;
use history::MINUTE_S;
use people::People;
use plan::Opening;

/// Every so often new events open.
const OPENING_S: i64 = 15 * MINUTE_S;

/// Markets of the standard world.
const STANDARD_MARKETS: usize = 2_400;

/// Ids of generated rows start here, out of reach of real ones.
const FIRST_NUMBER: u64 = 90_000_001;

/// What kind of world to generate.
#[derive(Clone, Debug)]
pub struct WorldOptions {
    /// Same seed, same world.
    pub seed: u64,
    /// About so many markets at the start.
    pub markets: usize,
    /// So many wallets at the start.
    pub wallets: usize,
    /// About so many fills up to the present.
    pub fills: usize,
    /// The world's present.
    pub now: DateTime<Utc>,
    /// From the present on, people trade so many times as often as they did just before it.
    pub activity: f64,
}

impl WorldOptions {
    /// The standard world: 2,400 markets, 2,100 wallets, somewhat more than 500,000 fills.
    pub fn new(seed: u64, now: DateTime<Utc>) -> Self {
        Self { seed, markets: STANDARD_MARKETS, wallets: 2_100, fills: 600_000, now, activity: 1.0 }
    }

    /// So many times the standard world, or a part of it.
    #[must_use]
    pub fn scale(self, factor: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts times a small factor"
        )]
        let scaled = |count: usize| (count as f64 * factor).round().max(1.0) as usize;
        Self {
            markets: scaled(self.markets),
            wallets: scaled(self.wallets).max(60),
            fills: scaled(self.fills),
            ..self
        }
    }

    /// Another number of markets; wallets and fills stay.
    #[must_use]
    pub fn markets(self, markets: usize) -> Self {
        Self { markets, ..self }
    }

    /// Another number of fills.
    #[must_use]
    pub fn fills(self, fills: usize) -> Self {
        Self { fills, ..self }
    }

    /// More or less trading from the present on.
    #[must_use]
    pub fn activity(self, activity: f64) -> Self {
        Self { activity, ..self }
    }
}

/// A generated Polymarket.
#[derive(Debug)]
pub struct World {
    seed: u64,
    noise: Noise,
    now_ms: Millis,
    /// The present it was generated for.
    genesis_ms: Millis,
    activity: f64,
    planned_markets: usize,
    /// Trades in a millisecond of an event of interest 1 at full growth.
    pace: f64,
    agenda: Agenda,
    openings: Vec<Option<Opening>>,
    exchange: Exchange,
    people: People,
    population: Population,
    events: Vec<Event>,
    /// The event and the place in it, by market.
    places: Vec<(usize, usize)>,
    by_token: HashMap<String, (MarketIx, Outcome)>,
    by_condition: HashMap<String, MarketIx>,
    by_question: HashMap<String, MarketIx>,
    slugs: HashSet<String>,
    /// Catalogue as of its time.
    served: Option<(Millis, Arc<Catalogue>)>,
}

impl World {
    /// Generates a world with its past.
    pub fn generate(options: &WorldOptions) -> Self {
        let genesis_ms = options.now.timestamp_millis();
        let mut world = Self {
            seed: options.seed,
            noise: Noise::of(options.seed),
            now_ms: genesis_ms,
            genesis_ms,
            activity: options.activity,
            planned_markets: options.markets,
            pace: 0.0,
            agenda: Agenda::default(),
            openings: Vec::new(),
            exchange: Exchange::default(),
            people: People::default(),
            population: Population::default(),
            events: Vec::new(),
            places: Vec::with_capacity(options.markets),
            by_token: HashMap::new(),
            by_condition: HashMap::new(),
            by_question: HashMap::new(),
            slugs: HashSet::new(),
            served: None,
        };
        world.plan(options);
        world.live(genesis_ms);
        world
    }

    /// The seed it was generated from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What tells it from other worlds.
    pub(crate) fn label(&self) -> String {
        let since = at_ms(self.genesis_ms).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        let Self { seed, planned_markets, activity, .. } = self;
        format!("world; seed={seed}; markets={planned_markets}; activity={activity}; since={since}")
    }

    /// Virtual time.
    pub fn now(&self) -> DateTime<Utc> {
        at_ms(self.now_ms)
    }

    /// Lives up to `to`: people trade, prices move, markets open, end and are resolved. Has no effect
    /// when `to` is not ahead.
    pub fn advance(&mut self, to: DateTime<Utc>) {
        self.live(to.timestamp_millis());
    }

    fn live(&mut self, to_ms: Millis) {
        while let Some((due_ms, number, action)) = self.agenda.next(to_ms) {
            self.now_ms = self.now_ms.max(due_ms);
            let dice = self.noise.with(5).with(number).dice();
            self.act(due_ms, action, dice);
        }
        self.now_ms = self.now_ms.max(to_ms);
    }

    fn act(&mut self, at_ms: Millis, action: Action, dice: Dice) {
        match action {
            Action::Open(index) => {
                if let Some(opening) = self.openings.get_mut(index).and_then(Option::take) {
                    self.open(at_ms, opening);
                }
            }
            Action::OpenNew => self.open_new(at_ms),
            Action::Step { event, trade } => self.step(at_ms, event, trade, dice),
            Action::Turn(market) => self.turn(at_ms, market),
            Action::InsiderBuys { wallet, market, outcome, usdc } => {
                self.insider_buys(at_ms, wallet, (market, outcome), usdc, dice);
            }
            Action::Copy { wallet, market, outcome, side } => {
                self.copy(at_ms, wallet, (market, outcome, side), dice);
            }
            Action::SybilsAct(cluster) => self.sybils_act(at_ms, cluster, dice),
            Action::WashRound(ring) => self.wash_round(at_ms, ring, dice),
            Action::Expire { wallet, market } => self.expire(at_ms, wallet, market),
            Action::Redeem { wallet, market } => self.redeem(at_ms, wallet, market),
            Action::Arbitrage(event) => self.arbitrage(at_ms, event, dice),
            Action::Daily => self.daily(at_ms, dice),
        }
    }

    /// Whether cash and shares are conserved.
    ///
    /// # Errors
    /// What does not add up.
    pub fn audit(&self) -> Result<(), Imbalance> {
        self.exchange.audit()
    }

    /// Fills so far, each between one taker and one maker.
    pub fn fill_count(&self) -> usize {
        self.exchange.tape().fills().len()
    }

    /// Wallets so far.
    pub fn wallet_count(&self) -> usize {
        self.people.all().len()
    }

    /// Markets so far.
    pub fn market_count(&self) -> usize {
        self.places.len()
    }

    /// Displayed price and volume of a market whenever one of them changed. `None` for an unknown market
    /// id.
    pub fn history(&self, market_id: &str) -> Option<Vec<PricePoint>> {
        let number: u64 = market_id.parse().ok()?;
        let index = usize::try_from(number.checked_sub(FIRST_NUMBER)?).ok()?;
        let listing = self.exchange.listings().get(index)?;
        Some(listing.series.iter().filter_map(PricePoint::of).collect())
    }

    /// Virtual time in Unix milliseconds.
    pub(crate) fn now_ms(&self) -> Millis {
        self.now_ms
    }

    /// How many times as busy as it was it is since the present it was generated for.
    pub(crate) fn activity(&self) -> f64 {
        self.activity
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    pub(crate) fn exchange_mut(&mut self) -> &mut Exchange {
        &mut self.exchange
    }

    /// A market and its event.
    pub(crate) fn market(&self, ix: MarketIx) -> (&Event, &Market) {
        let (event, place) = self.places[ix.index()];
        let event = &self.events[event];
        (event, &event.markets[place])
    }

    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    pub(crate) fn event_by_number(&self, number: u64) -> Option<&Event> {
        let index = usize::try_from(number.checked_sub(FIRST_NUMBER)?).ok()?;
        self.events.get(index)
    }

    pub(crate) fn by_token(&self, token_id: &str) -> Option<(MarketIx, Outcome)> {
        self.by_token.get(token_id).copied()
    }

    pub(crate) fn by_condition(&self, condition_id: &str) -> Option<MarketIx> {
        self.by_condition.get(condition_id).copied()
    }

    pub(crate) fn by_question(&self, question_id: &str) -> Option<MarketIx> {
        self.by_question.get(question_id).copied()
    }

    pub(crate) fn people(&self) -> &[Person] {
        self.people.all()
    }

    pub(crate) fn person(&self, wallet: WalletIx) -> &Person {
        self.people.get(wallet)
    }

    pub(crate) fn by_address(&self, address: &str) -> Option<WalletIx> {
        self.people.by_address(address)
    }

    /// `0x` and 64 hex digits.
    pub(crate) fn transaction_hash(&self, transaction: u32) -> String {
        ids::hex_id("transaction", u64::from(transaction) ^ self.seed.rotate_left(32))
    }

    fn place(&self, ix: MarketIx) -> (usize, usize) {
        self.places[ix.index()]
    }
}

fn at_ms(at_ms: Millis) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default()
}

fn at_s(at_s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(at_s, 0).unwrap_or_default()
}
