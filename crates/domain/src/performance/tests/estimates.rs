//! Intervals: known values, and how often they hold what they should.

use crate::ledger::tests::kit::*;
use crate::ledger::*;
use crate::performance::*;
use crate::stats::{Dice, Weighted};

#[test]
fn wilsons_interval_has_its_published_values() {
    let close = |one: f64, other: f64| (one - other).abs() < 1e-4;
    let eight = Proportion::wilson(8, 10).unwrap();
    assert!(close(eight.low, 0.4902) && close(eight.high, 0.9433), "{eight:?}");
    let none = Proportion::wilson(0, 10).unwrap();
    assert!(none.low.abs() < f64::EPSILON && close(none.high, 0.2775), "{none:?}");
    let all = Proportion::wilson(10, 10).unwrap();
    assert!(close(all.low, 0.7225) && (all.high - 1.0).abs() < f64::EPSILON);
    assert_eq!(Proportion::wilson(0, 0), None);
    assert_eq!(Proportion::wilson(2, 1), None);
}

fn edge_of(story: &Story) -> Option<Clustered> {
    let mut entries = story.entries.clone();
    sort(&mut entries);
    let performance = Performance::of(at(0), &entries, &story.books(), &story.markets);
    performance.all_time.known().unwrap().edge
}

#[test]
fn the_edge_is_what_was_paid_beyond_the_price() {
    let mut story = Story::default();
    let (won, lost) = ((story.market(), 0), (story.market(), 1));
    // 58 and a fee of 2 for 100 that win; 20 for 100 that lose.
    story.then(Change::Buy(fill(won, cents(10_000), cents(5_800), cents(200))));
    story.resolve(won.0, Payouts::winner(0));
    let one = edge_of(&story).unwrap();
    assert!((one.value - 40.0 / 60.0).abs() < 1e-12);
    assert_eq!((one.interval, one.events), (None, 1), "one event says nothing of the next");
    story.buy(lost, cents(10_000), cents(2_000));
    story.resolve(lost.0, Payouts::winner(0));
    let two = edge_of(&story).unwrap();
    assert!((two.value - 20.0 / 80.0).abs() < 1e-12);
    // Residuals 40 − 15 and −20 − 5; √(2 · 1250) / 80 = 0.625; t of one degree of freedom 12.706205.
    let (low, high) = two.interval.unwrap();
    assert!(
        (high - (0.25 + 12.706_204_736_174_7 * 0.625)).abs() < 1e-9
            && (low + high - 0.5).abs() < 1e-9
    );
}

#[test]
fn the_edge_is_about_the_choice_and_not_the_exit() {
    let mut story = Story::default();
    let yes = (story.market(), 0);
    story.buy(yes, cents(10_000), cents(4_000)).sell(yes, cents(10_000), cents(3_000));
    story.resolve(yes.0, Payouts::winner(0));
    assert!((edge_of(&story).unwrap().value - 1.5).abs() < 1e-12);
    // A pair that was made says nothing: nobody chose.
    let made = story.market();
    story.split(made, cents(10_000));
    story.resolve(made, Payouts::winner(0));
    assert_eq!(edge_of(&story).unwrap().events, 1);
}

#[test]
fn intervals_by_events_hold_the_truth_as_often_as_they_say() {
    const WALLETS: usize = 4_000;
    const EVENTS: usize = 25;
    let mut markets = Markets::new();
    let events: Vec<EventIx> = (0..EVENTS)
        .map(|number| {
            let market = markets.of(&condition(number));
            markets.event_of(market)
        })
        .collect();
    let mut dice = Dice::new(11, 0);
    let (mut held, mut held_by_trades) = (0, 0);
    for _ in 0..WALLETS {
        // Fair prices: no edge. Four purchases an event that stand and fall together.
        let mut observed = Vec::new();
        for &event in &events {
            let price = 0.3 + 0.4 * dice.unit();
            let wins = dice.unit() < price;
            let gain = if wins { 1.0 / price - 1.0 } else { -1.0 };
            observed.extend([Weighted { cluster: event, sum: gain, weight: 1.0 }; 4]);
        }
        let holds =
            |mean: Clustered| mean.interval.is_some_and(|(low, high)| low <= 0.0 && 0.0 <= high);
        held += usize::from(holds(Clustered::mean(&observed).unwrap()));
        // As if every purchase were an event: neighbours of different events in turn.
        let naive: Vec<Weighted<EventIx>> =
            (0..observed.len()).map(|n| observed[n % EVENTS * 4 + n / EVENTS]).collect();
        held_by_trades += usize::from(holds(Clustered::mean(&naive).unwrap()));
    }
    let part = |count: usize| count as f64 / WALLETS as f64;
    assert!((part(held) - 0.95).abs() < 0.02, "{}", part(held));
    assert!(part(held_by_trades) < 0.75, "{}", part(held_by_trades));
}
