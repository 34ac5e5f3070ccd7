//! Small catalogues of few distinct values, so that ties, missing fields and shared words abound.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use domain::screen::{MAX_SORTS, Range};
use domain::{
    Category, Closes, ConditionId, Event, EventId, EventScreen, EventSortColumn, Market, MarketId,
    MarketStatus, Outcome, Price, PriceChange, RangeColumn, Screen, Sort, SortColumn, Tag,
    TapeFigure, TokenId, Trait, UmaStatus, Usdc, analytics::Window,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use store::{
    events::StoredEvent,
    intelligence::boards::markets::Stance,
    markets::StoredMarket,
    windows::{CountedWindow, MarketWindow},
};

use super::super::Snapshot;
use crate::view::Facets;

/// What a row is made of: each byte decides a field.
pub(super) type Bytes = [u8; 32];

const WORDS: [&str; 12] = [
    "election",
    "selection",
    "bitcoin",
    "trump",
    "trumpet",
    "fed",
    "Río",
    "68,000",
    "house",
    "mouse",
    "of",
    "elections",
];
const TAGS: [&str; 6] = ["politics", "us-election", "bitcoin", "sports", "fed-rates", "all"];

pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// True of one byte in `n`.
fn one_in(n: u8, byte: u8) -> bool {
    byte.is_multiple_of(n)
}

fn pick<T: Clone>(values: &[T], byte: u8) -> Option<T> {
    values.get(usize::from(byte) % (values.len() + 1)).cloned()
}

fn hours(byte: u8) -> Option<DateTime<Utc>> {
    let offsets = [-30, -1, 0, 5, 24, 25, 100, 168, 400, 672, 673, 5_000];
    pick(&offsets, byte).map(|hours| now() + Duration::hours(hours))
}

fn dollars(byte: u8) -> Option<Usdc> {
    let amounts = [0, 100, 100, 250_000, 1_000_001, 99_999_999];
    pick(&amounts, byte).map(|cents| Usdc::new(Decimal::new(cents, 2)).unwrap())
}

fn price(byte: u8) -> Option<Price> {
    let prices = [0, 10, 250, 500, 500, 999, 1_000];
    pick(&prices, byte).map(|mills| Price::new(Decimal::new(mills, 3)).unwrap())
}

fn change(byte: u8) -> Option<PriceChange> {
    let changes = [-300, -10, 0, 10, 300];
    pick(&changes, byte).map(|mills| PriceChange::new(Decimal::new(mills, 3)).unwrap())
}

fn title(bytes: &[u8]) -> String {
    let words = bytes.iter().filter_map(|byte| pick(&WORDS, *byte));
    format!("Will {}?", words.collect::<Vec<_>>().join(" "))
}

/// A market of which half the rows have one of eight events.
pub(super) fn market(number: u32, b: Bytes) -> StoredMarket {
    let slug = if one_in(8, b[0]) { "shared".to_owned() } else { format!("market-{number}") };
    let outcome = |label: &str, price, side: u32| Outcome {
        label: label.to_owned(),
        price,
        token_id: TokenId::parse(&format!("{}", 7_000_000 + 2 * number + side)).ok(),
    };
    let first = price(b[1]);
    let second = first.map(|p| Price::new(Decimal::ONE - p.decimal()).unwrap());
    let market = Market {
        market_id: MarketId::parse(&number.to_string()).unwrap(),
        condition_id: (!one_in(4, b[2]))
            .then(|| ConditionId::parse(&format!("{number:064x}")).unwrap()),
        question_id: None,
        slug,
        event_id: pick(&[90, 91, 92, 93, 94, 95, 96], b[3])
            .map(|id: u32| EventId::parse(&id.to_string()).unwrap()),
        title: title(&b[4..7]),
        group_title: pick(&["Yes", "Élection", "trump"], b[7]).map(str::to_owned),
        description: None,
        resolution_source: None,
        category: pick(&[Category::Sports, Category::Crypto], b[8]),
        image: None,
        outcomes: vec![outcome("Yes", first, 0), outcome("No", second, 1)],
        best_bid: price(b[9]),
        best_ask: price(b[10]),
        spread: price(b[11]),
        last_trade_price: price(b[12]),
        change_1h: change(b[13]),
        change_24h: change(b[14]),
        change_7d: change(b[15]),
        change_30d: change(b[16]),
        volume_24h: dollars(b[17]),
        volume_7d: dollars(b[18]),
        volume_30d: dollars(b[19]),
        volume_1y: None,
        volume_total: dollars(b[20]),
        liquidity: dollars(b[21]),
        competitive: pick(&[Decimal::new(5, 1), Decimal::new(9_999_375_039_060_059, 16)], b[22]),
        active: !one_in(4, b[23]),
        closed: b[23] % 3 == 1,
        archived: false,
        accepting_orders: one_in(2, b[24]),
        new: one_in(3, b[24]),
        uma_status: pick(&UmaStatus::ALL, b[25]),
        neg_risk: one_in(2, b[26]),
        neg_risk_other: false,
        neg_risk_market_id: None,
        fee_rate: pick(&[Decimal::ZERO, Decimal::new(7, 2)], b[27]),
        fee_exponent: None,
        fee_type: None,
        rewards_min_size: one_in(2, b[28]).then_some(Decimal::TEN),
        rewards_max_spread: Some(Decimal::ONE),
        tick_size: None,
        min_order_size: None,
        game_id: None,
        sports_market_type: None,
        line: None,
        game_start_at: None,
        start_date: None,
        end_date: hours(b[29]),
        closed_at: None,
        created_at: hours(b[30]),
        upstream_updated_at: None,
        extra: serde_json::Map::new(),
    };
    let delisted_at = (b[31] % 8 == 1).then(now);
    StoredMarket { market, observed_at: now(), revision: 1, delisted_at }
}

/// One of the events that markets name.
pub(super) fn event(number: u32, b: Bytes) -> StoredEvent {
    let tags = b[0..3].iter().filter_map(|byte| pick(&TAGS, *byte));
    let tags =
        tags.map(|slug| Tag { tag_id: None, slug: slug.to_owned(), label: slug.to_uppercase() });
    let event = Event {
        event_id: EventId::parse(&number.to_string()).unwrap(),
        slug: if one_in(4, b[3]) { "shared".to_owned() } else { format!("event-{number}") },
        title: title(&b[4..7]),
        description: None,
        resolution_source: None,
        category: pick(&[Category::Politics, Category::Crypto, Category::World], b[7]),
        tags: tags.collect(),
        image: None,
        active: true,
        closed: b[8] % 3 == 1,
        archived: false,
        neg_risk: false,
        neg_risk_augmented: false,
        series_slug: None,
        volume_24h: dollars(b[9]),
        volume_total: dollars(b[10]),
        liquidity: dollars(b[11]),
        open_interest: None,
        start_date: None,
        end_date: hours(b[12]),
        closed_at: None,
        created_at: hours(b[13]),
        upstream_updated_at: None,
        extra: serde_json::Map::new(),
    };
    StoredEvent { event, observed_at: now(), revision: 1 }
}

/// Markets and events, each id once.
#[derive(Debug, Clone)]
pub(super) struct Catalogue {
    pub(super) markets: Vec<StoredMarket>,
    pub(super) events: Vec<StoredEvent>,
    /// Counts of windows; those that are not here are unknown.
    pub(super) windows: Vec<CountedWindow>,
    /// Where smart money stands, in some markets.
    pub(super) stances: Vec<Stance>,
}

impl Catalogue {
    /// This catalogue with rows added or replaced.
    pub(super) fn with(&self, changes: &Self) -> Self {
        let mut merged = self.clone();
        let id = |stored: &StoredMarket| stored.market.market_id.clone();
        merged.markets.retain(|held| changes.markets.iter().all(|new| id(new) != id(held)));
        merged.markets.extend(changes.markets.iter().cloned());
        let id = |stored: &StoredEvent| stored.event.event_id.clone();
        merged.events.retain(|held| changes.events.iter().all(|new| id(new) != id(held)));
        merged.events.extend(changes.events.iter().cloned());
        merged.windows.clone_from(&changes.windows);
        merged.stances.clone_from(&changes.stances);
        merged
    }

    /// A snapshot with its windows, and where smart money stands.
    pub(super) fn counted(&self, snapshot: &Snapshot) -> Snapshot {
        let as_of = self.stances.iter().map(|stance| stance.as_of).max();
        let snapshot = snapshot.with_stances(as_of, &self.stances);
        Window::COUNTED.into_iter().fold(snapshot, |snapshot, window| {
            snapshot.with_window(window, self.windows.iter().find(|count| count.window == window))
        })
    }
}

/// Facets but for the labels of tags: a catalogue remembers those of tags that no event has any more.
pub(super) fn without_labels(facets: Option<Facets>) -> Option<Facets> {
    facets.map(|mut facets| {
        facets.tags.iter_mut().for_each(|tag| tag.label.clear());
        facets
    })
}

pub(super) fn catalogues(markets: usize) -> impl Strategy<Value = Catalogue> {
    let markets = prop::collection::btree_map(1u32..120, any::<Bytes>(), 0..markets);
    let events = prop::collection::btree_map(90u32..98, any::<Bytes>(), 0..8);
    (markets, events, windows(), stances()).prop_map(|(markets, events, windows, stances)| {
        Catalogue {
            markets: markets.into_iter().map(|(number, bytes)| market(number, bytes)).collect(),
            events: events.into_iter().map(|(number, bytes)| event(number, bytes)).collect(),
            windows,
            stances,
        }
    })
}

/// Where smart money stands, in markets of which not all are in the catalogue.
fn stances() -> impl Strategy<Value = Vec<Stance>> {
    let markets = prop::collection::btree_map(1u32..130, (0i32..9, 0u8..9), 0..40);
    (0i64..3, markets).prop_map(|(minutes, markets)| {
        let stance = |(number, (imbalance, voices)): (u32, (i32, u8))| Stance {
            market_id: MarketId::parse(&number.to_string()).unwrap(),
            as_of: now() + Duration::minutes(minutes),
            imbalance: (imbalance > 0).then(|| f64::from(imbalance - 5) * 25.0),
            voices: f64::from(voices) * 0.5,
        };
        markets.into_iter().map(stance).collect()
    })
}

/// Some windows, counted for some markets, of which not all are in the catalogue.
fn windows() -> impl Strategy<Value = Vec<CountedWindow>> {
    let markets = prop::collection::btree_map(1u32..130, any::<[u8; 6]>(), 0..40);
    let count = (any::<bool>(), 0i64..3, markets);
    prop::collection::vec(count, Window::COUNTED.len()).prop_map(|counts| {
        let counted = Window::COUNTED.into_iter().zip(counts);
        let counted = counted.filter(|(_, (is_known, ..))| *is_known);
        let window = |(window, (_, minutes, markets)): (_, (_, _, BTreeMap<u32, [u8; 6]>))| {
            let markets = markets.into_iter().map(|(number, bytes)| traded(number, bytes));
            let as_of = now() + Duration::minutes(minutes);
            CountedWindow { window, as_of, markets: markets.collect() }
        };
        counted.map(window).collect()
    })
}

fn traded(number: u32, b: [u8; 6]) -> MarketWindow {
    // Thirds of a cent, so that sums and shares have digits to lose.
    let dollars = |byte: u8| Decimal::new(i64::from(byte % 5) * 66_667, 6);
    MarketWindow {
        market_id: MarketId::parse(&number.to_string()).unwrap(),
        trades: i32::from(b[0] % 7) + 1,
        buyers: i32::from(b[1] % 4),
        sellers: i32::from(b[2] % 4),
        buy_usdc: dollars(b[3]),
        sell_usdc: dollars(b[4]),
        whale_usdc: pick(&[-1, 0, 1], b[3]).map(Decimal::from),
        smart_usdc: pick(&[-1, 0, 1], b[4]).map(Decimal::from),
        change: pick(&[-2, -1, 0, 1, 3], b[5]).map(|cents| Decimal::new(cents, 2)),
    }
}

fn few<T: Clone + std::fmt::Debug + 'static>(
    all: &[T],
    most: usize,
) -> impl Strategy<Value = Vec<T>> + use<T> {
    prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::sample::subsequence(all.to_vec(), 0..=most),
    ]
}

pub(super) fn searches() -> impl Strategy<Value = Option<String>> {
    let words = [
        "election", "elecion", "trum", "bitcoin", "rio", "68000", "mouse", "o", "nothing",
        "market-5",
    ];
    let text = prop::collection::vec(prop::sample::select(words.to_vec()), 1..3);
    prop_oneof![2 => Just(None), 1 => text.prop_map(|words| Some(words.join(" ")))]
}

fn categories() -> impl Strategy<Value = Vec<Option<Category>>> {
    few(&[None, Some(Category::Crypto), Some(Category::Politics), Some(Category::Sports)], 2)
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    few(&["politics", "bitcoin", "all", "nobody-has-it"].map(str::to_owned), 2)
}

fn ranges() -> impl Strategy<Value = Vec<Range>> {
    let bounds = (few(RangeColumn::ALL, 2), prop::option::of(0i32..4), prop::option::of(4i32..9));
    bounds.prop_map(|(columns, min, max)| {
        let bound = |column: RangeColumn, value: i32| match column {
            RangeColumn::Price | RangeColumn::Spread => f64::from(value) * 0.125,
            RangeColumn::Change1h | RangeColumn::Change24h | RangeColumn::Change7d => {
                f64::from(value - 4) * 0.01
            }
            RangeColumn::Volume24h | RangeColumn::VolumeTotal | RangeColumn::Liquidity => {
                f64::from(value) * 500.0
            }
            RangeColumn::SmartImbalance => f64::from(value - 4) * 25.0,
            RangeColumn::SmartVoices => f64::from(value),
            RangeColumn::Tape(column) => match column.figure() {
                TapeFigure::Trades | TapeFigure::Buyers | TapeFigure::Sellers => f64::from(value),
                TapeFigure::Volume => f64::from(value) * 0.1,
                TapeFigure::Flow | TapeFigure::WhaleFlow | TapeFigure::SmartFlow => {
                    f64::from(value - 4) * 0.1
                }
                TapeFigure::BuyShare => f64::from(value) * 0.125,
                TapeFigure::Change => f64::from(value - 4) * 0.01,
            },
        };
        let range = |column| Range {
            column,
            min: min.map(|value| bound(column, value)),
            max: max.map(|value| bound(column, value)),
        };
        columns.into_iter().map(range).collect()
    })
}

prop_compose! {
    pub(super) fn screens()(
        search in searches(),
        categories in categories(),
        tags in tags(),
        status in prop::option::of(prop::sample::select(MarketStatus::ALL.to_vec())),
        (active, closed) in prop_oneof![3 => Just((None, None)), 1 => any::<(Option<bool>, Option<bool>)>()],
        ranges in ranges(),
        (after, before) in prop_oneof![3 => Just((None, None)), 1 => any::<(Option<u8>, Option<u8>)>()],
        closes in few(Closes::ALL, 3),
        traits in few(Trait::ALL, 2),
        columns in few(SortColumn::ALL, MAX_SORTS).prop_shuffle(),
        descending in any::<bool>(),
    ) -> Screen {
        let wanted = |column: &SortColumn| search.is_some() || *column != SortColumn::Relevance;
        Screen {
            sort: columns.into_iter().filter(wanted).map(|column| Sort { column, descending }).collect(),
            search, categories, tags, status, active, closed, ranges, closes, traits,
            ends_after: after.and_then(hours),
            ends_before: before.and_then(hours),
        }
    }
}

prop_compose! {
    pub(super) fn event_screens()(
        search in searches(),
        categories in categories(),
        tags in tags(),
        closed in any::<Option<bool>>(),
        columns in few(EventSortColumn::ALL, MAX_SORTS).prop_shuffle(),
        descending in any::<bool>(),
    ) -> EventScreen {
        let sort = columns.into_iter().map(|column| Sort { column, descending }).collect();
        EventScreen { search, categories, tags, closed, sort }
    }
}
