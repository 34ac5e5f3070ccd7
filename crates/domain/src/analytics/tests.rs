use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::*;
use crate::{
    BarSource, Level, Pips, PriceChange, Side,
    tape::{
        Trade, ordinals,
        tests::{any_trade, trade},
    },
};

const MINUTES_A_DAY: usize = 1_440;

fn start() -> DateTime<Utc> {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

fn price(value: f64) -> Price {
    Price::new(Decimal::try_from(value).unwrap()).unwrap()
}

/// A minute's close, of log-odds.
fn close(minute: usize, odds: f64) -> Close {
    let at = after(i64::try_from(minute).unwrap());
    Close { at, price: price(1.0 / (1.0 + (-odds).exp())) }
}

fn bar(minute: i64, close: Price) -> Bar {
    Bar {
        at: after(minute),
        open: close,
        high: close,
        low: close,
        close,
        volume: None,
        bid: None,
        ask: None,
        source: BarSource::Quotes,
    }
}

/// A small generator of the same numbers everywhere (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Of mean 0 and variance 1, nearly normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// A day of log-odds that drift and wander by so much a day, seen through trades that bounce.
fn walk(numbers: &mut Numbers, drift: f64, wander: f64, bounce: f64) -> Vec<Close> {
    let steps = MINUTES_A_DAY as f64;
    let mut odds = 0.0;
    (0..MINUTES_A_DAY)
        .map(|minute| {
            odds += drift / steps + wander / steps.sqrt() * numbers.normal();
            close(minute, odds + bounce * if numbers.unit() < 0.5 { 1.0 } else { -1.0 })
        })
        .collect()
}

// ---- momentum ----

#[test]
fn a_straight_line_has_its_slope_and_no_error() {
    let line: Vec<_> = (0..600).map(|minute| close(minute, minute as f64 / 1_440.0)).collect();
    let trend = momentum(&line).unwrap();
    assert!((trend.slope_per_day - 1.0).abs() < 1e-4, "{trend:?}");
    assert!(trend.standard_error < 1e-4);
    assert_eq!(trend.n, 600);
}

#[test]
fn few_or_crowded_closes_have_no_trend() {
    let of = |minutes: &[usize]| {
        momentum(&minutes.iter().map(|minute| close(*minute, 0.1)).collect::<Vec<_>>())
    };
    assert_eq!(of(&[]), None);
    assert_eq!(of(&(0..29).map(|number| number * 10).collect::<Vec<_>>()), None);
    assert_eq!(of(&(0..59).collect::<Vec<_>>()), None);
    assert!(of(&(0..61).collect::<Vec<_>>()).is_some());
}

/// How often, of so many walks, a trend is claimed at two standard errors.
fn claims(walks: u32, drift: f64, wander: f64, bounce: f64) -> f64 {
    let mut numbers = Numbers(20_261_123);
    let claimed = (0..walks)
        .filter(|_| {
            let trend = momentum(&walk(&mut numbers, drift, wander, bounce)).unwrap();
            trend.slope_per_day.abs() > 1.96 * trend.standard_error
        })
        .count();
    claimed as f64 / f64::from(walks)
}

#[test]
fn random_walks_are_not_taken_for_trends() {
    for (wander, bounce) in [(0.3, 0.0), (0.3, 0.02), (0.05, 0.02)] {
        let rate = claims(50, 0.0, wander, bounce);
        assert!(rate <= 0.10, "wander {wander}, bounce {bounce}: {rate}");
    }
    let still = claims(50, 0.0, 0.0, 0.02);
    assert!(still <= 0.05, "only bounce: {still}");
}

#[test]
fn trends_are_found() {
    for (drift, wander, bounce) in [(1.5, 0.3, 0.0), (1.5, 0.3, 0.02), (-0.5, 0.05, 0.02)] {
        let rate = claims(25, drift, wander, bounce);
        assert!(rate >= 0.9, "drift {drift}, wander {wander}, bounce {bounce}: {rate}");
    }
}

// ---- volatility ----

#[test]
fn volatility_is_what_the_walk_was_made_with() {
    let mut numbers = Numbers(7);
    for wander in [0.2, 1.0] {
        let days = 20;
        let mean: f64 = (0..days)
            .map(|_| volatility(&walk(&mut numbers, 0.0, wander, 0.0)).unwrap().per_sqrt_day)
            .sum::<f64>()
            / f64::from(days);
        assert!((mean / wander - 1.0).abs() < 0.05, "{wander}: {mean}");
    }
}

#[test]
fn volatility_does_not_look_across_gaps() {
    // Every seventh minute: none are five apart.
    let sparse: Vec<_> = (0..500).map(|number| close(7 * number, 0.1)).collect();
    assert_eq!(volatility(&sparse), None);
    let short: Vec<_> = (0..64).map(|minute| close(minute, 0.1)).collect();
    assert_eq!(volatility(&short), None, "59 changes");
    let enough: Vec<_> = (0..65).map(|minute| close(minute, 0.1)).collect();
    assert_eq!(volatility(&enough), Some(Volatility { per_sqrt_day: 0.0, n: 60 }));
}

// ---- opinion ----

#[test]
fn opinion_changes_have_hysteresis() {
    let cases: [(&[i64], u32); 6] = [
        (&[40, 60], 1),
        (&[49, 51, 49, 51], 0),
        (&[48, 52, 48, 52], 3),
        (&[40, 51, 52, 49, 60], 1),
        (&[50], 0),
        (&[60, 49, 51, 49, 60], 0),
    ];
    for (cents, changes) in cases {
        let closes: Vec<_> = cents
            .iter()
            .map(|cents| Close { at: start(), price: Price::new(Decimal::new(*cents, 2)).unwrap() })
            .collect();
        assert_eq!(opinion_changes(&closes).unwrap().changes, changes, "{cents:?}");
    }
    assert_eq!(opinion_changes(&[]), None);
}

// ---- carry ----

fn book(bid: u16, ask: u16) -> Book {
    let level = |price| Level { price: Pips::new(price).unwrap(), size: 100_000_000 };
    Book::of([level(bid)], [level(ask)])
}

#[test]
fn the_favourite_pays_what_its_ask_leaves() {
    let in_a_year = start() + TimeDelta::days(365);
    let of = |bid, ask, fee, closes| annualised_return(&book(bid, ask), fee, closes, start());
    let near = |value: Option<f64>, expected: f64| {
        assert!(value.is_some_and(|v| (v / expected - 1.0).abs() < 1e-9), "{value:?}, {expected}");
    };
    near(of(7_800, 8_000, FeeSchedule::FREE, in_a_year), 0.25);
    near(of(2_000, 2_200, FeeSchedule::FREE, in_a_year), 0.25);
    let in_73_days = start() + TimeDelta::days(73);
    near(of(7_800, 8_000, FeeSchedule::FREE, in_73_days), 1.25f64.powi(5) - 1.0);
    let fee = FeeSchedule::new(dec!(0.05), Decimal::ONE).unwrap();
    near(of(7_800, 8_000, fee, in_a_year), 1.0 / 0.808 - 1.0);
    assert_eq!(of(4_900, 5_100, FeeSchedule::FREE, in_a_year), None, "no favourite");
    assert_eq!(of(7_800, 8_000, FeeSchedule::FREE, start() + TimeDelta::hours(23)), None);
    let one_sided = Book::of([], [Level { price: Pips::new(8_000).unwrap(), size: 1 }]);
    assert_eq!(annualised_return(&one_sided, FeeSchedule::FREE, in_a_year, start()), None);
}

#[test]
fn a_close_that_passed_is_unknown() {
    assert_eq!(hours_to_close(Some(after(90)), start()), Some(1.5));
    assert_eq!(hours_to_close(Some(start()), start()), None);
    assert_eq!(hours_to_close(Some(after(-1)), start()), None);
    assert_eq!(hours_to_close(None, start()), None);
}

// ---- windows ----

fn records<'a>(prints: &'a [Print<'a>], bars: &'a [Bar]) -> MarketRecords<'a> {
    MarketRecords {
        prints,
        recorded_since: Some(after(-20_000)),
        opened_at: None,
        bars,
        book: None,
        fee: None,
        closes_at: None,
    }
}

fn prints(trades: &[Trade]) -> Vec<Print<'_>> {
    trades
        .iter()
        .zip(ordinals(trades))
        .filter_map(|(trade, ordinal)| trade.print(ordinal))
        .collect()
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

#[test]
fn a_window_counts_takers_and_their_dollars() {
    let unknown = Trade { wallet: None, ..trade(3_590, 0, Side::Buy, 50, 4, 9) };
    let trades = [
        trade(3_000, 0, Side::Buy, 40, 10, 1), // 10 minutes ago to the second: outside
        trade(3_001, 0, Side::Buy, 40, 10, 1),
        trade(3_100, 0, Side::Buy, 50, 10, 1),
        trade(3_200, 1, Side::Buy, 30, 10, 1), // sells outcome 0
        trade(3_300, 1, Side::Sell, 30, 10, 2), // buys it
        trade(3_600, 0, Side::Sell, 50, 2, 3),
        trade(3_601, 0, Side::Sell, 50, 2, 3), // to come
        unknown,
    ];
    let prints = prints(&trades);
    let records = MarketRecords { recorded_since: Some(at(0)), ..records(&prints, &[]) };
    let windows = activity(&records, at(3_600));
    let ten = windows[0].activity.clone().unwrap();
    assert_eq!((ten.trades, ten.buyers, ten.sellers, ten.unknown_takers), (6, 2, 2, 1));
    assert_eq!(ten.buy_usdc.decimal(), dec!(14));
    assert_eq!(ten.sell_usdc.decimal(), dec!(4));
    assert_eq!(ten.volume_usdc.decimal(), dec!(18));
    assert_eq!(ten.volume_shares.decimal(), dec!(46));
    assert!(ten.buy_share.is_some_and(|share| (share - 14.0 / 18.0).abs() < 1e-12));
    assert_eq!(windows[1].activity.as_ref().unwrap().trades, 7);
    assert_eq!(windows[2].activity, None, "recorded for an hour only");
    assert_eq!(windows[0].change, None);

    let from_the_opening = MarketRecords { opened_at: Some(at(0)), ..records };
    let week = activity(&from_the_opening, at(3_600))[5].activity.clone().unwrap();
    assert_eq!(week.trades, 7, "there was nothing before");
    let never = MarketRecords { recorded_since: None, ..records };
    assert!(activity(&never, at(3_600)).iter().all(|window| window.activity.is_none()));
    let quiet = MarketRecords { prints: &[], ..records };
    let quiet = activity(&quiet, at(3_600))[0].activity.clone().unwrap();
    assert_eq!((quiet.trades, quiet.buy_share), (0, None));
}

#[test]
fn a_change_needs_a_price_near_both_ends() {
    let change = |bars: &[Bar], now, window: usize| {
        activity(&records(&[], bars), now)[window].change.map(PriceChange::decimal)
    };
    // Closes at the minutes 1, 2 …: 0.501, 0.502 …
    let every: Vec<Bar> =
        (0..100).map(|minute| bar(minute, price(0.501 + minute as f64 / 1_000.0))).collect();
    assert_eq!(change(&every, after(100), 0), Some(dec!(0.01)));
    assert_eq!(change(&every, after(100), 1), Some(dec!(0.06)));
    assert_eq!(change(&every, after(100), 2), None, "nothing six hours ago");
    assert_eq!(change(&every, after(90), 0), Some(dec!(0.01)), "what is to come does not count");
    assert_eq!(change(&every, after(105), 0), Some(dec!(0.005)));
    assert_eq!(change(&every, after(106), 0), None, "the last price is six minutes old");
    assert_eq!(change(&every, after(106), 1), Some(dec!(0.054)));
}

#[test]
fn everything_is_unknown_of_a_market_nothing_is_recorded_of() {
    let nothing = MarketRecords { recorded_since: None, ..records(&[], &[]) };
    let of = analyse(&nothing, start());
    assert_eq!(of.windows.len(), 6);
    assert!(of.windows.iter().all(|one| one.activity.is_none() && one.change.is_none()));
    assert_eq!((of.momentum, of.volatility, of.opinion_changes_24h), (None, None, None));
    assert_eq!((of.spread_bps, of.imbalance, of.hours_to_close), (None, None, None));
    assert_eq!((of.depth_1c, of.depth_5c, of.annualised_return), (None, None, None));
}

#[test]
fn a_whole_market_is_analysed() {
    let mut numbers = Numbers(3);
    let closes = walk(&mut numbers, 0.0, 0.5, 0.0);
    let bars: Vec<Bar> =
        (0..).zip(&closes).map(|(minute, close)| bar(minute, close.price)).collect();
    let book = book(7_800, 8_000);
    let records = MarketRecords {
        book: Some(&book),
        fee: Some(FeeSchedule::FREE),
        closes_at: Some(after(1_440) + TimeDelta::days(365)),
        ..records(&[], &bars)
    };
    let of = analyse(&records, after(1_440));
    assert_eq!(of.momentum.map(|trend| trend.n), Some(MINUTES_A_DAY));
    assert_eq!(of.volatility.map(|volatility| volatility.n), Some(MINUTES_A_DAY - 5));
    assert_eq!(of.opinion_changes_24h.map(|changes| changes.n), Some(MINUTES_A_DAY));
    assert_eq!(of.depth_1c.map(|depth| depth.bid.decimal()), Some(dec!(78)));
    assert_eq!(of.hours_to_close, Some(8_760.0));
    assert!(of.annualised_return.is_some_and(|rate| (rate - 0.25).abs() < 1e-9));
    assert_eq!(of.spread_bps, book.spread_bps());
}

proptest! {
    #[test]
    fn windows_nest_and_their_sides_add_up(
        trades in prop::collection::vec(any_trade(), 0..60), now in 0i64..5_000,
    ) {
        let prints = prints(&trades);
        let records = MarketRecords { recorded_since: Some(DateTime::<Utc>::MIN_UTC), ..records(&prints, &[]) };
        let all: Vec<_> =
            activity(&records, at(now)).into_iter().filter_map(|window| window.activity).collect();
        prop_assert_eq!(all.len(), Window::ALL.len());
        prop_assert!(all.windows(2).all(|pair| pair[0].trades <= pair[1].trades));
        prop_assert!(all.windows(2).all(|pair| pair[0].volume_usdc <= pair[1].volume_usdc));
        for one in &all {
            let sum = one.buy_usdc.decimal() + one.sell_usdc.decimal();
            prop_assert_eq!(sum, one.volume_usdc.decimal());
            prop_assert!(one.buyers + one.sellers <= one.trades);
            prop_assert!(one.buy_share.is_none_or(|share| (0.0..=1.0).contains(&share)));
        }
        let week: Decimal = trades
            .iter()
            .filter(|trade| trade.traded_at <= at(now))
            .map(|trade| trade.usdc().decimal())
            .sum();
        prop_assert_eq!(all[5].volume_usdc.decimal(), week);
    }
}

proptest! {
    // Each case is a day of minutes, twice.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_other_outcome_moves_as_much_the_other_way(seed: u64, drift in -2.0f64..2.0) {
        let closes = walk(&mut Numbers(seed), drift, 0.5, 0.01);
        let mirrored: Vec<_> = closes
            .iter()
            .map(|close| Close { price: close.price.complement(), ..*close })
            .collect();
        let (one, other) = (momentum(&closes).unwrap(), momentum(&mirrored).unwrap());
        prop_assert!((one.slope_per_day + other.slope_per_day).abs() < 1e-6);
        prop_assert!((one.standard_error - other.standard_error).abs() < 1e-6);
        let (one, other) = (volatility(&closes).unwrap(), volatility(&mirrored).unwrap());
        prop_assert!((one.per_sqrt_day - other.per_sqrt_day).abs() < 1e-6);
        prop_assert_eq!(opinion_changes(&closes), opinion_changes(&mirrored));
    }
}
