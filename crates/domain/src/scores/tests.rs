use proptest::prelude::*;

use super::*;
use crate::evidence::Basis;
use crate::ledger::tests::kit::{Story, at};
use crate::ledger::{Completeness, EventIx};
use crate::whales::RelativeSize;

fn context() -> Context {
    Context { as_of: at(0), basis: Basis::Activity, evidence: vec![EvidenceId(5)] }
}

fn events(count: usize) -> Vec<EventIx> {
    let mut story = Story::default();
    (0..count)
        .map(|_| {
            let market = story.market();
            story.markets.event_of(market)
        })
        .collect()
}

fn size(
    event: EventIx,
    z: Option<f64>,
    of_volume: Option<f64>,
    of_depth: Option<f64>,
) -> EventSize {
    let size =
        RelativeSize { z, of_volume, of_depth, tier: None, above_floor: None, is_large: None };
    EventSize { event, size, basis: SizeBasis::Trade }
}

fn large(event: EventIx, times: f64) -> EventSize {
    size(event, Some(3.0 * times), Some(0.02 * times), Some(0.05 * times))
}

// ---- whale ----

#[test]
fn consistent_size_is_more_than_one_large_bet() {
    let events = events(20);
    let consistent: Vec<EventSize> = events.iter().map(|event| large(*event, 2.0)).collect();
    let once: Vec<EventSize> = events
        .iter()
        .enumerate()
        .map(|(place, event)| large(*event, if place == 0 { 40.0 } else { 0.1 }))
        .collect();
    let (consistent, once) = (whale(&consistent, context()), whale(&once, context()));
    assert!((consistent.verdict.value().unwrap() - 100.0 * 0.75f64.sqrt()).abs() < 1e-9);
    assert!(once.verdict.value().unwrap() < 15.0);
    assert!(consistent.span.unwrap().contains(consistent.verdict.value().unwrap()));
    assert_eq!((consistent.version, consistent.events), (ScoreKind::Whale.version(), 20));
    assert_eq!(consistent.evidence, [EvidenceId(5)]);
}

#[test]
fn events_that_nobody_could_measure_might_all_have_been_large() {
    let events = events(20);
    let measured: Vec<EventSize> = events[..5].iter().map(|event| large(*event, 0.1)).collect();
    let unmeasured = events[5..].iter().map(|event| size(*event, None, None, None));
    let wide = whale(&measured.iter().copied().chain(unmeasured).collect::<Vec<_>>(), context());
    assert_eq!(wide.verdict, Verdict::Scored(0.0));
    assert!(wide.span.unwrap().high > 75.0, "{wide:?}");
    assert!(whale(&measured, context()).span.unwrap().high < 25.0);
}

#[test]
fn few_events_are_too_few_to_say() {
    let events = events(5);
    let two: Vec<EventSize> = events[..2].iter().map(|event| large(*event, 9.0)).collect();
    let score = whale(&two, context());
    assert_eq!((score.verdict, score.span), (Verdict::TooFew { events: 2, needed: 3 }, None));
    let unmeasured: Vec<EventSize> =
        events.iter().map(|event| size(*event, Some(9.0), None, None)).collect();
    assert_eq!(whale(&unmeasured, context()).verdict, Verdict::TooFew { events: 0, needed: 3 });
    assert_eq!(whale::<u32>(&[], context()).verdict.value(), None);
}

fn ingredient(score: &Score, name: &str) -> Option<f64> {
    score.ingredients.iter().find(|one| one.name == name).and_then(|one| one.value)
}

#[test]
fn who_holds_much_is_large_without_a_trade_that_was_seen() {
    let events = events(8);
    let held: Vec<EventSize> = events[..4]
        .iter()
        .map(|event| EventSize::position(*event, Some(0.06), Some(0.05)))
        .collect();
    let score = whale(&held, context());
    // 3 times large by the day's volume, once by what rests: twice.
    assert!((score.verdict.value().unwrap() - 100.0 * 0.75f64.sqrt()).abs() < 1e-9, "{score:?}");
    assert_eq!(ingredient(&score, "events_by_position"), Some(4.0));
    assert_eq!(ingredient(&score, "events_by_trade"), Some(0.0));
    let unmeasured = held.iter().map(|one| EventSize::position(one.event, Some(0.06), None));
    let unmeasured = whale(&unmeasured.collect::<Vec<_>>(), context());
    assert_eq!(unmeasured.verdict, Verdict::TooFew { events: 0, needed: 3 }, "{unmeasured:?}");
}

#[test]
fn an_event_is_as_large_as_the_larger_of_trade_and_position() {
    let events = events(3);
    let traded: Vec<EventSize> = events.iter().map(|event| large(*event, 1.0)).collect();
    let by_trades = whale(&traded, context());
    let holding = |times: f64| {
        let held = EventSize::position(events[0], Some(0.02 * times), Some(0.05 * times));
        [traded.clone(), vec![held]].concat()
    };
    let (smaller, larger) = (whale(&holding(0.5), context()), whale(&holding(3.0), context()));
    assert_eq!(smaller, by_trades);
    assert!(larger.verdict.value() > by_trades.verdict.value());
    assert_eq!((larger.events, ingredient(&larger, "events_by_position")), (3, Some(1.0)));
    assert_eq!(ingredient(&larger, "events_by_trade"), Some(2.0));
}

fn any_sizes() -> impl Strategy<Value = Vec<(usize, [Option<f64>; 3])>> {
    let measure = || prop::option::weighted(0.8, 0.0f64..4.0);
    prop::collection::vec((0usize..12, measure(), measure(), measure()), 1..30)
        .prop_map(|all| all.into_iter().map(|(event, a, b, c)| (event, [a, b, c])).collect())
}

fn sizes(told: &[(usize, [Option<f64>; 3])]) -> Vec<EventSize> {
    let events = events(12);
    let scaled = |[z, volume, depth]: [Option<f64>; 3]| {
        (z.map(|x| 3.0 * x), volume.map(|x| 0.02 * x), depth.map(|x| 0.05 * x))
    };
    told.iter()
        .map(|(event, measures)| {
            let (z, volume, depth) = scaled(*measures);
            size(events[*event], z, volume, depth)
        })
        .collect()
}

proptest! {
    #[test]
    fn whales_are_the_same_in_any_order_and_with_every_leg_thrice(told in any_sizes(), by in 0usize..30) {
        let mut sizes = sizes(&told);
        let score = whale(&sizes, context());
        let length = sizes.len();
        sizes.rotate_left(by.min(length));
        let thrice = [sizes.clone(), sizes.clone(), sizes].concat();
        prop_assert_eq!(&whale(&thrice, context()), &score);
        if let Some(value) = score.verdict.value() {
            prop_assert!((0.0..=100.0).contains(&value));
            let span = score.span.unwrap();
            prop_assert!(span.low <= value + 1e-9 && value <= span.high + 1e-9);
        }
    }

    #[test]
    fn an_event_of_which_nobody_knows_the_size_widens_or_voids(
        times in prop::collection::vec(0.0f64..4.0, 3..12), hidden in 0usize..12,
    ) {
        let events = events(12);
        let full: Vec<EventSize> =
            events.iter().zip(&times).map(|(event, times)| large(*event, *times)).collect();
        let mut less = full.clone();
        let place = hidden % less.len();
        less[place] = size(less[place].event, None, None, None);
        let (full, less) = (whale(&full, context()), whale(&less, context()));
        if let Some(span) = less.span {
            let value = full.verdict.value().unwrap();
            prop_assert!(span.low <= value + 1e-9 && value <= span.high + 1e-9);
        }
    }
}

// ---- smart ----

fn posterior(tilt: f64, events: usize) -> Posterior {
    Posterior { tilt, span: Span { low: tilt - 0.2, high: tilt + 0.2 }, events }
}

fn skilled() -> Smart {
    Smart {
        all: Some(posterior(0.3, 200)),
        recent: Some(posterior(0.3, 40)),
        p: Some(0.0001),
        local_fdr: Some(0.05),
        completeness: Completeness::Full,
        is_maker_like: Some(false),
        is_bot_like: Some(false),
    }
}

#[test]
fn the_score_is_the_edge_that_is_to_be_expected() {
    let score = smart(&skilled(), context());
    let expected = 100.0 * (1.0 - (-0.6f64).exp());
    assert!((score.verdict.value().unwrap() - expected).abs() < 1e-9);
    assert!(score.span.unwrap().contains(expected));
    let told = smart(&Smart { local_fdr: Some(1.0), ..skilled() }, context());
    assert_eq!(told.verdict, score.verdict, "θ is shrunk once, by what everybody's bets say");
    let worse = smart(
        &Smart { all: Some(posterior(-0.5, 200)), recent: Some(posterior(-0.5, 9)), ..skilled() },
        context(),
    );
    assert_eq!(worse.verdict, Verdict::Scored(0.0));
}

#[test]
fn who_may_be_a_program_may_have_no_score() {
    let unclear = smart(&Smart { is_bot_like: None, ..skilled() }, context());
    assert!(unclear.span.unwrap().low <= 0.0);
    assert!(unclear.verdict.value().is_some());
    assert!(smart(&skilled(), context()).span.unwrap().low > 10.0);
}

#[test]
fn recent_events_weigh_more() {
    let faded = smart(&Smart { recent: Some(posterior(0.0, 40)), ..skilled() }, context());
    let rising = smart(&Smart { all: Some(posterior(0.0, 200)), ..skilled() }, context());
    assert!(rising.verdict.value() > faded.verdict.value());
}

#[test]
fn most_owners_have_no_score_and_it_says_why() {
    let verdict = |known: Smart| smart(&known, context()).verdict;
    assert_eq!(
        verdict(Smart { all: Some(posterior(2.0, 9)), ..skilled() }),
        Verdict::TooFew { events: 9, needed: 10 }
    );
    assert_eq!(
        verdict(Smart { completeness: Completeness::Capped, ..skilled() }),
        Verdict::Withheld(Reason::Capped)
    );
    assert_eq!(
        verdict(Smart { completeness: Completeness::Gap, ..skilled() }),
        Verdict::Withheld(Reason::Gap)
    );
    assert_eq!(
        verdict(Smart { is_maker_like: Some(true), ..skilled() }),
        Verdict::Excluded("maker_like")
    );
    assert_eq!(
        verdict(Smart { is_bot_like: Some(true), ..skilled() }),
        Verdict::Excluded("bot_like")
    );
    assert_eq!(verdict(Smart { all: None, ..skilled() }), Verdict::Unknown("tilt_all"));
    assert_eq!(verdict(Smart { recent: None, ..skilled() }), Verdict::Unknown("tilt_recent"));
}

proptest! {
    #[test]
    fn what_nobody_knows_of_an_owner_widens_or_voids(
        all in -1.0f64..1.0, recent in -1.0f64..1.0, fdr in 0.0f64..1.0, hidden in 0u8..32,
    ) {
        let full = Smart { all: Some(posterior(all, 50)), recent: Some(posterior(recent, 20)), local_fdr: Some(fdr), ..skilled() };
        let mut less = full;
        let hide = |bit: u8| hidden >> bit & 1 == 1;
        if hide(0) { less.all = None; }
        if hide(1) { less.recent = None; }
        if hide(2) { less.local_fdr = None; }
        if hide(3) { less.is_maker_like = None; }
        if hide(4) { less.is_bot_like = None; }
        let (full, less) = (smart(&full, context()), smart(&less, context()));
        let (wide, narrow) = (less.span, full.span.unwrap());
        prop_assert!(narrow.contains(full.verdict.value().unwrap()));
        prop_assert!(wide.is_none_or(|wide| wide.low <= narrow.low && wide.high >= narrow.high));
        prop_assert!(less.verdict.value().is_none_or(|value| Some(value) == full.verdict.value()));
    }
}

// ---- reputation ----

fn known() -> Reputation {
    Reputation {
        events: 50,
        better_than_prices: Some(0.8),
        days: Some(365.0),
        active_months: Some(0.5),
        completeness: Completeness::Full,
        is_reconciled: Some(true),
    }
}

#[test]
fn a_record_counts_by_length_and_by_what_it_shows() {
    let score = reputation(&known(), context());
    let expected = 100.0 * (0.5 * 0.5 * 0.8 + 0.3 * 0.5 + 0.2 * 0.5);
    assert!((score.verdict.value().unwrap() - expected).abs() < 1e-9);
    assert!(score.span.unwrap().width() < 1e-9);
    let verdict = |known: Reputation| reputation(&known, context()).verdict;
    assert_eq!(
        verdict(Reputation { events: 9, ..known() }),
        Verdict::TooFew { events: 9, needed: 10 }
    );
    assert_eq!(
        verdict(Reputation { completeness: Completeness::Capped, ..known() }),
        Verdict::Withheld(Reason::Capped)
    );
    assert_eq!(
        verdict(Reputation { is_reconciled: Some(false), ..known() }),
        Verdict::Withheld(Reason::Gap)
    );
    assert_eq!(
        verdict(Reputation { is_reconciled: None, ..known() }),
        Verdict::Unknown("reconciled")
    );
}

proptest! {
    #[test]
    fn a_part_that_is_unknown_widens(
        events in 10usize..500, better in 0.0f64..1.0, days in 0.0f64..2_000.0, active in 0.0f64..1.0,
        hidden in 0u8..8,
    ) {
        let full = Reputation {
            events, better_than_prices: Some(better), days: Some(days), active_months: Some(active), ..known()
        };
        let mut less = full;
        if hidden & 1 == 1 { less.better_than_prices = None; }
        if hidden & 2 == 2 { less.days = None; }
        if hidden & 4 == 4 { less.active_months = None; }
        let value = reputation(&full, context()).verdict.value().unwrap();
        let less = reputation(&less, context());
        let span = less.span.unwrap();
        prop_assert!(span.low <= value + 1e-9 && value <= span.high + 1e-9);
        prop_assert!((0.0..=100.0).contains(&less.verdict.value().unwrap()));
    }
}

// ---- maker and bot ----

#[test]
fn likeness_is_a_score_with_a_span_and_few_fills_are_too_few_to_say() {
    use crate::conduct::{FEWEST_FILLS, Features, conduct};
    let known = Features {
        fills: FEWEST_FILLS,
        maker_share: Some(0.9),
        two_sidedness: Some(0.9),
        sets_to_fills: Some(0.5),
        both_outcomes: Some(0.9),
        markets: 2_000,
        fills_per_day: Some(900.0),
        hour_entropy: Some(0.99),
        basis: Some(Basis::Activity),
        ..Features::default()
    };
    let found = conduct(&known);
    let (as_maker, as_bot) = (maker(&found, context()), bot(&found, context()));
    for (score, likeness) in [(&as_maker, &found.maker), (&as_bot, &found.bot)] {
        let (value, span) = (score.verdict.value().unwrap(), score.span.unwrap());
        assert!((value - 100.0 * likeness.probability.unwrap()).abs() < 1e-9);
        assert!(span.contains(value) && span.width() > 0.0, "unknown features widen it: {score:?}");
        assert_eq!(score.ingredients.len(), likeness.reasons.len());
    }
    assert!(as_maker.verdict.value() > Some(95.0));
    let unknown = as_maker.ingredients.iter().find(|one| one.name == "profit_to_volume").unwrap();
    assert_eq!(unknown.value, None);
    let few = conduct(&Features { fills: FEWEST_FILLS - 1, ..known });
    let verdict = Verdict::TooFew { events: FEWEST_FILLS - 1, needed: FEWEST_FILLS };
    assert_eq!((bot(&few, context()).verdict, bot(&few, context()).span), (verdict, None));
}

#[test]
fn every_kind_has_one_name() {
    for kind in ScoreKind::ALL {
        assert_eq!(ScoreKind::of_slug(kind.slug()), Some(kind));
        assert!(kind.definition().needs.len() > 5);
    }
    assert_eq!(ScoreKind::of_slug("smart"), None);
}
