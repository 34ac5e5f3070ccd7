//! A small generated Polymarket: seeded, labelled simulated, and moving.
//!
//! Virtual time passes in ticks of 15 seconds. Whatever happens at a tick depends on the seed and
//! the tick alone, so a world advanced in one call and one advanced in many are the same.

mod category;
mod event;
mod history;
mod market;
mod names;
mod stories;
mod wire;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

pub use history::PricePoint;

use crate::catalogue::{self, Catalogue, Tag};
use crate::json::Members;
use crate::noise::{Dice, Noise};
use category::Category;
use event::{Event, Rows};
use history::{DAY_S, HOUR_S, MINUTE_S};
use market::{Calendar, Depth, Market};
use stories::{COINS, Coin, Draft, Resolution, Shape};

/// Seconds between two moments of virtual time.
const TICK_S: i64 = 15;

/// Every so often new events open.
const OPENING_S: i64 = 15 * MINUTE_S;

/// Recurring windows open this long before they start.
const OPENS_AHEAD_S: i64 = HOUR_S;

/// Past windows of each coin that the world begins with.
const PAST_WINDOWS: i64 = 32;

/// Ids of generated rows start here, out of reach of real ones.
const FIRST_NUMBER: u64 = 90_000_001;

/// What kind of world to generate.
#[derive(Clone, Debug)]
pub struct WorldOptions {
    /// Same seed, same world.
    pub seed: u64,
    /// About so many markets at the start.
    pub markets: usize,
    /// The world's present.
    pub now: DateTime<Utc>,
}

impl WorldOptions {
    /// A world of about 3,000 markets.
    pub fn new(seed: u64, now: DateTime<Utc>) -> Self {
        Self { seed, markets: 3_000, now }
    }

    /// Another size.
    #[must_use]
    pub fn markets(mut self, markets: usize) -> Self {
        self.markets = markets;
        self
    }
}

/// A generated Polymarket.
#[derive(Debug)]
pub struct World {
    seed: u64,
    noise: Noise,
    now_s: i64,
    events: Vec<Event>,
    /// The event and the place in it of the market `FIRST_NUMBER + index`.
    places: Vec<(usize, usize)>,
    slugs: HashSet<String>,
    /// Catalogue as of its time and number of events.
    served: Option<(i64, Arc<Catalogue>)>,
}

impl World {
    /// Generates a world with its past.
    pub fn generate(options: &WorldOptions) -> Self {
        let now_s = options.now.timestamp().div_euclid(TICK_S) * TICK_S;
        let mut world = Self {
            seed: options.seed,
            noise: Noise::of(options.seed),
            now_s,
            events: Vec::new(),
            places: Vec::with_capacity(options.markets),
            slugs: HashSet::new(),
            served: None,
        };
        let mut planned = world.plan_past(options.markets);
        // Numbers are given in the order of opening, as upstream.
        planned.sort_by_key(|opening| opening.opens_s);
        for opening in planned {
            world.open(opening);
        }
        for event in &mut world.events {
            event.live_through(now_s);
        }
        world
    }

    /// The seed it was generated from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Virtual time: the last tick lived.
    pub fn now(&self) -> DateTime<Utc> {
        at(self.now_s)
    }

    /// Lives up to `to`: prices move, volumes grow, markets open, end and are resolved. Has no
    /// effect when `to` is not at least one tick ahead.
    pub fn advance(&mut self, to: DateTime<Utc>) {
        let to_s = to.timestamp().div_euclid(TICK_S) * TICK_S;
        while self.now_s < to_s {
            let opening_s = (self.now_s.div_euclid(OPENING_S) + 1) * OPENING_S;
            self.now_s = opening_s.min(to_s);
            for event in &mut self.events {
                event.advance(self.now_s);
            }
            if self.now_s == opening_s {
                self.open_new();
            }
        }
    }

    /// The rows as of [`World::now`]. Only events that moved since the last call are written anew.
    pub(crate) fn catalogue(&mut self) -> Arc<Catalogue> {
        if let Some((served_s, catalogue)) = &self.served
            && *served_s == self.now_s
        {
            return Arc::clone(catalogue);
        }
        let catalogue = Arc::new(self.write_rows());
        self.served = Some((self.now_s, Arc::clone(&catalogue)));
        catalogue
    }

    /// Displayed price and volume of a market so far: every 5 minutes for a day, every hour for a
    /// week, every 3 hours for a month, then daily. `None` for an unknown market id.
    pub fn history(&self, market_id: &str) -> Option<Vec<PricePoint>> {
        let number: u64 = market_id.parse().ok()?;
        let index = usize::try_from(number.checked_sub(FIRST_NUMBER)?).ok()?;
        let &(event, place) = self.places.get(index)?;
        Some(self.events.get(event)?.markets.get(place)?.history.points())
    }

    /// The events that the present has.
    fn plan_past(&self, wanted: usize) -> Vec<Opening> {
        let mut planned = Vec::new();
        let mut markets = 0;
        // At most a sixth of the markets are recurring windows.
        let windows =
            PAST_WINDOWS.min(i64::try_from(wanted / (6 * COINS.len())).unwrap_or(i64::MAX));
        let this_window_s = self.now_s.div_euclid(OPENING_S) * OPENING_S;
        for window in -windows..=OPENS_AHEAD_S / OPENING_S {
            let starts_s = this_window_s + window * OPENING_S;
            for coin in COINS {
                planned.push(Opening::window(coin, starts_s));
                markets += 1;
            }
        }
        for index in 0.. {
            if markets >= wanted {
                break;
            }
            let mut dice = self.noise.with(1).with(index).dice();
            let category = draw_category(&mut dice);
            let life_s = draw_life_s(&mut dice, category);
            // Some ended lately, the rest are anywhere between their beginning and their end.
            let ends_s = if dice.chance(0.2) {
                self.now_s - seconds(dice.between(0.0, 0.6) * life_s.min(20.0 * DAY_S as f64))
            } else {
                self.now_s + seconds(life_s * dice.between(0.01, 1.0))
            };
            let ends_s = round_to(ends_s, HOUR_S);
            let opens_s = round_to(ends_s - seconds(life_s), TICK_S).min(self.now_s - TICK_S);
            let draft = stories::write(category, &mut dice, at(opens_s), at(ends_s));
            markets += draft.markets.len();
            planned.push(Opening { opens_s, ends_s, draft });
        }
        planned
    }

    /// What opens at this moment: the next window of each coin and one more event.
    fn open_new(&mut self) {
        let now_s = self.now_s;
        for coin in COINS {
            self.open(Opening::window(coin, now_s + OPENS_AHEAD_S));
        }
        let mut dice = self.noise.with(2).with(now_s.unsigned_abs()).dice();
        let category = draw_category(&mut dice);
        let life_s = draw_life_s(&mut dice, category);
        let ends_s = round_to(now_s + seconds(life_s), HOUR_S);
        let draft = stories::write(category, &mut dice, at(now_s), at(ends_s));
        self.open(Opening { opens_s: now_s, ends_s, draft });
    }

    fn open(&mut self, opening: Opening) {
        let Opening { opens_s, ends_s: event_ends_s, mut draft } = opening;
        let number = FIRST_NUMBER + self.events.len() as u64;
        let noise = self.noise.with(3).with(number);
        let mut dice = noise.dice();
        let slug = self.free_slug(&draft.title, number);
        let delays = Delays::draw(&mut dice, draft.resolution);
        let interest = draft.category.habits().interest * 10_f64.powf(0.5 * dice.bell());
        let fine = draft.shape != Shape::Separate;
        let drafts = std::mem::take(&mut draft.markets);
        let mut markets = Vec::with_capacity(drafts.len());
        for (place, market_draft) in drafts.into_iter().enumerate() {
            let market_number = FIRST_NUMBER + self.places.len() as u64;
            self.places.push((self.events.len(), place));
            let market_slug = if market_draft.question == draft.title {
                slug.clone()
            } else {
                self.free_slug(&market_draft.question, market_number)
            };
            let ends_s = market_draft
                .ends_early
                .map_or(event_ends_s, |ends| round_to(ends.timestamp(), TICK_S));
            let depth = Depth::draw(&mut dice, interest, fine);
            let calendar = delays.calendar(ends_s);
            let noise = self.noise.with(4).with(market_number);
            markets.push(Market::new(
                market_number,
                market_slug,
                market_draft,
                depth,
                calendar,
                noise,
            ));
        }
        self.events.push(Event::new(number, slug, draft, opens_s, markets, noise));
    }

    /// A slug nobody has yet; upstream appends a number too.
    fn free_slug(&mut self, text: &str, number: u64) -> String {
        let slug = names::slug(text);
        let slug = if self.slugs.contains(&slug) { format!("{slug}-{number}") } else { slug };
        self.slugs.insert(slug.clone());
        slug
    }

    fn write_rows(&self) -> Catalogue {
        let mut events = BTreeMap::new();
        let mut markets = BTreeMap::new();
        for event in &self.events {
            let Some(rows) = rows_of(event) else { continue };
            events.insert(event.number, Arc::clone(&rows.event));
            markets.extend(
                rows.markets.iter().map(|market| (market.facts.number, Arc::clone(market))),
            );
        }
        let tags = wire::tags().unwrap_or_default();
        let tags = tags.iter().filter_map(|tag| Tag::read(tag).ok());
        let tags = tags.map(|tag| (tag.number, Arc::new(tag))).collect();
        Catalogue::new(events, markets, tags, Vec::new(), Vec::new())
    }
}

/// An event about to open.
struct Opening {
    opens_s: i64,
    ends_s: i64,
    draft: Draft,
}

impl Opening {
    /// The recurring window of `coin` that starts at `starts_s`.
    fn window(coin: Coin, starts_s: i64) -> Self {
        let draft = stories::up_or_down(coin, at(starts_s), TimeDelta::seconds(OPENING_S));
        Self { opens_s: starts_s - OPENS_AHEAD_S, ends_s: starts_s + OPENING_S, draft }
    }
}

/// How long after the end things happen to the markets of an event, in seconds.
struct Delays {
    proposed: Option<i64>,
    /// After the proposal.
    disputed: Option<i64>,
    /// After the end.
    closes: i64,
}

impl Delays {
    fn draw(dice: &mut Dice, resolution: Resolution) -> Self {
        const CHALLENGE_S: i64 = 2 * HOUR_S;
        let (proposed_s, dispute_chance) = match resolution {
            Resolution::Automatic => {
                return Self { proposed: None, disputed: None, closes: MINUTE_S };
            }
            Resolution::Quick => (seconds(dice.between(600.0, 3_600.0)), 0.01),
            // Some are forgotten for weeks, as upstream.
            Resolution::Proposed if dice.chance(0.06) => {
                (seconds(dice.between(30.0, 90.0) * DAY_S as f64), 0.0)
            }
            Resolution::Proposed => (1_200 + seconds(108_000.0 * dice.unit().powi(3)), 0.05),
        };
        let proposed_s = round_to(proposed_s, TICK_S);
        let disputed_s = dice
            .chance(dispute_chance)
            .then(|| round_to(seconds(dice.between(600.0, 7_000.0)), TICK_S));
        let vote_s = disputed_s
            .map_or(0, |_| round_to(seconds(dice.between(2.0, 5.0) * DAY_S as f64), TICK_S));
        Self {
            proposed: Some(proposed_s),
            disputed: disputed_s,
            closes: proposed_s + CHALLENGE_S + vote_s,
        }
    }

    fn calendar(&self, ends_s: i64) -> Calendar {
        let proposed_s = self.proposed.map(|delay_s| ends_s + delay_s);
        let disputed_s =
            proposed_s.zip(self.disputed).map(|(proposed_s, delay_s)| proposed_s + delay_s);
        Calendar { ends_s, proposed_s, disputed_s, closes_s: ends_s + self.closes }
    }
}

fn draw_category(dice: &mut Dice) -> Category {
    let mut left = dice.whole(0, 99);
    for category in Category::ALL {
        let percent = category.habits().percent;
        if left < percent {
            return category;
        }
        left -= percent;
    }
    Category::Sports
}

/// Life of an event in seconds, from two hours to three years.
fn draw_life_s(dice: &mut Dice, category: Category) -> f64 {
    let days = category.habits().life_days * 10_f64.powf(0.4 * dice.bell());
    (days * DAY_S as f64).clamp(2.0 * HOUR_S as f64, 3.0 * 365.0 * DAY_S as f64)
}

/// The rows of an event, written if it moved since they were.
fn rows_of(event: &Event) -> Option<&Rows> {
    if let Some(rows) = event.rows.get() {
        return Some(rows);
    }
    match write_event(event) {
        Ok(rows) => Some(event.rows.get_or_init(|| rows)),
        Err(error) => {
            tracing::error!(event.id = event.number, %error, "A generated event cannot be written.");
            None
        }
    }
}

fn write_event(event: &Event) -> Result<Rows, catalogue::NotARow> {
    let slim: Bytes = wire::event(event)?.into();
    let mut row = catalogue::Event::read(&slim, &Members::parse(&String::from_utf8_lossy(&slim))?)?;
    row.tags = Some(wire::event_tags(event)?.into());
    let tags = event.draft.tags.iter().filter_map(|slug| category::tag_info(slug));
    row.tag_numbers = tags.clone().map(|tag| tag.id).collect();
    row.tag_slugs = tags.map(|tag| tag.slug.to_owned()).collect();
    let mut markets = Vec::with_capacity(event.markets.len());
    for market in &event.markets {
        let body: Bytes = wire::market(event, market)?.into();
        let mut row =
            catalogue::Market::read(&body, &Members::parse(&String::from_utf8_lossy(&body))?)?;
        row.event_number = Some(event.number);
        markets.push(Arc::new(row));
    }
    row.market_numbers = event.markets.iter().map(|market| market.number).collect();
    Ok(Rows { event: Arc::new(row), markets })
}

fn at(at_s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(at_s, 0).unwrap_or_default()
}

/// Seconds as a whole number; lives are far below the range of i64.
fn seconds(seconds: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "at most a few years")]
    let whole = seconds.round() as i64;
    whole
}

/// The multiple of `step_s` at or after `at_s`.
fn round_to(at_s: i64, step_s: i64) -> i64 {
    -(-at_s).div_euclid(step_s) * step_s
}
