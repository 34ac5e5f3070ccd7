use proptest::prelude::*;

use super::*;
use crate::evidence::Basis;
use crate::ledger::tests::kit::{Story, at, fill, micro};
use crate::ledger::{Change, Entry, Fill, MarketIx, Place, Role};

fn entry(second: i64, market: MarketIx, outcome: u8, buys: bool, shares: i64, role: Role) -> Entry {
    let told =
        fill((market, outcome), micro(shares * 1_000_000), micro(shares * 500_000), micro(0));
    let told = Fill { role, ..told };
    let change = if buys { Change::Buy(told) } else { Change::Sell(told) };
    Entry { place: Place::at(at(second)), change }
}

fn features(entries: &[Entry], basis: Basis) -> Features {
    let mut sequence = Sequence::new();
    for entry in entries {
        sequence.add(entry);
    }
    sequence.features(None, basis)
}

/// Around the clock, both sides, always the same size, sets given back; and somebody at a desk.
fn maker_and_person() -> (Vec<Entry>, Vec<Entry>) {
    let mut story = Story::default();
    let markets: Vec<MarketIx> = (0..400).map(|_| story.market()).collect();
    let mut maker = Vec::new();
    for number in 0..2_000i64 {
        let market = markets[usize::try_from(number).unwrap() % 400];
        let (outcome, buys) = [(0, true), (1, true), (0, false), (1, false)]
            [usize::try_from(number / 400 % 4).unwrap()];
        maker.push(entry(number * 240 + number % 7, market, outcome, buys, 50, Role::Maker));
        if number % 4 == 0 {
            let change = Change::Merge { market, shares: micro(25_000_000) };
            maker.push(Entry { place: Place::at(at(number * 240 + 9)), change });
        }
    }
    let person = (0..80i64).map(|number| {
        let market = markets[usize::try_from(number % 9).unwrap()];
        let second = number * 86_400 + (number * number * 37) % 7_200 + (number % 3) * 900;
        entry(second, market, 0, number % 10 != 9, 10 + number * 3, Role::Taker)
    });
    (maker, person.collect())
}

#[test]
fn who_quotes_around_the_clock_is_maker_like_and_a_person_is_neither() {
    let (maker, person) = maker_and_person();
    let maker = conduct(&features(&maker, Basis::Chain));
    assert_eq!((maker.maker.verdict, maker.version), (Verdict::Likely, VERSION));
    assert_eq!(maker.maker.reasons[0].feature, Feature::MakerShare, "the heaviest first");
    assert_eq!(maker.bot.verdict, Verdict::Likely);
    let person = conduct(&features(&person, Basis::Chain));
    assert_eq!((person.maker.verdict, person.bot.verdict), (Verdict::Unlikely, Verdict::Unlikely));
    assert!(person.maker.probability.unwrap() < 0.05);
}

#[test]
fn a_feed_that_does_not_say_who_rested_leaves_a_span() {
    let (maker, _) = maker_and_person();
    let unsaid: Vec<Entry> = maker
        .into_iter()
        .map(|entry| match entry.change {
            Change::Buy(told) => {
                Entry { change: Change::Buy(Fill { role: Role::Unknown, ..told }), ..entry }
            }
            Change::Sell(told) => {
                Entry { change: Change::Sell(Fill { role: Role::Unknown, ..told }), ..entry }
            }
            _ => entry,
        })
        .collect();
    let counted = features(&unsaid, Basis::Feed);
    assert_eq!((counted.maker_share, counted.sets_to_fills), (None, None));
    let likeness = conduct(&counted).maker;
    assert!(likeness.span.unwrap().width() > 0.2);
    let unknown = likeness.reasons.iter().filter(|reason| reason.value.is_none()).count();
    assert!(unknown >= 3 && likeness.reasons.last().unwrap().value.is_none());
}

#[test]
fn the_newest_fills_which_do_not_say_their_part_yet_widen_and_do_not_void() {
    let (mut maker, _) = maker_and_person();
    let known = conduct(&features(&maker, Basis::Activity)).maker;
    for entry in maker.iter_mut().rev().take(40) {
        if let Change::Buy(told) | Change::Sell(told) = &mut entry.change {
            told.role = Role::Unknown;
        }
    }
    let counted = features(&maker, Basis::Activity);
    assert!(counted.maker_unsaid > 0.0 && counted.maker_unsaid < 0.03, "{counted:?}");
    let said = conduct(&counted).maker;
    assert_eq!(said.verdict, Verdict::Likely);
    let (wide, narrow) = (said.span.unwrap(), known.span.unwrap());
    assert!(wide.low <= narrow.low && wide.high >= narrow.high);
}

#[test]
fn few_fills_are_too_little_to_say() {
    let (maker, _) = maker_and_person();
    let said = conduct(&features(&maker[..40], Basis::Chain));
    assert_eq!((said.maker.verdict, said.maker.probability), (Verdict::TooLittle, None));
    assert_eq!(said.maker.verdict.known(), None);
    let nothing = features(&[], Basis::Feed);
    assert_eq!((nothing.fills, nothing.two_sidedness, nothing.hour_entropy), (0, None, None));
    assert_eq!(conduct(&nothing).bot.verdict, Verdict::TooLittle);
}

#[test]
fn buying_both_outcomes_is_trading_both_sides() {
    let mut story = Story::default();
    let market = story.market();
    let two_sidedness = |outcome, buys| {
        let told = [
            entry(0, market, 0, true, 9, Role::Taker),
            entry(9, market, outcome, buys, 9, Role::Taker),
        ];
        features(&told, Basis::Feed).two_sidedness
    };
    assert_eq!((two_sidedness(1, true), two_sidedness(0, false)), (Some(1.0), Some(1.0)));
    assert_eq!((two_sidedness(0, true), two_sidedness(1, false)), (Some(0.0), Some(0.0)));
}

#[test]
fn an_order_filled_in_parts_is_one() {
    let mut story = Story::default();
    let market = story.market();
    let parts: Vec<Entry> = (0..9).map(|_| entry(5, market, 0, true, 1, Role::Taker)).collect();
    assert_eq!(features(&parts, Basis::Feed).fills, 1);
}

/// Orders by hand: three a day in the daytime, of sizes that differ; `each` says what becomes of one.
fn by_hand(each: impl Fn(i64, MarketIx) -> Vec<Entry>) -> Vec<Entry> {
    let mut story = Story::default();
    let markets: Vec<MarketIx> = (0..9).map(|_| story.market()).collect();
    let orders = (0..90i64).flat_map(|number| {
        let market = markets[usize::try_from(number % 9).unwrap()];
        let noise = (number * number * 37) % 7_200;
        each(number / 3 * 86_400 + (number % 3) * 14_400 + noise, market)
    });
    orders.collect()
}

#[test]
fn whoever_answers_one_other_in_seconds_is_bot_like_however_little_it_trades() {
    let orders = by_hand(|second, market| {
        vec![entry(second, market, 0, true, 10 + second % 997, Role::Taker)]
    });
    let alone = features(&orders, Basis::Activity);
    assert_eq!(conduct(&alone).bot.verdict, Verdict::Unlikely);
    let with = |followed, preceded| {
        let reaction = Reaction { orders: 90, followed, preceded };
        conduct(&Features { reaction: reaction.beyond_chance(), ..alone }).bot
    };
    let copies = with(80, 0);
    assert_eq!(copies.verdict, Verdict::Likely);
    assert_eq!(copies.reasons[0].feature, Feature::Reaction);
    assert_eq!(with(60, 55).verdict, Verdict::Unlikely, "in one place, and neither follows");
    assert_eq!(with(0, 80).verdict, Verdict::Unlikely, "whoever is followed is no program for it");
}

#[test]
fn whoever_takes_several_tokens_in_one_second_is_bot_like() {
    let mut story = Story::default();
    let markets: Vec<MarketIx> = (0..20).map(|_| story.market()).collect();
    let second_leg = markets[19];
    let legs = |late_s: i64| {
        let orders = by_hand(|second, market| {
            let leg = |at_s, market| entry(at_s, market, 1, true, 10 + second % 997, Role::Taker);
            vec![leg(second, market), leg(second + late_s, second_leg)]
        });
        features(&orders, Basis::Activity)
    };
    let (at_once, one_by_one) = (legs(0), legs(40));
    assert_eq!((at_once.simultaneity, one_by_one.simultaneity), (Some(1.0), Some(0.0)));
    assert_eq!(conduct(&at_once).bot.verdict, Verdict::Likely);
    assert_eq!(conduct(&one_by_one).bot.verdict, Verdict::Unlikely);
    let rested = by_hand(|second, market| vec![entry(second, market, 0, true, 9, Role::Maker)]);
    assert_eq!(features(&rested, Basis::Activity).simultaneity, None, "others chose the second");
}

#[test]
fn an_uneven_rhythm_speaks_for_nobody() {
    let quotes = Features {
        fills: 9_000,
        maker_share: Some(1.0),
        fills_per_day: Some(90.0),
        hour_entropy: Some(0.99),
        distinct_sizes: Some(1.0),
        markets: 90,
        ..Features::default()
    };
    let with = |gap_variation| BOT_RULE.likeness(&Features { gap_variation, ..quotes }).probability;
    assert_eq!(with(Some(3.0)), with(Some(0.7)));
    assert!(with(Some(0.7)) < with(Some(0.2)));
    let slow = Features { maker_share: Some(0.0), fills_per_day: Some(3.0), ..quotes };
    let slow = Features { gap_variation: Some(0.9), simultaneity: Some(0.0), ..slow };
    assert_eq!(BOT_RULE.likeness(&slow).verdict, Verdict::Unlikely, "three a day at any hour");
}

fn any_features() -> impl Strategy<Value = Features> {
    let part = || prop::option::of(0.0f64..1.0);
    let more = (
        prop::option::of(0.1f64..2_000.0),
        part(),
        prop::option::of(0.0f64..3.0),
        part(),
        0.0f64..1.0,
        part(),
        part(),
    );
    (50usize..5_000, part(), part(), part(), part(), 1usize..5_000, part(), more).prop_map(
        |(
            fills,
            maker,
            two,
            both,
            sets,
            markets,
            profit,
            (per_day, hours, gaps, sizes, unsaid, at_once, reaction),
        )| {
            Features {
                fills,
                maker_share: maker,
                maker_unsaid: unsaid,
                two_sidedness: two,
                both_outcomes: both,
                sets_to_fills: sets,
                markets,
                profit_to_volume: profit,
                fills_per_day: per_day,
                hour_entropy: hours,
                gap_variation: gaps,
                distinct_sizes: sizes,
                simultaneity: at_once,
                reaction,
                basis: Some(Basis::Activity),
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_not_known_widens_and_never_turns_round(full in any_features(), hidden in 0u16..512) {
        let mut less = full;
        let full = Features { maker_unsaid: full.maker_unsaid * f64::from(hidden % 3) / 2.0, ..full };
        let fields: [&mut Option<f64>; 9] = [
            &mut less.maker_share, &mut less.two_sidedness, &mut less.both_outcomes,
            &mut less.sets_to_fills, &mut less.profit_to_volume, &mut less.fills_per_day,
            &mut less.hour_entropy, &mut less.gap_variation, &mut less.simultaneity,
        ];
        for (bit, field) in fields.into_iter().enumerate() {
            if hidden >> bit & 1 == 1 {
                *field = None;
            }
        }
        for rule in [MAKER_RULE, BOT_RULE] {
            let (more, less) = (rule.likeness(&full), rule.likeness(&less));
            let (wide, narrow) = (less.span.unwrap(), more.span.unwrap());
            prop_assert!(wide.low <= narrow.low + 1e-12 && wide.high >= narrow.high - 1e-12);
            prop_assert!(wide.contains(less.probability.unwrap()));
            let (one, other) = (more.verdict.known(), less.verdict.known());
            prop_assert!(other.is_none() || one == other, "{one:?} {other:?}");
        }
    }

    #[test]
    fn chance_follows_as_often_as_it_precedes(
        orders in 0usize..3_000, followed in 0usize..3_000, preceded in 0usize..3_000, more in 0usize..50,
    ) {
        let (followed, preceded) = (followed.min(orders), preceded.min(orders));
        let reaction = Reaction { orders, followed, preceded };
        let share = reaction.beyond_chance();
        prop_assert_eq!(share.is_some(), orders >= FEWEST_ORDERS);
        let value = share.unwrap_or(0.0);
        prop_assert!((0.0..=1.0).contains(&value));
        prop_assert!(value <= followed as f64 / orders.max(1) as f64);
        prop_assert!(followed > preceded || value <= 0.0);
        let less = Reaction { preceded: preceded + more, ..reaction };
        prop_assert!(less.beyond_chance() <= share, "what comes before speaks against");
    }

    #[test]
    fn the_order_of_entries_does_not_matter(
        told in prop::collection::vec((0i64..200_000, 0usize..5, 0u8..2, any::<bool>(), 1i64..50), 0..60),
        by in 0usize..60,
    ) {
        let mut story = Story::default();
        let markets: Vec<MarketIx> = (0..5).map(|_| story.market()).collect();
        let mut entries: Vec<Entry> = told
            .iter()
            .map(|(at, market, outcome, buys, shares)| {
                entry(*at, markets[*market], *outcome, *buys, *shares, Role::Maker)
            })
            .collect();
        let one = features(&entries, Basis::Activity);
        let length = entries.len();
        entries.rotate_left(by.min(length));
        prop_assert_eq!(features(&entries, Basis::Activity), one);
        for part in [one.two_sidedness, one.both_outcomes, one.hour_entropy, one.distinct_sizes] {
            prop_assert!(part.is_none_or(|part| (0.0..=1.0 + 1e-9).contains(&part)));
        }
    }
}
