//! Prices paid against what became of them.

use proptest::prelude::*;

use crate::ledger::tests::kit::*;
use crate::ledger::*;
use crate::performance::*;

/// Buys so many shares at a price in hundredths, in its own event, and decides it.
fn bought(story: &mut Story, hundredths: i64, shares: i64, wins: bool) {
    let market = story.market();
    story.buy((market, 0), cents(shares * 100), cents(shares * hundredths));
    story.resolve(market, Payouts::winner(u8::from(!wins)));
}

fn calibration(story: &Story) -> Option<Calibration> {
    Calibration::of(&story.entries, &story.markets)
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn murphys_parts_by_hand() {
    let mut story = Story::default();
    // Two at 0.20, one of which came true; two at 0.80, both.
    bought(&mut story, 20, 10, true);
    bought(&mut story, 20, 10, false);
    bought(&mut story, 80, 10, true);
    bought(&mut story, 80, 10, true);
    let found = calibration(&story).unwrap();
    assert_eq!((found.trades, found.events, found.excluded), (4, 4, 0));
    let Curve { bins, brier } = &found.by_trade;
    let curve: Vec<_> =
        bins.iter().map(|bin| (bin.tenth, bin.trades, bin.frequency.value)).collect();
    assert_eq!(curve, [(2, 2, 0.5), (8, 2, 1.0)]);
    // BS = (0.64 + 0.04 + 0.04 + 0.04) / 4; REL = (2·0.09 + 2·0.04) / 4; RES = (2·0.0625 + 2·0.0625) / 4.
    assert!(close(brier.score, 0.19));
    assert!(close(brier.reliability, 0.065));
    assert!(close(brier.resolution, 0.0625));
    assert!(close(brier.uncertainty, 0.1875));
    assert!(close(brier.within_bins, 0.0));
    assert!(close(brier.expected, 0.16), "0.2 · 0.8 of every one");
    assert!(close(brier.skill.unwrap(), 1.0 - 0.19 / 0.16));
    let logs = -(0.2f64.ln() + 3.0 * 0.8f64.ln()) / 4.0;
    assert!(close(brier.log_score.unwrap(), logs));
}

#[test]
fn weightings_differ() {
    let mut story = Story::default();
    // One event with a hundred purchases that lost, one with a large one that won.
    let market = story.market();
    for _ in 0..100 {
        story.buy((market, 0), cents(100), cents(50));
    }
    story.resolve(market, Payouts::winner(1));
    bought(&mut story, 50, 300, true);
    let found = calibration(&story).unwrap();
    assert_eq!((found.trades, found.events), (101, 2));
    let frequency = |curve: &Curve| curve.bins[0].frequency.value;
    assert!(close(frequency(&found.by_trade), 1.0 / 101.0));
    assert!(close(frequency(&found.by_share), 0.75));
    assert!(close(frequency(&found.by_event), 0.5));
}

#[test]
fn what_is_not_decided_is_not_counted() {
    let mut story = Story::default();
    assert_eq!(calibration(&story), None);
    let (open, half) = (story.market(), story.market());
    story.buy((open, 0), cents(100), cents(50)).buy((half, 0), cents(100), cents(50));
    story.resolve(half, Payouts::halves());
    assert_eq!(calibration(&story), None);
    bought(&mut story, 50, 1, true);
    let found = calibration(&story).unwrap();
    assert_eq!((found.trades, found.excluded), (1, 2));
    assert_eq!(found.by_trade.bins[0].frequency.interval, None);
    // Shares for nothing, and more than a dollar for one, are no prices.
    story.buy((story.markets.find(&condition(2)).unwrap(), 0), cents(100), cents(101));
    story.buy((story.markets.find(&condition(2)).unwrap(), 0), Micro::ZERO, cents(1));
    assert_eq!(calibration(&story).unwrap().excluded, 4);
}

#[test]
fn the_impossible_has_no_logarithm() {
    let mut story = Story::default();
    bought(&mut story, 100, 10, false);
    let brier = calibration(&story).unwrap().by_trade.brier;
    assert_eq!((brier.log_score, brier.skill), (None, None));
    assert!(close(brier.score, 1.0));
}

proptest! {
    #[test]
    fn the_parts_add_up(
        bets in prop::collection::vec((1i64..100, 1i64..1_000, any::<bool>()), 1..80),
    ) {
        let mut story = Story::default();
        for (hundredths, shares, wins) in bets {
            bought(&mut story, hundredths, shares, wins);
        }
        let found = calibration(&story).unwrap();
        for Curve { bins, brier } in [&found.by_trade, &found.by_share, &found.by_event] {
            let sum = brier.reliability - brier.resolution + brier.uncertainty + brier.within_bins;
            prop_assert!(close(sum, brier.score));
            prop_assert!((0.0..=1.0).contains(&brier.score));
            prop_assert!(brier.reliability >= 0.0 && brier.resolution >= 0.0);
            prop_assert!(brier.resolution <= brier.uncertainty + 1e-9);
            // A bin is a tenth wide, and so is what prices in it can differ by.
            prop_assert!(brier.within_bins.abs() <= 0.11, "{}", brier.within_bins);
            prop_assert_eq!(bins.iter().map(|bin| bin.trades).sum::<usize>(), found.trades);
            for bin in bins {
                let lowest = bin.tenth as f64 / 10.0;
                prop_assert!(bin.price >= lowest - 1e-9 && bin.price <= lowest + 0.1 + 1e-9);
            }
        }
    }
}
