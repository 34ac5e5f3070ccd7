use super::*;
use crate::stats::Dice;
use crate::stats::special::{expit, logit};

/// Wallets that bet on their own events at fair prices around one half; every tenth has a skill.
fn world(wallets: usize, events: usize, theta: f64) -> Vec<Laid> {
    let mut bets = Vec::new();
    for wallet in 0..wallets {
        let mut dice = Dice::new(21, wallet as u64);
        for event in 0..events {
            let chance = 0.3 + 0.4 * dice.unit();
            let tilt = if is_skilled(wallet) { theta } else { 0.0 };
            let number = wallet * events + event;
            bets.push(Laid {
                wallet,
                event: number,
                market: number,
                is_first: true,
                chance,
                is_exclusive: false,
                came_true: dice.chance(expit(logit(chance) + tilt)),
                settled_at: i64::try_from(event).unwrap(),
            });
        }
    }
    bets
}

fn is_skilled(wallet: usize) -> bool {
    wallet.is_multiple_of(10)
}

const KNOWN: Known<'static> = Known { is_skilled: &is_skilled, has_skill: &is_skilled };

fn found(wallets: usize, events: usize, theta: f64) -> Attainable {
    attainable(&world(wallets, events, theta), KNOWN, &[20, 40], (8, 7)).unwrap()
}

#[test]
fn the_skill_that_bets_share_is_found_and_has_no_number_where_all_or_none_came_true() {
    let bets = world(400, 40, 0.7);
    let skill = shared_skill(bets.iter().filter(|bet| is_skilled(bet.wallet))).unwrap();
    assert!((skill - 0.7).abs() < 0.15, "{skill}");
    let none = shared_skill(bets.iter().filter(|bet| !is_skilled(bet.wallet))).unwrap();
    assert!(none.abs() < 0.05, "{none}");
    assert_eq!(shared_skill([]), None);
    assert_eq!(shared_skill(bets.iter().filter(|bet| bet.came_true)), None);
    assert_eq!(shared_skill(bets.iter().filter(|bet| !bet.came_true)), None);
}

#[test]
fn what_is_found_is_about_what_could_be_and_more_events_find_more() {
    let (few, many) = (found(400, 12, 0.6), found(400, 120, 0.6));
    for one in [&few, &many] {
        let [real, expected] = &one.lines[..] else { panic!("{one:?}") };
        assert_eq!((real.n, expected.n), (40, 8 * 40));
        let off = real.rate.unwrap() - expected.rate.unwrap();
        assert!(off.abs() < 0.2, "the world is one draw of its own: {one:?}");
    }
    let rate = |one: &Attainable| one.lines[1].rate.unwrap();
    assert!(rate(&few) < 0.5 && rate(&many) > 0.85, "{few:?} {many:?}");
    let hits = |one: &Attainable| one.rankings.iter().map(|first| first.hits).collect::<Vec<_>>();
    assert!(hits(&few)[1] < 22 && hits(&many)[1] > 27, "{few:?} {many:?}");
    assert_eq!(many.rankings[0].top, 20);
    assert!(few.lines[1].note.as_ref().unwrap().contains("has 12 events"));
}

#[test]
fn without_anybody_skilled_there_is_nothing_to_expect() {
    let nobody = Known { is_skilled: &|_| false, has_skill: &|_| false };
    assert_eq!(attainable(&world(50, 12, 0.0), nobody, &[20], (5, 7)), None);
}
