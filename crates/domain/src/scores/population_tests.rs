use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::Category;
use crate::ledger::Completeness;
use crate::stats::special::{expit, logit};
use crate::stats::{Dice, Horizon};
use crate::whales::Class;

fn day(number: i64) -> DateTime<Utc> {
    "2025-01-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(number)
}

const KIND: Kind = (Some(Category::Politics), Some(Horizon::Week));

/// Wallets that bet on `events` events, each at a price that is right but for its skill in log-odds. The true slope of
/// prices is `slope`.
fn wallets(skills: &[f64], events: usize, slope: f64) -> Vec<Vec<(u32, SettledBet)>> {
    let mut dice = Dice::new(5, 0);
    let mut number = 0;
    let each = skills.iter().map(|skill| {
        let bets = (0..events).map(|place| {
            number += 1;
            let price = expit(1.2 * dice.normal());
            let came_true = dice.chance(expit(slope * logit(price) + skill));
            let opened = i64::try_from(place * 600 / events).unwrap();
            let bet = SettledBet {
                kind: KIND,
                price,
                came_true,
                opened_at: day(opened),
                closed_at: day(opened + 5),
            };
            (number, bet)
        });
        bets.collect()
    });
    each.collect()
}

fn only(bets: &[(u32, SettledBet)]) -> Vec<SettledBet> {
    bets.iter().map(|(_, bet)| *bet).collect()
}

fn population(wallets: &[Vec<(u32, SettledBet)>], lost: usize) -> Population {
    let as_of = day(700);
    let baseline = Baseline::fit(&wallets.concat(), as_of);
    let tested = wallets.iter().map(|bets| Tested::of(&only(bets), &baseline, as_of));
    let register: Vec<Registered> = tested.filter_map(|one| one.registered()).collect();
    Population::of(baseline, &register, lost, as_of)
}

const PERSON: Record = Record {
    completeness: Completeness::Full,
    is_reconciled: Some(true),
    is_maker_like: Some(false),
    is_bot_like: Some(false),
    is_whale: Some(false),
    first_act: None,
    active_months: Some(1.0),
    owned: 1,
};

fn of(bets: &[(u32, SettledBet)], record: &Record, population: &Population) -> Assessment {
    assess::<u32>(&only(bets), &[], record, population, day(700))
}

#[test]
fn the_skilled_are_found_among_many_and_the_others_are_not() {
    let skills: Vec<f64> = (0..300).map(|n| if n < 15 { 1.2 } else { 0.0 }).collect();
    let wallets = wallets(&skills, 120, 1.0);
    let population = population(&wallets, 0);
    assert_eq!(population.register, 300);
    assert!((10..20).contains(&population.discoveries), "{}", population.discoveries);
    assert!(population.discoveries_by <= population.discoveries);
    assert!(population.pi0.unwrap() > 0.8);
    let value = |bets: &Vec<(u32, SettledBet)>| {
        of(bets, &PERSON, &population).scores[0].verdict.value().unwrap()
    };
    let mean =
        |some: &[Vec<(u32, SettledBet)>]| some.iter().map(value).sum::<f64>() / some.len() as f64;
    assert!(mean(&wallets[..15]) > 10.0 * mean(&wallets[15..]), "{}", mean(&wallets[15..]));
    let smart: Vec<bool> = wallets
        .iter()
        .map(|bets| of(bets, &PERSON, &population).class.class == Class::Smart)
        .collect();
    let found = smart.iter().filter(|is| **is).count();
    assert_eq!(found, population.discoveries, "the class is the discovery");
    assert!(smart[..15].iter().filter(|is| **is).count() * 10 >= found * 8);
}

#[test]
fn a_bet_is_judged_by_nothing_that_was_settled_after_it_was_made() {
    let wallets = wallets(&[0.0; 20], 100, 1.6);
    let all = wallets.concat();
    let before = Baseline::fit(&all, day(700));
    assert!(before.fits.len() > 10, "{}", before.fits.len());
    let changed: Vec<(u32, SettledBet)> = all
        .iter()
        .map(|(event, bet)| {
            let is_later = bet.closed_at >= day(300);
            (*event, SettledBet { came_true: bet.came_true != is_later, ..*bet })
        })
        .collect();
    let after = Baseline::fit(&changed, day(700));
    assert_ne!(before, after);
    for (_, bet) in all.iter().filter(|(_, bet)| bet.opened_at < day(300)) {
        assert_eq!(before.chance(bet).to_bits(), after.chance(bet).to_bits());
    }
    // Nor by itself, as far as the whole is known earlier.
    let early = Baseline::fit(&all, day(300));
    for (_, bet) in all.iter().filter(|(_, bet)| bet.opened_at < day(300)) {
        assert_eq!(before.chance(bet).to_bits(), early.chance(bet).to_bits());
    }
}

#[test]
fn prices_that_are_drawn_to_the_middle_are_corrected_whoever_buys() {
    let wallets = wallets(&[0.0; 60], 100, 1.5);
    let baseline = Baseline::fit(&wallets.concat(), day(700));
    let last = baseline.fits.last().unwrap();
    assert!((last.pooled.slope - 1.5).abs() < 0.15, "{:?}", last.pooled);
    assert!(last.pooled.intercept.abs() < 1e-6, "neither side is favoured: {:?}", last.pooled);
    let favourite = SettledBet { price: 0.8, ..wallets[0][99].1 };
    assert!(baseline.chance(&favourite) > 0.85);
}

#[test]
fn an_event_counts_once_however_many_bet_on_it() {
    let wallets = wallets(&[0.0; 20], 100, 1.3);
    let once = Baseline::fit(&wallets.concat(), day(700));
    let thrice: Vec<(u32, SettledBet)> =
        wallets.concat().iter().flat_map(|bet| [*bet; 3]).collect();
    let thrice = Baseline::fit(&thrice, day(700));
    let lines: HashMap<_, _> = once.fits.iter().map(|fit| (fit.as_of, fit.pooled)).collect();
    for fit in &thrice.fits {
        let line = lines[&fit.as_of];
        assert!((fit.pooled.slope - line.slope).abs() < 1e-9);
    }
}

#[test]
fn who_cannot_be_tested_any_more_counts_as_not_skilled() {
    let skills: Vec<f64> = (0..100).map(|n| if n < 10 { 1.0 } else { 0.0 }).collect();
    let wallets = wallets(&skills, 100, 1.0);
    let (few, many) = (population(&wallets, 0), population(&wallets, 4_000));
    assert_eq!((many.register, many.lost), (4_100, 4_000));
    assert!(many.discoveries < few.discoveries, "{} {}", many.discoveries, few.discoveries);
}

#[test]
fn makers_programs_short_and_broken_records_are_not_ranked() {
    let wallets = wallets(&[1.5, 0.0, 0.0, 0.0], 200, 1.0);
    let population = population(&wallets, 0);
    let said = |record: Record| of(&wallets[0], &record, &population);
    let verdict = |record| said(record).scores[0].verdict;
    assert!(verdict(PERSON).value().is_some());
    assert_eq!(said(PERSON).class.class, Class::Smart);
    let maker = Record { is_maker_like: Some(true), ..PERSON };
    assert_eq!(verdict(maker), Verdict::Excluded("maker_like"));
    assert_eq!(said(maker).class.class, Class::MakerLike);
    let capped = Record { completeness: Completeness::Capped, ..PERSON };
    assert_eq!(verdict(capped).value(), None);
    assert_ne!(said(capped).class.class, Class::Smart);
    let few = assess::<u32>(&only(&wallets[0][..9]), &[], &PERSON, &population, day(700));
    assert_eq!(few.scores[0].verdict, Verdict::TooFew { events: 9, needed: 10 });
    assert_eq!(few.class.class, Class::Other);
    let owned = said(Record { owned: 3, ..PERSON });
    let told = owned.scores[0].ingredients.iter().find(|one| one.name == "owner_wallets");
    assert_eq!(told.unwrap().value, Some(3.0));
}

/// The bets of somebody who buys the first of each of fifteen events, and as many of its other legs at the same price.
fn with_legs(legs: usize) -> Vec<SettledBet> {
    use crate::bets::Bets;
    use crate::ledger::tests::kit::{NO, Story, cents};
    use crate::ledger::{Coverage, Payouts};
    let mut story = Story::default();
    let groups: Vec<_> = (0..15).map(|_| story.group(4)).collect();
    for group in &groups {
        for leg in &group[..legs] {
            story.buy((*leg, NO), cents(1_000), cents(600));
        }
    }
    for (number, group) in groups.iter().enumerate() {
        // The last market's Yes, or all of them: every No bought comes true, or none.
        for (place, market) in group.iter().enumerate() {
            let yes = if number % 3 == 0 { place < 3 } else { place == 3 };
            story.resolve(*market, Payouts::winner(u8::from(!yes)));
        }
    }
    let bets = Bets::of(&story.entries, &story.markets, &Coverage::full());
    let mut told: Vec<SettledBet> = bets
        .settled
        .iter()
        .map(|bet| SettledBet {
            kind: SettledBet::kind(bet.category, bet.horizon),
            price: bet.price,
            came_true: bet.came_true,
            opened_at: day(1),
            closed_at: day(2),
        })
        .collect();
    told.sort_by_key(|bet| bet.came_true);
    told
}

#[test]
fn three_legs_of_an_event_that_say_the_same_say_nothing_more() {
    let population = population(&wallets(&[0.6, 0.0, 0.0], 100, 1.0), 0);
    let said = |legs| assess::<u32>(&with_legs(legs), &[], &PERSON, &population, day(700));
    let (one, three) = (said(1), said(3));
    assert_eq!(one.scores[0].events, 15);
    assert!(one.scores[0].verdict.value().is_some());
    assert_eq!(one, three);
}

#[test]
fn what_was_learned_survives_being_kept() {
    let wallets = wallets(&[0.4, 0.0, 0.0], 150, 1.2);
    let population = population(&wallets, 1);
    let kept = serde_json::to_value(&population).unwrap();
    let read: Population = serde_json::from_value(kept).unwrap();
    assert_eq!(of(&wallets[0], &PERSON, &read), of(&wallets[0], &PERSON, &population));
}
