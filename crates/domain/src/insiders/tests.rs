use chrono::TimeDelta;
use proptest::prelude::*;

use super::gates::{Gate, Life};
use super::history::{Account, Tested, account, is_high_surprise};
use super::leakage::{Case, Decided, NewsTime, OutOfScope, leakage};
use super::live::{Background, Observation, Pair, Purchase, Scored};
use super::research::{Outcome, Retrospect, composites, retrospect};
use super::table::{Circumstances, Facts, Signal, table};
use super::wording;
use crate::Category;
use crate::clusters::OwnerIx;
use crate::evidence::{Basis, EvidenceId};
use crate::ledger::tests::kit::{Story, at};
use crate::ledger::{EventIx, MICRO, Slot};

pub(super) fn slots() -> (Slot, Slot, EventIx) {
    let mut story = Story::default();
    let market = story.market();
    let slot = |outcome| Slot { market, outcome };
    (slot(0), slot(1), story.markets.event_of(market))
}

pub(super) fn events(count: usize) -> Vec<EventIx> {
    let mut story = Story::default();
    (0..count)
        .map(|_| {
            let market = story.market();
            story.markets.event_of(market)
        })
        .collect()
}

fn purchase(id: u128, slot: Slot, dollars: i64, price: f64, hours: Option<i64>) -> Purchase {
    let at = at(i64::try_from(id).unwrap());
    let deadline = hours.map(|hours| at + TimeDelta::hours(hours));
    Purchase { id: EvidenceId(id), at, slot, usdc: dollars * MICRO, price, deadline }
}

pub(super) fn seen(
    owner: u32,
    event: EventIx,
    second: i64,
    dollars: f64,
    early: Option<f64>,
    direction: f64,
) -> Observation {
    Observation {
        owner: OwnerIx(owner),
        event,
        began_at: at(second),
        at: at(second),
        ln_dollars: dollars.ln(),
        low_share: 0.5,
        early_long_shots: early,
        direction,
        records: vec![EvidenceId(1)],
        basis: Basis::Feed,
    }
}

// ---- live ----

#[test]
fn a_pair_is_measured_from_five_hundred_dollars_on() {
    let (yes, no, event) = slots();
    let mut pair = Pair::new(OwnerIx(1), event);
    pair.add(&purchase(1, yes, 400, 0.1, Some(100)));
    assert_eq!(pair.observation(Basis::Feed), None);
    pair.add(&purchase(2, no, 200, 0.9, Some(10)));
    pair.add(&purchase(2, no, 200, 0.9, Some(10)));
    let seen = pair.observation(Basis::Feed).unwrap();
    assert!((seen.ln_dollars - 600f64.ln()).abs() < 1e-12, "a record counts once");
    assert!((seen.low_share - 2.0 / 3.0).abs() < 1e-12);
    assert!((seen.early_long_shots.unwrap() - 200.0 / 3.0).abs() < 1e-9);
    assert!((seen.direction - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(seen.records, [EvidenceId(1), EvidenceId(2)]);
    assert_eq!((seen.began_at, seen.at), (at(1), at(2)));
    pair.add(&purchase(3, yes, 1, 0.1, None));
    assert_eq!(
        pair.observation(Basis::Feed).unwrap().early_long_shots,
        None,
        "no deadline was announced"
    );
}

fn crowd(background: &mut Background) -> Vec<Scored> {
    let events = events(80);
    (0..80u32)
        .filter_map(|number| {
            let spread = f64::from(number % 7);
            let owner = number % 8;
            let event = events[number as usize];
            let seen = seen(
                owner,
                event,
                i64::from(number),
                600.0 + 50.0 * spread,
                Some(spread),
                spread / 10.0,
            );
            background.score(seen)
        })
        .collect()
}

#[test]
fn only_what_came_strictly_before_counts() {
    let mut background = Background::new();
    let early = crowd(&mut background);
    assert!(early[..30].iter().all(|scored| scored.s1_size.is_none() && scored.tail.is_none()));
    assert!(early[40].s1_size.is_some());
    let (.., event) = slots();
    let big = seen(3, event, 1_000, 90_000.0, Some(50.0), 1.0);
    let mut alone = background.clone();
    let scored = alone.score(big.clone()).unwrap();
    assert!(scored.composite.unwrap() > 20.0 && scored.tail.unwrap() <= 1.0 / 40.0, "{scored:?}");
    // A second one of the same instant does not see it, and it does not see itself.
    let twin = Observation { owner: OwnerIx(4), ..big.clone() };
    assert_eq!(alone.score(twin.clone()).unwrap().s1_size, scored.s1_size);
    let mut turned = background.clone();
    let first = turned.score(twin).unwrap();
    assert_eq!(
        (first.s1_size, turned.score(big).unwrap().s1_size),
        (scored.s1_size, scored.s1_size)
    );
    let late = seen(5, event, 5, 700.0, None, 0.0);
    assert_eq!(turned.score(late), None, "what comes late would look ahead");
}

#[test]
fn what_histories_tell_is_held_against_histories_only() {
    let mut background = Background::new();
    crowd(&mut background);
    let (.., event) = slots();
    let told =
        Observation { basis: Basis::Activity, ..seen(3, event, 1_000, 90_000.0, Some(50.0), 1.0) };
    let scored = background.score(told.clone()).unwrap();
    assert_eq!((scored.s1_size, scored.s5_direction, scored.n), (None, None, 0));
    assert!(scored.s2_own_size.is_some(), "its own habit is its own, whoever tells of it");
    // Heard of from the tape as well, it is one of those there, too.
    let heard = Observation { basis: Basis::Feed, at: at(1_500), ..told };
    let mut both = background.clone();
    both.score(heard).unwrap();
    let probe = seen(51, events(99)[98], 2_000, 700.0, Some(1.0), 0.2);
    let (one, other) =
        (both.score(probe.clone()).unwrap(), background.clone().score(probe).unwrap());
    assert!(one.s1_size != other.s1_size && one.n == other.n + 1, "{one:?} {other:?}");
    // And what it was told there changes nothing for those of the tape.
    let mut without = Background::new();
    crowd(&mut without);
    let probe = seen(51, events(99)[98], 2_000, 700.0, Some(1.0), 0.2);
    let (one, other) = (background.score(probe.clone()).unwrap(), without.score(probe).unwrap());
    assert_eq!((one.s1_size, one.s4_early_long_shots), (other.s1_size, other.s4_early_long_shots));
}

#[test]
fn a_signal_that_is_not_known_leaves_no_sum() {
    let mut background = Background::new();
    crowd(&mut background);
    let (.., event) = slots();
    let scored = background.score(seen(3, event, 1_000, 90_000.0, None, 1.0)).unwrap();
    assert!(scored.s1_size.is_some() && scored.s4_early_long_shots.is_none());
    assert_eq!((scored.composite, scored.tail), (None, None));
    let stranger = background.score(seen(99, event, 1_001, 90_000.0, Some(1.0), 1.0)).unwrap();
    assert_eq!((stranger.s2_own_size, stranger.composite), (None, None), "no habit to differ from");
}

#[test]
fn who_buys_in_many_parts_does_not_become_what_is_usual() {
    let (mut one, mut many) = (Background::new(), Background::new());
    crowd(&mut one);
    crowd(&mut many);
    let event = events(100)[99];
    for second in 100..140 {
        if second == 100 {
            one.score(seen(50, event, second, 9_000.0, Some(1.0), 1.0));
        }
        many.score(seen(50, event, second, 9_000.0, Some(1.0), 1.0));
    }
    let probe = |background: &mut Background| {
        background.score(seen(51, events(99)[98], 1_000, 700.0, Some(1.0), 0.2)).unwrap().s1_size
    };
    assert_eq!(probe(&mut one), probe(&mut many));
}

// ---- research ----

#[test]
fn looking_back_sees_profit_and_the_jump() {
    let (yes, no, event) = slots();
    let purchases = [
        purchase(1, yes, 300, 0.25, Some(9)),
        purchase(50, yes, 300, 0.5, Some(9)),
        purchase(2, no, 400, 0.8, Some(9)),
    ];
    let mut pair = Pair::new(OwnerIx(1), event);
    for purchase in &purchases {
        pair.add(purchase);
    }
    let observation = pair.observation(Basis::Activity).unwrap();
    let outcome = Outcome { event, payouts: [(yes, MICRO), (no, 0)].into(), jump_at: Some(at(40)) };
    let back = retrospect(observation.clone(), &purchases, &outcome).unwrap();
    assert!((back.profit.unwrap() - 0.8).abs() < 1e-9, "1,200 + 600 for 1,000");
    assert_eq!(back.before_jump, Some(0.5));
    let open = Outcome { payouts: [(yes, MICRO)].into(), jump_at: None, ..outcome.clone() };
    let back = retrospect(observation.clone(), &purchases, &open).unwrap();
    assert_eq!((back.profit, back.before_jump), (None, None));
    let other = Outcome { event: events(9)[8], ..outcome };
    assert_eq!(retrospect(observation, &purchases, &other), None);
}

#[test]
fn planted_insiders_stand_out_of_the_cross_section() {
    let events = events(400);
    let pairs: Vec<Retrospect> = (0..400u32)
        .map(|number| {
            let is_planted = number % 100 == 99;
            let jitter = f64::from(number * 37 % 101) / 101.0;
            let observation = seen(
                number % 20,
                events[number as usize],
                0,
                if is_planted { 40_000.0 } else { 600.0 + 500.0 * jitter },
                None,
                if is_planted { 1.0 } else { jitter },
            );
            Retrospect {
                observation,
                profit: Some(if is_planted { 6.0 } else { jitter - 0.5 }),
                before_jump: Some(if is_planted { 1.0 } else { 1.0 - jitter }),
            }
        })
        .collect();
    let mut found = composites(&pairs);
    found.sort_by(|one, other| other.sum.partial_cmp(&one.sum).unwrap());
    assert!(found[..4].iter().all(|pair| pair.owner == OwnerIx(19)), "{:?}", &found[..4]);
    let mut again: Vec<Retrospect> = pairs.iter().rev().cloned().collect();
    again.extend_from_slice(&pairs[..40]);
    let mut again = composites(&again);
    again.sort_by(|one, other| other.sum.partial_cmp(&one.sum).unwrap());
    assert_eq!(again.len(), found.len());
    let sums = |found: &[super::research::Composite]| found[0].sum.unwrap();
    assert!((sums(&again) - sums(&found)).abs() < 1e-9);
}

// ---- leakage ----

fn case() -> Case {
    Case {
        open: Some(0.2),
        at_news: Some(0.6),
        resolved: Some(1.0),
        opened_at: at(0),
        news: Some((at(86_400), NewsTime::Article)),
        decided: Some(Decided::ByEvent),
        hazard_per_hour: Some(0.0),
    }
}

#[test]
fn half_the_way_is_half_the_leakage() {
    let told = leakage(&case()).unwrap();
    assert!((told.score - 0.5).abs() < 1e-12 && (told.beyond_hazard.unwrap() - 0.5).abs() < 1e-12);
    assert!(told.span.contains(told.score) && told.span.width() < 0.06);
    let no = Case { open: Some(0.8), at_news: Some(0.4), resolved: Some(0.0), ..case() };
    assert!((leakage(&no).unwrap().score - 0.5).abs() < 1e-12, "the other outcome is the same");
    let hazard = Case { hazard_per_hour: Some(1.0), ..case() };
    assert!(leakage(&hazard).unwrap().beyond_hazard.unwrap() < -0.4);
}

#[test]
fn most_markets_are_out_of_scope_and_say_why() {
    let news = |seconds, time| Some((at(seconds), time));
    let cases = [
        (Case { resolved: None, ..case() }, OutOfScope::NotResolved),
        (Case { resolved: Some(0.5), ..case() }, OutOfScope::NotResolved),
        (Case { news: None, ..case() }, OutOfScope::NoNewsTime),
        (Case { news: news(86_400, NewsTime::Proxy), ..case() }, OutOfScope::ProxyTime),
        (Case { decided: Some(Decided::ByDeadline), ..case() }, OutOfScope::NotByEvent),
        (Case { decided: None, ..case() }, OutOfScope::NotByEvent),
        (Case { news: news(60, NewsTime::Article), ..case() }, OutOfScope::Window),
        (Case { news: news(8 * 86_400, NewsTime::Article), ..case() }, OutOfScope::Window),
        (Case { at_news: None, ..case() }, OutOfScope::NoPrice),
        (Case { open: Some(0.96), ..case() }, OutOfScope::NoWay),
    ];
    for (case, why) in cases {
        assert_eq!(leakage(&case), Err(why));
        assert!(!why.why().is_empty());
    }
}

// ---- accounts, gates, words ----

#[test]
fn few_events_and_p_values_that_stand_alone_are_no_finding() {
    let tested =
        |events, q| Tested { events, won: events, expected: 1.0, p: 1e-9, q, records: vec![] };
    assert_eq!(account(tested(9, Some(1e-9))), Account::TooFew { events: 9 });
    assert!(matches!(account(tested(30, None)), Account::NotCorrected(_)));
    assert!(matches!(account(tested(30, Some(0.02))), Account::Usual(_)));
    assert!(matches!(account(tested(30, Some(0.01))), Account::Unusual(_)));
    assert!(is_high_surprise(0.35) && !is_high_surprise(0.36));
}

#[test]
fn gates_are_shut_where_nobody_can_know() {
    assert_eq!(gates_of(Some(Category::Politics)), Gate::Open);
    assert!(matches!(gates_of(Some(Category::Sports)), Gate::Shut(_)));
    assert!(matches!(gates_of(None), Gate::Unknown(_)));
    let life = Life { first_at: Some(at(0)), last_at: Some(at(500)), funded_together: Some(601) };
    assert_eq!(life.made_for(at(6 * 86_400), true), Some(true));
    assert_eq!(life.made_for(at(6 * 86_400), false), Some(false), "it looks around");
    assert_eq!(life.made_for(at(8 * 86_400), true), Some(false));
    assert_eq!(life.dormant_after(at(1_000), at(2_000)), None, "the month is not over");
    assert_eq!(life.dormant_after(at(1_000), at(40 * 86_400)), Some(true));
    assert_eq!(life.dormant_after(at(100), at(200)), Some(false));
    let later = Life { last_at: Some(at(90 * 86_400)), ..life };
    assert_eq!(later.dormant_after(at(0), at(99 * 86_400)), None, "of the month nobody knows");
    assert_eq!(life.funded_in_cluster(), Some(false), "an exchange");
    let nothing = Life::default();
    assert_eq!((nothing.made_for(at(0), true), nothing.funded_in_cluster()), (None, None));
}

fn gates_of(category: Option<Category>) -> Gate {
    super::gates::category(category)
}

#[test]
fn the_words_accuse_nobody() {
    for words in wording::ALL {
        for word in ["guilt", "fraud", "crime", "criminal", "insider", "illegal", "manipulat"] {
            assert!(!words.to_lowercase().contains(word), "{words}");
        }
    }
    for finding in
        [wording::PAIR, wording::MARKET, wording::ACCOUNT, wording::CLUSTER, wording::WASH]
    {
        assert!(finding.starts_with(wording::PATTERN));
    }
}

pub(super) fn facts(owner: u32, event: EventIx, band: usize, found: Option<bool>) -> Facts {
    Facts {
        owner: OwnerIx(owner),
        event,
        category: Some(Category::Politics),
        price_band: band,
        decade: 3,
        found: [found; Signal::ALL.len()],
    }
}

#[test]
fn facts_are_read_off_a_score() {
    let mut background = Background::new();
    crowd(&mut background);
    let (.., event) = slots();
    let scored = background.score(seen(3, event, 1_000, 10_000.0, None, 0.0)).unwrap();
    let life = Life { first_at: Some(at(0)), ..Life::default() };
    let about = Circumstances {
        category: None,
        price: 0.12,
        is_first_event: true,
        life: &life,
        known_until: Some(at(3_000)),
        event_end: Some(at(2_000)),
        account: None,
    };
    let told = Facts::of(&scored, about);
    assert_eq!((told.price_band, told.decade), (1, 4));
    let unknown = None;
    let expected =
        [Some(true), Some(true), unknown, Some(false), Some(true), unknown, unknown, unknown];
    assert_eq!(told.found, expected);
    let later = Facts::of(&scored, Circumstances { is_first_event: false, ..about });
    assert_eq!(later.has(Signal::MadeFor), Some(false), "it had bought on another event before");
}

#[test]
fn a_signal_stands_beside_its_rate_among_controls() {
    let events = events(3);
    let subject = facts(0, events[0], 1, Some(true));
    let mut pool: Vec<Facts> =
        (1..21).map(|owner| facts(owner, events[1], 1, Some(owner % 5 == 0))).collect();
    pool.push(facts(30, events[1], 2, Some(true)));
    pool.push(facts(31, events[1], 1, None));
    pool.push(facts(0, events[1], 1, Some(true)));
    let rows = table(&subject, &pool);
    assert_eq!(rows.len(), Signal::ALL.len());
    assert_eq!((rows[0].found, rows[0].controls_with, rows[0].controls), (Some(true), 4, 20));
    let rate = rows[0].among_controls.unwrap();
    assert!(rate.low < 0.2 && 0.2 < rate.high);
    // The same owners on more legs of the event, and on another one: nothing changes.
    let legs = [
        pool.clone(),
        pool.clone(),
        pool.iter().map(|one| Facts { event: events[2], ..one.clone() }).collect(),
    ];
    assert_eq!(table(&subject, &legs.concat()), rows);
    let gated = Facts { category: None, ..subject };
    assert_eq!(table(&gated, &pool)[0].among_controls, None, "of no category nobody is alike");
}

proptest! {
    #[test]
    fn the_order_within_an_instant_does_not_matter(
        told in prop::collection::vec((0u32..5, 0usize..30, 0i64..6, 500.0f64..9_000.0, 0.0f64..1.0), 1..60),
    ) {
        let events = events(30);
        let mut told: Vec<Observation> = told
            .iter()
            .map(|(owner, event, second, dollars, part)| seen(*owner, events[*event], *second, *dollars, Some(*part), *part))
            .collect();
        told.sort_by_key(|one| one.at);
        let scores = |told: &[Observation]| {
            let mut background = Background::new();
            let mut scores: Vec<Scored> = told.iter().filter_map(|one| background.score(one.clone())).collect();
            scores.sort_by_key(|one| {
                let seen = &one.observation;
                (seen.at, seen.owner, seen.event, seen.ln_dollars.to_bits())
            });
            scores
        };
        let one = scores(&told);
        told.reverse();
        told.sort_by_key(|one| one.at);
        prop_assert_eq!(scores(&told), one);
    }

    #[test]
    fn leakage_of_the_other_outcome_is_the_same(open in 0.0f64..1.0, news in 0.0f64..1.0, won: bool) {
        let paid = if won { 1.0 } else { 0.0 };
        let one = Case { open: Some(open), at_news: Some(news), resolved: Some(paid), ..case() };
        let other = Case { open: Some(1.0 - open), at_news: Some(1.0 - news), resolved: Some(1.0 - paid), ..case() };
        match (leakage(&one), leakage(&other)) {
            (Ok(one), Ok(other)) => prop_assert!((one.score - other.score).abs() < 1e-6),
            (one, other) => prop_assert_eq!(one.map(|l| l.score.to_bits()), other.map(|l| l.score.to_bits())),
        }
    }
}
