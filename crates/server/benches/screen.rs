//! What a screen over a hundred thousand markets costs on one core, and what making such a catalogue
//! does: `cargo bench -p server --bench screen`.
//!
//! Budgets: a category, two ranges, an order and every facet within 1 ms; the same with a search text
//! within 5 ms.

#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use chrono::{DateTime, Duration, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use domain::analytics::Window;
use domain::{
    Category, ConditionId, Event, EventId, EventScreen, Market, MarketId, Outcome, Price,
    PriceChange, Screen, Tag, TokenId, Usdc,
};
use rust_decimal::Decimal;
use server::catalog::{Page, Snapshot, Subject};
use store::windows::{CountedWindow, MarketWindow};
use store::{events::StoredEvent, markets::StoredMarket};

const MARKETS: usize = 100_000;
const EVENTS: usize = 20_000;
const TAGS: usize = 2_000;
const WORDS: usize = 12_000;

/// A small generator of the same numbers everywhere (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// Small numbers often, large ones rarely, as words and tags occur.
    fn skewed(&mut self, bound: usize) -> usize {
        let bound = bound as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below bound")]
        let number = bound.powf(self.unit()) as usize - 1;
        number
    }
}

fn word(number: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "ri", "to", "men", "sol", "va", "ne", "lu", "bra", "chi", "dor", "fex", "gu", "hal",
        "is", "jo",
    ];
    let mut rest = number + 16;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES[rest % 16]);
        rest /= 16;
    }
    word
}

fn title(numbers: &mut Numbers) -> String {
    let words = (0..8).map(|_| word(numbers.skewed(WORDS)));
    format!("Will {}?", words.collect::<Vec<_>>().join(" "))
}

fn event(number: usize, now: DateTime<Utc>, numbers: &mut Numbers) -> StoredEvent {
    let tags = (0..5).map(|_| {
        let tag = word(numbers.skewed(TAGS));
        Tag { tag_id: None, slug: tag.clone(), label: tag.to_uppercase() }
    });
    let tags = tags.collect();
    let event = Event {
        event_id: EventId::parse(&(1_000 + number).to_string()).unwrap(),
        slug: format!("event-{number}"),
        title: title(numbers),
        description: None,
        resolution_source: None,
        category: Category::ALL.get(numbers.below(11)).copied(),
        tags,
        image: Some(format!("https://example.org/pictures/{number}.jpg")),
        active: true,
        closed: numbers.unit() < 0.1,
        archived: false,
        neg_risk: numbers.unit() < 0.4,
        neg_risk_augmented: false,
        series_slug: None,
        volume_24h: Some(dollars(numbers)),
        volume_total: Some(dollars(numbers)),
        liquidity: Some(dollars(numbers)),
        open_interest: None,
        start_date: Some(now - Duration::days(30)),
        end_date: Some(now + Duration::hours(i64::try_from(numbers.below(2_000)).unwrap())),
        closed_at: None,
        created_at: Some(now - Duration::days(31)),
        upstream_updated_at: None,
        extra: serde_json::Map::new(),
    };
    StoredEvent { event, observed_at: now, revision: 1 }
}

/// Most markets trade little and few trade a lot.
fn dollars(numbers: &mut Numbers) -> Usdc {
    let cents = 10f64.powf(numbers.unit() * 9.0);
    #[expect(clippy::cast_possible_truncation, reason = "below ten to the ninth")]
    let cents = cents as i64;
    Usdc::new(Decimal::new(cents, 2)).unwrap()
}

fn cents(numbers: &mut Numbers, below: usize) -> Decimal {
    Decimal::new(i64::try_from(numbers.below(below)).unwrap(), 3)
}

fn market(number: usize, now: DateTime<Utc>, numbers: &mut Numbers) -> StoredMarket {
    let price = cents(numbers, 1_001);
    let outcome = |label: &str, price: Decimal, token: u64| Outcome {
        label: label.to_owned(),
        price: Price::new(price).ok(),
        token_id: TokenId::parse(&format!("{token:020}{number:057}")).ok(),
    };
    let outcomes = vec![
        outcome("Yes", price, numbers.next()),
        outcome("No", Decimal::ONE - price, numbers.next()),
    ];
    let idle = numbers.unit() < 0.25;
    let volume = |numbers: &mut Numbers| (!idle).then(|| dollars(numbers));
    let change =
        |numbers: &mut Numbers| PriceChange::new(cents(numbers, 200) - Decimal::new(100, 3)).ok();
    let hours = i64::try_from(numbers.below(2_000)).unwrap() - 50;
    let market = Market {
        market_id: MarketId::parse(&(500_000 + number).to_string()).unwrap(),
        condition_id: ConditionId::parse(&format!("{number:064x}")).ok(),
        question_id: None,
        slug: format!("market-{number}"),
        event_id: EventId::parse(&(1_000 + numbers.below(EVENTS)).to_string()).ok(),
        title: title(numbers),
        group_title: Some(word(numbers.skewed(WORDS))),
        description: None,
        resolution_source: None,
        category: None,
        image: Some(format!("https://example.org/pictures/{number}.jpg")),
        outcomes,
        best_bid: Price::new(price).ok(),
        best_ask: Price::new(price).ok(),
        spread: Price::new(cents(numbers, 100)).ok(),
        last_trade_price: Price::new(price).ok(),
        change_1h: change(numbers),
        change_24h: change(numbers),
        change_7d: change(numbers),
        change_30d: change(numbers),
        volume_24h: volume(numbers),
        volume_7d: volume(numbers),
        volume_30d: volume(numbers),
        volume_1y: volume(numbers),
        volume_total: volume(numbers),
        liquidity: Some(dollars(numbers)),
        competitive: Some(cents(numbers, 1_000)),
        active: true,
        closed: numbers.unit() < 0.15,
        archived: false,
        accepting_orders: numbers.unit() < 0.9,
        new: numbers.unit() < 0.05,
        uma_status: None,
        neg_risk: numbers.unit() < 0.5,
        neg_risk_other: false,
        neg_risk_market_id: None,
        fee_rate: (numbers.unit() < 0.7).then_some(Decimal::ZERO),
        fee_exponent: None,
        fee_type: None,
        rewards_min_size: (numbers.unit() < 0.5).then_some(Decimal::ONE_HUNDRED),
        rewards_max_spread: Some(Decimal::ONE),
        tick_size: Some(Decimal::new(1, 2)),
        min_order_size: Some(Decimal::TEN),
        game_id: None,
        sports_market_type: None,
        line: None,
        game_start_at: None,
        start_date: Some(now - Duration::days(30)),
        end_date: (numbers.unit() < 0.95).then(|| now + Duration::hours(hours)),
        closed_at: None,
        created_at: Some(now - Duration::days(31)),
        upstream_updated_at: None,
        extra: serde_json::Map::new(),
    };
    StoredMarket { market, observed_at: now, revision: 1, delisted_at: None }
}

fn screen(pairs: &[(&str, &str)]) -> Screen {
    Screen::from_pairs(pairs.iter().copied()).unwrap()
}

/// What takers did within a window: the shorter it is, the fewer markets traded.
fn count_of(window: Window, now: DateTime<Utc>, numbers: &mut Numbers) -> CountedWindow {
    let minutes = usize::try_from(window.length().num_minutes()).unwrap();
    let traded = (1_000 + minutes * 19_000 / 1_440).min(MARKETS);
    let mut market = |number: usize| MarketWindow {
        market_id: MarketId::parse(&(500_000 + number).to_string()).unwrap(),
        trades: i32::try_from(numbers.skewed(500)).unwrap() + 1,
        buyers: i32::try_from(numbers.skewed(100)).unwrap(),
        sellers: i32::try_from(numbers.skewed(100)).unwrap(),
        buy_usdc: dollars(numbers).decimal(),
        sell_usdc: dollars(numbers).decimal(),
        whale_usdc: Some(dollars(numbers).decimal()),
        smart_usdc: None,
        change: Some(cents(numbers, 10)),
    };
    let markets = (0..MARKETS).step_by(MARKETS / traded).map(&mut market).collect();
    CountedWindow { window, as_of: now, markets }
}

fn with_windows(snapshot: &Snapshot, now: DateTime<Utc>, numbers: &mut Numbers) -> Snapshot {
    Window::COUNTED.into_iter().fold(snapshot.clone(), |snapshot, window| {
        snapshot.with_window(window, Some(&count_of(window, now, numbers)))
    })
}

fn benches(criterion: &mut Criterion) {
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let mut numbers = Numbers(7);
    let events: Vec<_> = (0..EVENTS).map(|n| event(n, now, &mut numbers)).collect();
    let markets: Vec<_> = (0..MARKETS).map(|n| market(n, now, &mut numbers)).collect();
    let snapshot = Snapshot::build(markets.clone(), events.clone(), 1, now);
    let page = Page::first(100);

    let filters = [
        ("category", "sports"),
        ("volume_24h_min", "1000"),
        ("price_min", "0.1"),
        ("sort", "-liquidity"),
    ];
    // A word of nearly every second title, and the beginning of many words.
    let found = [word(0), "to".to_owned()].join(" ");
    let mistyped = format!("{}x", word(300));
    let searched = |text| screen(&[&filters[..], &[("q", text)]].concat());
    for (name, screen) in [
        ("no filter", Screen::default()),
        ("category, two ranges, order", screen(&filters)),
        ("the same and a text", searched(&found)),
        ("the same and a mistyped text", searched(&mistyped)),
        ("all by title", screen(&[("status", "all"), ("sort", "title")])),
    ] {
        criterion.bench_function(&format!("screen/{name}, every facet"), |bencher| {
            bencher.iter(|| black_box(snapshot.screen(&screen, &page, true, now)));
        });
    }
    criterion.bench_function("screen/no filter, no facet", |bencher| {
        bencher.iter(|| black_box(snapshot.screen(&Screen::default(), &page, false, now)));
    });
    let counted = with_windows(&snapshot, now, &mut numbers);
    for (name, screen) in [
        ("the tape's order", screen(&[("sort", "-taker_volume_1h")])),
        ("the tape's bounds", screen(&[("trades_24h_min", "5"), ("taker_flow_24h_min", "0")])),
    ] {
        criterion.bench_function(&format!("screen/{name}, no facet"), |bencher| {
            bencher.iter(|| black_box(counted.screen(&screen, &page, false, now)));
        });
    }
    let rows = counted.screen(&Screen::default(), &page, false, now).unwrap();
    criterion.bench_function("rows/100 as JSON with windows", |bencher| {
        bencher.iter(|| {
            let mut json = Vec::new();
            rows.write_json(&mut json);
            black_box(json)
        });
    });
    criterion.bench_function("screen/events, every facet", |bencher| {
        bencher.iter(|| black_box(snapshot.screen_events(&EventScreen::default(), &page, true)));
    });
    criterion.bench_function("search/palette", |bencher| {
        bencher.iter(|| black_box(snapshot.search(&found, 8)));
    });
    criterion.bench_function("related/market", |bencher| {
        bencher.iter(|| black_box(snapshot.related(Subject::Market("500777"), 8)));
    });

    let changed: Vec<_> = markets.iter().step_by(100).cloned().collect();
    let mut group = criterion.benchmark_group("snapshot");
    group.sample_size(10);
    group.bench_function("patch of 1,000 markets", |bencher| {
        bencher.iter(|| black_box(snapshot.patch(changed.clone(), Vec::new(), 2, now)));
    });
    let renamed: Vec<_> = changed
        .iter()
        .cloned()
        .map(|mut stored| {
            stored.market.title.push_str(" really");
            stored
        })
        .collect();
    let day = count_of(Window::Day, now, &mut numbers);
    group.bench_function("window of 20,000 markets", |bencher| {
        bencher.iter(|| black_box(counted.with_window(Window::Day, Some(&day))));
    });
    group.bench_function("patch of 1,000 renamed markets", |bencher| {
        bencher.iter(|| black_box(snapshot.patch(renamed.clone(), Vec::new(), 2, now)));
    });
    group.bench_function("build of 100,000 markets", |bencher| {
        bencher.iter(|| black_box(Snapshot::build(markets.clone(), events.clone(), 1, now)));
    });
}

criterion_group!(screens, benches);
criterion_main!(screens);
