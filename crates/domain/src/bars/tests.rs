use proptest::prelude::*;

use super::*;
use crate::{
    Side,
    tape::{
        Trade, ordinals,
        tests::{any_trade, trade},
    },
};

fn minute(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(60 * number, 0).unwrap()
}

fn cents(cents: i64) -> Price {
    Price::new(Decimal::new(cents, 2)).unwrap()
}

fn quote(at: i64, bid: i64, ask: i64) -> MinuteQuote {
    MinuteQuote { minute: minute(at), bid: Some(cents(bid)), ask: Some(cents(ask)) }
}

fn prints(trades: &[Trade]) -> Vec<Print<'_>> {
    trades
        .iter()
        .zip(ordinals(trades))
        .filter_map(|(trade, ordinal)| trade.print(ordinal))
        .collect()
}

/// Open, high, low, close in cents, and the source.
fn shape(bar: &Bar) -> ([i64; 4], BarSource) {
    let cents = |price: Price| i64::try_from(price.decimal() * Decimal::ONE_HUNDRED).unwrap();
    ([cents(bar.open), cents(bar.high), cents(bar.low), cents(bar.close)], bar.source)
}

#[test]
fn a_minute_with_trades_has_their_prices_and_sums() {
    let trades = [
        trade(125, 0, Side::Buy, 50, 10, 1),
        trade(130, 0, Side::Buy, 60, 10, 1),
        // Buying No at 0.55 is selling Yes at 0.45, for 5.5 dollars.
        trade(140, 1, Side::Buy, 55, 10, 2),
        trade(179, 0, Side::Sell, 52, 1, 1),
    ];
    let bars = minute_bars(prints(&trades), vec![quote(2, 51, 53)]);
    assert_eq!(bars.len(), 1);
    let bar = &bars[0];
    assert_eq!(bar.at, minute(2));
    assert_eq!(shape(bar), ([50, 60, 45, 52], BarSource::Trades));
    let volume = bar.volume.unwrap();
    assert_eq!(volume.usdc.decimal(), dec!(17.02));
    assert_eq!(volume.shares.decimal(), dec!(31));
    assert_eq!(volume.trades, 4);
    assert_eq!((bar.bid, bar.ask), (Some(cents(51)), Some(cents(53))));
}

#[test]
fn a_minute_without_trades_has_the_mid_of_near_quotes_and_else_nothing() {
    let cases = [
        (quote(0, 40, 50), Some(45)),
        (quote(0, 40, 51), None),
        (quote(0, 50, 50), Some(50)),
        (quote(0, 51, 50), None),
        (MinuteQuote { bid: None, ..quote(0, 40, 50) }, None),
        (MinuteQuote { ask: None, ..quote(0, 1, 2) }, None),
    ];
    for (quote, mid) in cases {
        let bars = minute_bars(vec![], vec![quote]);
        let expected = mid.map(|mid| ([mid; 4], BarSource::Quotes));
        assert_eq!(bars.first().map(shape), expected, "{quote:?}");
        assert!(bars.iter().all(|bar| bar.volume == Some(BarVolume::NONE)));
    }
}

#[test]
fn minutes_without_anything_are_gaps() {
    let trades = [trade(60, 0, Side::Buy, 50, 1, 1), trade(600, 0, Side::Buy, 51, 1, 1)];
    let later =
        MinuteQuote { minute: minute(3) + chrono::TimeDelta::seconds(59), ..quote(3, 50, 52) };
    let quotes = vec![quote(0, 48, 50), quote(3, 48, 50), later, quote(12, 50, 52)];
    let bars = minute_bars(prints(&trades), quotes);
    let starts: Vec<_> = bars.iter().map(|bar| bar.at.timestamp() / 60).collect();
    assert_eq!(starts, [0, 1, 3, 10, 12]);
    assert_eq!(shape(&bars[2]).0, [51; 4], "the last quote of its minute");
    let fives: Vec<_> =
        aggregate(&bars, Interval::FiveMinutes).iter().map(|bar| bar.at.timestamp() / 60).collect();
    assert_eq!(fives, [0, 10]);
}

#[test]
fn one_order_that_walks_the_book_closes_where_it_ended() {
    // One transaction, one second: the feed may list its fills in any order.
    let up = [50, 51, 51, 53].map(|cents| trade(5, 0, Side::Buy, cents, 1, 1));
    let down = [53, 51, 51, 50].map(|cents| trade(5, 0, Side::Sell, cents, 1, 1));
    for (mut fills, expected) in [(up, [50, 53, 50, 53]), (down, [53, 53, 50, 50])] {
        assert_eq!(shape(&minute_bars(prints(&fills), vec![])[0]).0, expected);
        fills.reverse();
        assert_eq!(shape(&minute_bars(prints(&fills), vec![])[0]).0, expected);
    }
}

#[test]
fn upstream_history_makes_synthetic_bars_of_unknown_volume() {
    let point = |second, price| (DateTime::from_timestamp(second, 0).unwrap(), cents(price));
    let points = vec![
        point(3_607, 55),
        point(24, 40),
        point(1_800, 45),
        point(3_599, 42),
        // Nothing in the third hour.
        point(10_800, 70),
    ];
    let bars = history_bars(points, Interval::Hour);
    let shapes: Vec<_> = bars.iter().map(|bar| shape(bar).0).collect();
    assert_eq!(shapes, [[40, 45, 40, 42], [42, 55, 42, 55], [70, 70, 70, 70]]);
    assert!(bars.iter().all(|bar| bar.volume.is_none() && bar.source.is_synthetic()));
}

#[test]
fn a_bucket_that_is_partly_history_does_not_pass_for_recorded() {
    let history = history_bars(vec![(minute(0), cents(50))], Interval::Minute);
    let traded = minute_bars(prints(&[trade(60, 0, Side::Buy, 52, 1, 1)]), vec![]);
    let hour = aggregate(&[history, traded].concat(), Interval::Hour);
    assert_eq!(shape(&hour[0]), ([50, 52, 50, 52], BarSource::History));
    assert_eq!(hour[0].volume, None);
}

#[test]
fn buckets_begin_at_multiples_since_1970() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    for (interval, start) in [
        (Interval::Minute, "2026-11-23T17:58:00Z"),
        (Interval::FiveMinutes, "2026-11-23T17:55:00Z"),
        (Interval::QuarterHour, "2026-11-23T17:45:00Z"),
        (Interval::Hour, "2026-11-23T17:00:00Z"),
        (Interval::SixHours, "2026-11-23T12:00:00Z"),
        (Interval::Day, "2026-11-23T00:00:00Z"),
    ] {
        assert_eq!(interval.bucket(at("2026-11-23T17:58:59.999Z")), at(start));
        assert_eq!(interval.bucket(at(start)), at(start));
        assert_eq!(interval.slug().parse(), Ok(interval));
    }
    assert_eq!(Interval::Hour.bucket(at("1969-12-31T23:30:00Z")), at("1969-12-31T23:00:00Z"));
}

fn any_quotes() -> impl Strategy<Value = Vec<MinuteQuote>> {
    let quote = (0i64..70, 1i64..90, 0i64..20)
        .prop_map(|(at, bid, gap)| quote(at, bid, bid + gap.min(99 - bid)));
    prop::collection::vec(quote, 0..30).prop_map(|mut quotes| {
        quotes.sort_by_key(|quote| quote.minute);
        quotes.dedup_by_key(|quote| quote.minute);
        quotes
    })
}

/// The same trade as the other outcome's side of it.
fn flipped(trade: &Trade) -> Trade {
    Trade { side: trade.side.opposite(), price: trade.price.complement(), ..trade.clone() }
}

proptest! {
    #[test]
    fn bars_hold_what_was_traded_in_whatever_order_it_was_read(
        trades in prop::collection::vec(any_trade(), 0..80),
        quotes in any_quotes(),
        turned in 0usize..80,
    ) {
        let bars = minute_bars(prints(&trades), quotes.clone());
        let mut reordered = trades.clone();
        reordered.rotate_left(turned.min(trades.len()));
        reordered.reverse();
        let mut late = quotes.clone();
        late.reverse();
        prop_assert_eq!(&minute_bars(prints(&reordered), late), &bars);

        let by_time = bars.windows(2).all(|pair| pair[0].at < pair[1].at);
        prop_assert!(by_time, "ordered and distinct");
        for bar in &bars {
            prop_assert!(bar.low <= bar.open && bar.low <= bar.close);
            prop_assert!(bar.high >= bar.open && bar.high >= bar.close);
            prop_assert_eq!(Interval::Minute.bucket(bar.at), bar.at);
        }
        let volumes = || bars.iter().filter_map(|bar| bar.volume);
        let usdc: Decimal = volumes().map(|volume| volume.usdc.decimal()).sum();
        prop_assert_eq!(usdc, trades.iter().map(|trade| trade.usdc().decimal()).sum::<Decimal>());
        prop_assert_eq!(volumes().map(|volume| volume.trades as usize).sum::<usize>(), trades.len());
        let minutes: std::collections::BTreeSet<_> =
            trades.iter().map(|trade| Interval::Minute.bucket(trade.traded_at)).collect();
        let traded = bars.iter().filter(|bar| bar.source == BarSource::Trades).count();
        prop_assert_eq!(traded, minutes.len());
    }

    #[test]
    fn the_other_outcomes_bars_are_the_bars_of_its_trades(
        mut trades in prop::collection::vec(any_trade(), 0..40),
    ) {
        // One a second: that a transaction's buys come before its sells is only a convention.
        trades.sort_by_key(|trade| trade.traded_at);
        trades.dedup_by_key(|trade| trade.traded_at);
        let mirrored: Vec<_> =
            minute_bars(prints(&trades), vec![]).into_iter().map(Bar::mirrored).collect();
        let twice: Vec<_> = mirrored.iter().map(|bar| bar.mirrored()).collect();
        prop_assert_eq!(twice, minute_bars(prints(&trades), vec![]));
        let flipped: Vec<_> = trades.iter().map(flipped).collect();
        let prices = |bars: &[Bar]| -> Vec<_> { bars.iter().map(shape).collect() };
        prop_assert_eq!(prices(&mirrored), prices(&minute_bars(prints(&flipped), vec![])));
    }

    #[test]
    fn it_does_not_matter_by_which_steps_bars_grow(
        trades in prop::collection::vec(any_trade(), 0..80),
        quotes in any_quotes(),
        history in prop::collection::vec((0i64..4_000, 1i64..100), 0..5),
    ) {
        let points = history.iter().map(|(second, price)| {
            (DateTime::from_timestamp(*second, 0).unwrap(), cents(*price))
        });
        let mut bars = minute_bars(prints(&trades), quotes);
        bars.extend(history_bars(points.collect(), Interval::Minute));
        bars.sort_by_key(|bar| bar.at);
        bars.dedup_by_key(|bar| bar.at);
        prop_assert_eq!(&aggregate(&bars, Interval::Minute), &bars);
        let fives = aggregate(&bars, Interval::FiveMinutes);
        let quarters = aggregate(&fives, Interval::QuarterHour);
        for interval in [Interval::Hour, Interval::SixHours, Interval::Day] {
            prop_assert_eq!(aggregate(&quarters, interval), aggregate(&bars, interval));
        }
    }
}
