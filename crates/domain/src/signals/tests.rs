use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::clusters::OwnerIx;
use crate::evidence::{Basis, EvidenceId, Ingredient, Span};
use crate::ledger::Slot;
use crate::ledger::tests::kit::{Story, at};
use crate::stats::Robust;
use crate::{MarketId, Side};

fn bets(events: std::ops::Range<usize>) -> Vec<PastBet> {
    let mut story = Story::default();
    let all = (0..40).map(|_| {
        let market = story.market();
        PastBet { event: story.markets.event_of(market), on: Slot { market, outcome: 0 } }
    });
    let all: Vec<PastBet> = all.collect();
    all[events].to_vec()
}

fn voice(owner: u32, edge: f64, exposure: f64) -> Voice {
    Voice { owner: OwnerIx(owner), edge: Some(edge), exposure, past: vec![] }
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

// ---- consensus ----

#[test]
fn votes_are_edge_times_capped_exposure() {
    let voices = [
        voice(1, 0.1, 5_000.0),
        voice(2, 0.1, 1_000.0),
        voice(3, 0.2, 500.0),
        voice(4, 0.1, -1_000.0),
        voice(5, -0.3, -9_000.0),
    ];
    let said = consensus(&voices, Some(1_000.0), Basis::Feed);
    assert!(close(said.toward, 0.3) && close(said.away, 0.1));
    assert!(close(said.opinion.imbalance().unwrap(), 50.0));
    assert!(close(said.n_eff, 4.0));
    assert_eq!((said.voices, said.untested), (4, 0));
    assert!(close(said.span.unwrap().low, 50.0) && close(said.span.unwrap().high, 50.0));
}

#[test]
fn all_on_one_side_is_a_hundred_and_not_a_hair_more() {
    let voices =
        [1, 2, 3].map(|owner| voice(owner, 0.153_166_335_556_183_1, 1_153.423_360_865_427_4));
    let said = consensus(&voices, Some(1_000.0), Basis::Feed);
    assert_eq!(said.opinion, Opinion::Imbalance(100.0));
}

#[test]
fn few_voices_and_a_market_without_scale_say_nothing() {
    let two = [voice(1, 0.1, 1_000.0), voice(2, 0.1, 1_000.0)];
    assert_eq!(consensus(&two, Some(10.0), Basis::Feed).opinion, Opinion::TooFew);
    let loud = [two.to_vec(), vec![voice(3, 0.25, 1_000.0), voice(4, 0.001, 900.0)]].concat();
    assert_eq!(
        consensus(&loud, Some(1_000.0), Basis::Feed).opinion,
        Opinion::TooFew,
        "one outvotes all"
    );
    assert_eq!(consensus(&two, None, Basis::Feed).opinion, Opinion::NoScale);
    assert_eq!(consensus(&[], Some(1.0), Basis::Feed).opinion, Opinion::TooFew);
    assert_eq!((cap(Some(0.0)), cap(None), cap(Some(50_000.0))), (None, None, Some(1_000.0)));
}

#[test]
fn owners_who_always_did_the_same_are_one_voice() {
    let alike = |past: std::ops::Range<usize>| {
        (0..6)
            .map(|owner| Voice { past: bets(past.clone()), ..voice(owner, 0.1, 1_000.0) })
            .collect::<Vec<_>>()
    };
    let said = consensus(&alike(0..10), Some(1_000.0), Basis::Feed);
    assert!(close(said.n_eff, 1.0));
    assert_eq!(said.opinion, Opinion::TooFew);
    assert!(close(overlap(&bets(0..10), &bets(5..15)), 1.0 / 3.0));
    assert!(close(overlap(&[], &bets(0..3)), 0.0));
}

fn any_voice() -> impl Strategy<Value = Voice> {
    (0u32..8, 0.0f64..0.3, -3_000.0f64..3_000.0, 0usize..20, 0usize..20).prop_map(
        |(owner, edge, exposure, from, count)| Voice {
            past: bets(from..from + count),
            ..voice(owner, edge, exposure)
        },
    )
}

proptest! {
    #[test]
    fn the_imbalance_is_one_number_in_any_order_and_told_on_either_outcome(
        mut voices in prop::collection::vec(any_voice(), 0..12), by in 0usize..12,
    ) {
        // One row an owner, so that sums do not depend on the order of rounding.
        voices.sort_by_key(|voice| voice.owner);
        voices.dedup_by_key(|voice| voice.owner);
        let said = consensus(&voices, Some(1_000.0), Basis::Feed);
        let length = voices.len();
        voices.rotate_left(by.min(length));
        prop_assert_eq!(&consensus(&voices, Some(1_000.0), Basis::Feed), &said);
        if let Some(value) = said.opinion.imbalance() {
            prop_assert!((-100.0..=100.0).contains(&value));
        }
        prop_assert!(said.n_eff <= said.voices as f64 + 1e-9);
        // Three rows that are a third each are the one they are a part of.
        let thirds: Vec<Voice> = voices
            .iter()
            .flat_map(|one| [1, 2, 3].map(|_| Voice { exposure: one.exposure / 3.0, ..one.clone() }))
            .collect();
        let again = consensus(&thirds, Some(1_000.0), Basis::Feed);
        prop_assert!(close(again.n_eff, said.n_eff) && close(again.toward, said.toward));
        let turned: Vec<Voice> =
            voices.iter().map(|one| Voice { exposure: -one.exposure, ..one.clone() }).collect();
        let turned = consensus(&turned, Some(1_000.0), Basis::Feed).mirrored();
        prop_assert!(close(turned.toward, said.toward) && close(turned.away, said.away));
        let pair = turned.opinion.imbalance().zip(said.opinion.imbalance());
        prop_assert!(pair.is_none_or(|(one, other)| close(one, other)));
    }

    #[test]
    fn an_owner_whom_nobody_tested_widens_or_voids(
        mut voices in prop::collection::vec(any_voice(), 1..12), hidden in 0usize..12,
    ) {
        voices.sort_by_key(|voice| voice.owner);
        voices.dedup_by_key(|voice| voice.owner);
        let said = consensus(&voices, Some(1_000.0), Basis::Feed);
        let place = hidden % voices.len();
        voices[place].edge = None;
        let less = consensus(&voices, Some(1_000.0), Basis::Feed);
        prop_assert!(less.n_eff <= said.n_eff + 1e-9);
        if let Some(span) = less.span {
            let value = said.opinion.imbalance().unwrap();
            prop_assert!(span.low - 1e-9 <= value && value <= span.high + 1e-9, "{said:?} {less:?}");
        }
    }
}

// ---- divergence, anomaly ----

fn holder(owner: u32, toward_first: bool, entered: f64, tilt: f64) -> Holder {
    let tilt_span = Span { low: tilt - 0.1, high: tilt + 0.1 };
    Holder { owner: OwnerIx(owner), vote: 1.0, toward_first, entered, tilt, tilt_span }
}

#[test]
fn who_paid_too_little_before_is_thought_to_pay_too_little_now() {
    let three = [1, 2, 3].map(|owner| holder(owner, true, 0.5, 0.4));
    let said = divergence(&three, Some(0.5)).unwrap();
    let expected = 1.0 / (1.0 + (-0.4f64).exp());
    assert!(close(said.chance, expected) && close(said.from_price, expected - 0.5));
    assert!(said.span.low > 0.0 && said.span.contains(said.from_price));
    let other = three.map(|one| Holder { toward_first: false, ..one });
    assert!(close(divergence(&other, Some(0.5)).unwrap().from_price, 0.5 - expected));
    assert_eq!(divergence(&three[..2], Some(0.5)), None);
    assert_eq!(divergence(&three.map(|one| Holder { owner: OwnerIx(1), ..one }), Some(0.5)), None);
    assert_eq!(divergence(&three, None), None);
    assert_eq!(divergence(&three.map(|one| Holder { entered: 0.0, ..one }), Some(0.5)), None);
}

fn usual(median: f64, deviation: f64, count: usize) -> Robust {
    Robust { count, median, deviation }
}

#[test]
fn anomalies_and_trends_need_a_scale() {
    let odd = anomaly(10_000.0, &usual(100f64.ln(), 1.0, 50)).unwrap();
    assert!(odd.is_anomaly && close(odd.z, 100f64.ln()));
    assert!(!anomaly(150.0, &usual(100f64.ln(), 1.0, 50)).unwrap().is_anomaly);
    assert_eq!(anomaly(10_000.0, &usual(4.6, 0.0, 50)), None);
    assert_eq!(anomaly(10_000.0, &usual(4.6, 1.0, 19)), None);
    assert_eq!(anomaly(0.0, &usual(4.6, 1.0, 50)), None);
    let momentum = |slope_per_day, standard_error| {
        trend(&crate::analytics::Momentum { slope_per_day, standard_error, n: 100 })
    };
    assert_eq!(momentum(3.0, 1.0), Some((Side::Buy, 3.0)));
    assert_eq!(momentum(-3.0, 1.0), Some((Side::Sell, 3.0)));
    assert_eq!((momentum(2.0, 1.0), momentum(0.0, 0.0)), (None, None));
}

// ---- what is published ----

fn scene() -> Scene {
    Scene {
        market_id: MarketId::parse("1").unwrap(),
        event_id: None,
        as_of: at(0),
        price: Some(0.4),
        cost: Some(0.02),
        basis: Basis::Activity,
    }
}

#[test]
fn smart_money_is_a_signal_where_no_untested_owner_could_undo_it() {
    let mut voices: Vec<Voice> = (0..5).map(|owner| voice(owner, 0.1, 1_000.0)).collect();
    let said = consensus(&voices, Some(1_000.0), Basis::Feed);
    let signal = scene().smart_money(&said, vec![EvidenceId(3)]).unwrap();
    assert_eq!((signal.side, signal.strength.get()), (Some(Side::Buy), 1.0));
    assert!(close(signal.n, 5.0));
    assert_eq!((signal.horizon, signal.version), (Horizon::Resolution, VERSION));
    assert_eq!(signal.evidence, [EvidenceId(3)]);
    let blind = Scene { price: None, ..scene() };
    assert_eq!(blind.smart_money(&said, vec![]), None, "what cannot be settled is not published");
    assert!(signal.ingredients.contains(&Ingredient::new("imbalance", 100.0)));
    voices.extend((10..13).map(|owner| Voice { edge: None, ..voice(owner, 0.0, -1_000.0) }));
    let said = consensus(&voices, Some(1_000.0), Basis::Feed);
    assert_eq!(scene().smart_money(&said, vec![]), None);
}

#[test]
fn a_divergence_has_to_be_more_than_it_costs() {
    let holders = [1, 2, 3].map(|owner| holder(owner, true, 0.45, 0.4));
    let said = divergence(&holders, Some(0.4)).unwrap();
    assert_eq!(scene().divergence(&said, vec![]).unwrap().side, Some(Side::Buy));
    assert_eq!(Scene { cost: Some(0.13), ..scene() }.divergence(&said, vec![]), None);
    assert_eq!(Scene { cost: None, ..scene() }.divergence(&said, vec![]), None);
}

#[test]
fn turns_and_accumulations_point_where_their_owner_does() {
    use crate::whales::{Accumulated, Flip, Lean, Question};
    let mut story = Story::default();
    let (market, other) = (story.market(), story.market());
    let slot = |outcome| Some(Slot { market, outcome });
    let flip = Flip {
        owner: OwnerIx(1),
        question: Question::Market(market),
        at: at(0),
        from: Lean { toward: slot(0), against: slot(1) },
        to: Lean { toward: slot(1), against: slot(0) },
        peak: 900_000_000,
        sides: [None; 2],
        before: 0,
        now: 500_000_000,
        change: 1.0,
        trades: vec![EvidenceId(4)],
        unnamed: 0,
        basis: Basis::Activity,
        is_whole: true,
    };
    let signal = scene().flip(&flip, market).unwrap();
    assert_eq!((signal.side, signal.evidence), (Some(Side::Sell), vec![EvidenceId(4)]));
    assert_eq!(scene().flip(&flip, other), None);
    let against = Flip { to: Lean { toward: None, against: slot(0) }, ..flip.clone() };
    assert_eq!(scene().flip(&against, market).unwrap().side, Some(Side::Sell));
    assert_eq!(scene().flip(&Flip { is_whole: false, ..flip }, market), None);
    let found = Accumulated {
        hours: 6,
        at_risk: Some(50_000_000),
        lean: Lean { toward: slot(0), against: slot(1) },
        fills: 9,
        large_fills: 0,
        trades: vec![EvidenceId(1)],
    };
    assert_eq!(scene().accumulation(&found, market, 40_000_000).unwrap().side, Some(Side::Buy));
    assert_eq!(scene().accumulation(&found, market, 60_000_000), None);
    let unknown = Accumulated { at_risk: None, ..found };
    assert_eq!(scene().accumulation(&unknown, market, 0), None);
}

#[test]
fn what_is_usual_is_no_signal() {
    let odd = anomaly(10_000.0, &usual(100f64.ln(), 1.0, 50)).unwrap();
    let common = anomaly(150.0, &usual(100f64.ln(), 1.0, 50)).unwrap();
    assert_eq!(scene().volume(&odd, vec![]).unwrap().side, None);
    assert_eq!(scene().volume(&common, vec![]), None);
    let size = |is_large| crate::whales::RelativeSize {
        z: Some(9.0),
        of_volume: None,
        of_depth: Some(0.2),
        tier: None,
        above_floor: None,
        is_large,
    };
    let told = |is_large| scene().size(&odd, &size(is_large), Side::Buy, EvidenceId(1));
    assert!(told(Some(true)).is_some());
    assert_eq!((told(None), told(Some(false))), (None, None));
    let momentum = crate::analytics::Momentum { slope_per_day: -3.0, standard_error: 1.0, n: 99 };
    assert_eq!(scene().momentum(&momentum).unwrap().side, Some(Side::Sell));
}

// ---- settlement ----

fn signal(kind: Kind, side: Option<Side>) -> Signal {
    Signal {
        kind,
        market_id: MarketId::parse("1").unwrap(),
        event_id: None,
        side,
        strength: Strength::saturating(2.0, 2.0).unwrap(),
        as_of: at(0),
        version: VERSION,
        n: 4.0,
        ingredients: vec![Ingredient::new("imbalance", 60.0)],
        evidence: vec![EvidenceId(7)],
        horizon: kind.horizon(),
        price: Some(0.4),
        cost: Some(0.02),
        basis: Basis::Feed,
    }
}

#[test]
fn a_signal_waits_for_its_time_and_takes_what_was_recorded_then() {
    let flip = signal(Kind::Flip, Some(Side::Buy));
    let observed = |second, price| Observed { price: Some((at(second), price)), payout: None };
    let day = 86_400;
    let now = at(2 * day);
    assert_eq!(
        settle(&flip, &observed(day, 0.5), at(day)),
        Settlement::Pending,
        "a nearer one may come"
    );
    let Settlement::Settled { gain, net, hit, .. } = settle(&flip, &observed(day + 60, 0.5), now)
    else {
        panic!()
    };
    assert!(close(gain, 0.1) && close(net.unwrap(), 0.08));
    assert_eq!(hit, Some(true));
    let lost = settle(&signal(Kind::Flip, Some(Side::Sell)), &observed(day, 0.5), now);
    assert!(matches!(lost, Settlement::Settled { hit: Some(false), .. }));
    let push = settle(&flip, &observed(day, 0.4), now);
    assert!(matches!(push, Settlement::Settled { hit: None, .. }));
    assert_eq!(settle(&flip, &observed(day + 301, 0.5), now), Settlement::Void(Void::NoPrice));
    assert_eq!(settle(&flip, &Observed::default(), now), Settlement::Void(Void::NoPrice));
}

#[test]
fn a_payout_settles_what_is_open() {
    let smart = signal(Kind::SmartMoney, Some(Side::Sell));
    let paid = |second, paid| Observed { price: None, payout: Some((at(second), paid)) };
    assert_eq!(settle(&smart, &Observed::default(), at(9_999)), Settlement::Pending);
    assert_eq!(settle(&smart, &paid(500, 0.0), at(499)), Settlement::Pending, "not known then");
    let Settlement::Settled { gain, hit, .. } = settle(&smart, &paid(500, 0.0), at(500)) else {
        panic!()
    };
    assert!(close(gain, 0.4) && hit == Some(true));
    let halves = settle(&smart, &paid(500, 0.5), at(500));
    assert!(matches!(halves, Settlement::Settled { hit: None, .. }), "a push");
    let flip = signal(Kind::Flip, Some(Side::Buy));
    assert!(matches!(settle(&flip, &paid(500, 1.0), at(500)), Settlement::Settled { .. }));
    let late = settle(&flip, &paid(100_000, 1.0), at(200_000));
    assert_eq!(late, Settlement::Void(Void::NoPrice), "what came later does not settle it");
}

#[test]
fn what_points_nowhere_has_no_result() {
    let volume = signal(Kind::Volume, None);
    assert_eq!(settle(&volume, &Observed::default(), at(0)), Settlement::Void(Void::NoSide));
    let blind = Signal { price: None, ..signal(Kind::Size, Some(Side::Buy)) };
    assert_eq!(settle(&blind, &Observed::default(), at(0)), Settlement::Void(Void::NoEntry));
    assert_eq!((Strength::new(1.1), Strength::new(f64::NAN)), (None, None));
}

proptest! {
    #[test]
    fn a_result_never_changes_once_it_is_there(
        now in 0i64..300_000, later in 0i64..300_000,
        price in prop::option::of((0i64..200_000, 0.0f64..1.0)),
        payout in prop::option::of((0i64..200_000, prop_oneof![Just(0.0), Just(0.5), Just(1.0)])),
        kind in prop::sample::select(Kind::ALL.to_vec()), buys: bool,
    ) {
        let side = if buys { Side::Buy } else { Side::Sell };
        let signal = signal(kind, Some(side));
        // What is recorded after an instant is not there at that instant.
        let known = |second: i64| Observed {
            price: price.filter(|(at, _)| *at <= second).map(|(second, price)| (at(second), price)),
            payout: payout.filter(|(at, _)| *at <= second).map(|(second, paid)| (at(second), paid)),
        };
        let first = settle(&signal, &known(now), at(now));
        let again = settle(&signal, &known(now + later), at(now + later));
        prop_assert!(first == Settlement::Pending || first == again, "{first:?} {again:?}");
        let opposite = Signal { side: Some(side.opposite()), ..signal };
        if let (Settlement::Settled { gain, .. }, Settlement::Settled { gain: other, .. }) =
            (again, settle(&opposite, &known(now + later), at(now + later)))
        {
            prop_assert!(close(gain, -other));
        }
    }

    #[test]
    fn legs_of_an_event_are_one_observation(gains in prop::collection::vec(-1.0f64..1.0, 1..20)) {
        let settled = |gain: f64| Settlement::Settled {
            at: at(0), gain, net: Some(gain - 0.01), hit: Some(gain > 0.0),
        };
        let once: Vec<_> = gains.iter().enumerate().map(|(event, gain)| (Some(event), settled(*gain))).collect();
        let thrice = [once.clone(), once.clone(), once.clone()].concat();
        let (one, three) = (tally(once), tally(thrice));
        prop_assert_eq!(three.settled, 3 * one.settled);
        prop_assert_eq!((one.events, one.hits), (three.events, three.hits));
        prop_assert!(close(one.gain.unwrap(), three.gain.unwrap()));
        prop_assert!(close(one.net.unwrap(), three.net.unwrap()));
        let ends = |tally: &Tally| tally.interval.map_or(0.0, Span::width);
        prop_assert!(close(ends(&one), ends(&three)));
    }
}

#[test]
fn signals_without_an_event_are_one_each_and_losses_count() {
    let settled = |gain: f64| {
        let hit = (gain != 0.0).then_some(gain > 0.0);
        Settlement::Settled { at: at(0), gain, net: None, hit }
    };
    let told = [
        settled(0.1),
        settled(-0.3),
        settled(0.0),
        Settlement::Pending,
        Settlement::Void(Void::NoPrice),
    ];
    let tally = tally(told.map(|settlement| (None::<u8>, settlement)));
    assert_eq!((tally.published, tally.pending, tally.void, tally.events), (5, 1, 1, 3));
    assert_eq!(tally.hits.map(|hits| hits.n), Some(2));
    assert!(tally.gain.unwrap() < 0.0 && tally.net.is_none());
    assert_eq!(super::tally(std::iter::empty::<(Option<u8>, Settlement)>()).gain, None);
    assert_eq!(TimeDelta::days(1), Kind::Flip.horizon().due(at(0)).unwrap() - at(0));
}
