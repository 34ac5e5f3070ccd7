use proptest::prelude::*;

use super::gates::Life;
use super::live::Background;
use super::table::{Circumstances, Facts, Signal, table, together};
use super::tests::{events, facts, seen, slots};
use crate::ledger::EventIx;

#[test]
fn everything_on_one_side_is_found_however_usual_it_is() {
    let mut background = Background::new();
    let events = events(60);
    for (number, event) in (0u32..60).zip(&events) {
        let direction = if number % 3 == 0 { 0.0 } else { 1.0 };
        background.score(seen(number, *event, i64::from(number), 900.0, Some(1.0), direction));
    }
    let (life, (.., event)) = (Life::default(), slots());
    let about = Circumstances {
        category: None,
        price: 0.5,
        is_first_event: false,
        life: &life,
        known_until: None,
        event_end: None,
        account: None,
    };
    let of = |background: &mut Background, second, direction| {
        let scored = background.score(seen(99, event, second, 900.0, None, direction)).unwrap();
        assert!(scored.s5_direction.unwrap() < 1.0, "less than a deviation");
        Facts::of(&scored, about).has(Signal::Direction)
    };
    assert_eq!(of(&mut background, 1_000, 1.0), Some(true));
    assert_eq!(of(&mut background, 1_001, 0.97), Some(false));
}

fn with(owner: u32, event: EventIx, signals: &[Signal]) -> Facts {
    let found = Signal::ALL.map(|signal| Some(signals.contains(&signal)));
    Facts { found, ..facts(owner, event, 1, None) }
}

#[test]
fn what_is_found_together_is_counted_together() {
    use Signal::{Direction, MadeFor, OwnSize, Size};
    let events = events(3);
    let subject = with(0, events[0], &[Direction, MadeFor, OwnSize]);
    let mut pool: Vec<Facts> = (1..10).map(|owner| with(owner, events[1], &[Direction])).collect();
    pool.extend((10..19).map(|owner| with(owner, events[1], &[MadeFor, Size])));
    let alone = together(&subject, &pool);
    assert_eq!(alone.signals, [Direction, MadeFor], "its own habit is in the table only");
    assert_eq!(
        (alone.controls_with, alone.controls),
        (0, 18),
        "each is usual, both at once are not"
    );
    pool.push(with(19, events[1], &[Direction, MadeFor]));
    let one = together(&subject, &pool);
    assert_eq!((one.controls_with, one.controls), (1, 19));
    assert!(one.deviations(1) < alone.deviations(1));
    assert!(
        (alone.deviations(1) - 1.938).abs() < 1e-3,
        "1/38 is {} deviations",
        alone.deviations(1)
    );
    // 1 − (37/38)⁵ = 0.1248.
    assert!((alone.deviations(5) - 1.151).abs() < 1e-3, "{}", alone.deviations(5));
    // An owner whose life is not known says nothing, and one that stands there twice says it once.
    pool.push(facts(20, events[1], 1, None));
    pool.push(with(19, events[2], &[Direction, MadeFor]));
    assert_eq!(together(&subject, &pool), one);
    let nobody = together(&subject, &[]);
    assert!((nobody.tail() - 0.5).abs() < 1e-12 && nobody.deviations(1).abs() < 1e-9);
}

proptest! {
    #[test]
    fn unknown_controls_never_make_a_finding_rarer_than_they_could(
        found in prop::collection::vec(prop::array::uniform8(prop::option::of(any::<bool>())), 1..40),
        own in prop::array::uniform8(any::<bool>()),
        more in 0usize..8,
    ) {
        let event = events(1)[0];
        let subject = Facts { found: own.map(Some), ..facts(0, event, 1, None) };
        let pool: Vec<Facts> = found
            .iter()
            .zip(1..)
            .map(|(found, owner)| Facts { found: *found, ..facts(owner, event, 1, None) })
            .collect();
        let told = together(&subject, &pool);
        prop_assert!(told.controls_with <= told.controls && told.controls <= pool.len());
        prop_assert!(told.tail() > 0.0 && told.tail() < 1.0);
        // The more was looked at, the less is said, and always something that can be ordered.
        let said = [1, 2, 50, 1_000_000].map(|looks| told.deviations(looks));
        prop_assert!(said.iter().all(|z| z.is_finite()) && said.is_sorted_by(|one, more| one >= more));
        // One signal more that is found of the subject is found with it in no more controls.
        let more = Signal::ALL[more];
        let mut other = subject.clone();
        for (signal, found) in Signal::ALL.into_iter().zip(&mut other.found) {
            if signal == more {
                *found = Some(true);
            }
        }
        prop_assert!(together(&other, &pool).controls_with <= told.controls_with);
        // The rows of the table are bounds of it: all at once is no more frequent than any of them.
        for row in table(&subject, &pool).iter().filter(|row| told.signals.contains(&row.signal)) {
            prop_assert!(told.controls_with <= row.controls_with);
        }
    }
}
