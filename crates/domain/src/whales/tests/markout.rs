use proptest::prelude::*;

use super::story::World;
use crate::Side;
use crate::clusters::OwnerIx;
use crate::evidence::EvidenceId;
use crate::ledger::tests::kit::at;
use crate::whales::{Horizon, PricedTrade, markouts, price_band};

fn trade(id: u128, owner: u32, side: Side, price: f64, later: f64) -> PricedTrade {
    let world = World::new(2);
    PricedTrade {
        id: EvidenceId(id),
        event: world.story.markets.event_of(world.alone),
        market: world.alone,
        at: at(100),
        owner: OwnerIx(owner),
        side,
        price,
        later: [Some(later); 5],
    }
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn bands_begin_where_they_say() {
    assert_eq!([0.0, 0.09, 0.1, 0.49, 0.5, 0.95, 1.0].map(price_band), [0, 0, 1, 2, 3, 5, 5]);
}

#[test]
fn what_everybody_gained_is_taken_off() {
    let alerts = [trade(1, 1, Side::Buy, 0.5, 0.6)];
    let others = [
        trade(2, 2, Side::Buy, 0.55, 0.6),
        trade(3, 3, Side::Sell, 0.55, 0.6),
        trade(4, 1, Side::Buy, 0.5, 0.9),
        trade(1, 1, Side::Buy, 0.5, 0.6),
        trade(5, 2, Side::Buy, 0.2, 0.6),
    ];
    let line = markouts(&alerts, &others).lines[0];
    assert_eq!((line.horizon, line.n, line.placebos), (Horizon::Minute, 1, 2));
    assert!(close(line.alerts.unwrap().value, 0.1));
    assert!(close(line.excess.unwrap().value, 0.1), "0.05 and −0.05 of the others");
    assert_eq!(line.excess.unwrap().interval, None, "one event has no interval");
}

#[test]
fn alerts_of_one_event_are_one_observation() {
    let world = World::new(3);
    let leg = |id: u128, leg: usize, owner: u32, later: f64| {
        let market = world.group[leg];
        let event = world.story.markets.event_of(market);
        PricedTrade { event, market, ..trade(id, owner, Side::Buy, 0.5, later) }
    };
    let alone = |id, later| trade(id, 1, Side::Buy, 0.5, later);
    let others: Vec<PricedTrade> = (0..3)
        .map(|place| leg(20 + place as u128, place, 2, 0.5))
        .chain([trade(30, 2, Side::Buy, 0.5, 0.5)])
        .collect();
    let one = markouts(&[leg(1, 0, 1, 0.6), alone(9, 0.5)], &others).lines[0];
    let legs = [leg(1, 0, 1, 0.6), leg(2, 1, 1, 0.6), leg(3, 2, 1, 0.6), alone(9, 0.5)];
    let three = markouts(&legs, &others).lines[0];
    assert_eq!((one.n, three.n), (2, 4));
    assert!(close(three.excess.unwrap().value, one.excess.unwrap().value));
    assert_eq!(three.excess.unwrap().events, 2);
    let interval = |line: &crate::whales::MarkoutLine| line.excess.unwrap().interval.unwrap();
    assert!(close(interval(&three).0, interval(&one).0), "three identical legs change nothing");
}

#[test]
fn what_cannot_be_compared_is_counted_and_left_out() {
    let unpriced = PricedTrade { later: [None; 5], ..trade(1, 1, Side::Buy, 0.5, 0.6) };
    let unmatched = trade(2, 1, Side::Buy, 0.95, 0.99);
    let others = [trade(3, 2, Side::Buy, 0.5, 0.6)];
    for line in markouts(&[unpriced, unmatched], &others).lines {
        assert_eq!((line.n, line.unpriced, line.unmatched), (0, 1, 1));
        assert_eq!((line.alerts, line.excess), (None, None));
    }
}

proptest! {
    #[test]
    fn the_order_does_not_matter_and_repetition_neither(
        later in prop::collection::vec((1u32..5, any::<bool>(), 0.5f64..0.69, 0.0f64..1.0), 2..20),
        cut in 1usize..10,
    ) {
        let all: Vec<PricedTrade> = later
            .iter()
            .zip(0..)
            .map(|((owner, buys, price, later), id)| {
                trade(id, *owner, if *buys { Side::Buy } else { Side::Sell }, *price, *later)
            })
            .collect();
        let (alerts, others) = all.split_at(cut.min(all.len() - 1));
        let told = markouts(alerts, others);
        let backwards = |part: &[PricedTrade]| part.iter().rev().cloned().collect::<Vec<_>>();
        let twice = [backwards(alerts), alerts.to_vec()].concat();
        let again = markouts(&twice, &backwards(others));
        for (one, other) in told.lines.iter().zip(&again.lines) {
            prop_assert_eq!((one.n, one.placebos), (other.n, other.placebos));
            let value = |line: &crate::whales::MarkoutLine| line.excess.map(|excess| excess.value);
            prop_assert!(value(one).zip(value(other)).is_none_or(|(one, other)| close(one, other)));
        }
    }
}
