//! Stories are of a piece: prices that may be true, names that are told apart, series that go on.

use std::collections::{BTreeMap, BTreeSet};

use super::leagues::LEAGUES;
use super::*;
use crate::noise::Noise;
use crate::world::belief::{Belief, Reach};
use crate::world::category::tag_info;

/// A story and the prices it opens at.
struct Told {
    draft: Draft,
    opens: DateTime<Utc>,
    ends: DateTime<Utc>,
    chances: Vec<f64>,
    /// Which markets come to an early end.
    early: Vec<bool>,
}

fn tell(category: Category, seed: u64) -> Told {
    let noise = Noise::of(seed).with(category as u64);
    let mut dice = noise.dice();
    let opens = DateTime::from_timestamp(1_790_000_000, 0).unwrap()
        + TimeDelta::hours(i64::try_from(dice.whole(0, 5_000)).unwrap());
    let days = category.habits().life_days * 10_f64.powf(0.4 * dice.bell());
    #[expect(clippy::cast_possible_truncation, reason = "a few thousand hours")]
    let hours = (24.0 * days).ceil().max(2.0) as i64;
    let ends = opens + TimeDelta::hours(hours);
    let prices = Prices::new(Noise::of(1));
    let draft = write(category, &mut Scene { dice: &mut dice, prices, opens, ends });
    let (opens_ms, ends_ms) = (opens.timestamp_millis(), ends.timestamp_millis());
    let belief = Belief::new(&draft, opens_ms, ends_ms, category.habits().volatility, noise);
    let chances = belief.probabilities().to_vec();
    let early = belief.decided_ms().iter().map(Option::is_some).collect();
    Told { draft, opens, ends, chances, early }
}

fn all(count: u64) -> impl Iterator<Item = Told> {
    Category::ALL
        .into_iter()
        .flat_map(move |category| (0..count).map(move |seed| tell(category, seed)))
}

/// Whether the markets are rungs: each a threshold on the same number or price.
fn is_ladder(draft: &Draft) -> bool {
    draft.markets.len() > 2
        && draft.markets.iter().all(|market| match market.claim {
            Claim::Between { low, high, .. } | Claim::Price(Reach::Ends { low, high }) => {
                market.sports_type.is_none() && low.is_finite() && high == f64::INFINITY
            }
            _ => false,
        })
}

#[test]
fn ladders_and_ranges_look_likely() {
    let (mut ladders, mut ranges, mut touches) = (0, 0, 0);
    for Told { draft, chances, .. } in all(150) {
        let context = format!("{}: {chances:.3?}", draft.title);
        if is_ladder(&draft) {
            ladders += 1;
            assert!(chances.is_sorted_by(|one, two| one > two), "{context}");
            assert!(chances[0] > 0.5 && chances[chances.len() - 1] < 0.55, "{context}");
            assert!(chances.iter().any(|chance| (0.1..0.9).contains(chance)), "{context}");
        }
        if draft.shape == Shape::Ranges {
            ranges += 1;
            assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{context}");
            // Bell-shaped, but for the two open ends.
            let inner = &chances[1..chances.len() - 1];
            let top = inner.iter().copied().fold(0.0, f64::max);
            let peak = inner.iter().position(|chance| *chance >= top).unwrap();
            assert!(inner[..=peak].is_sorted(), "{context}");
            assert!(inner[peak..].is_sorted_by(|one, two| one >= two), "{context}");
            assert!(chances.iter().copied().fold(0.0, f64::max) < 0.9, "{context}");
        }
        if let Some(Claim::Price(Reach::Touches { .. })) =
            draft.markets.first().map(|market| market.claim)
        {
            touches += 1;
            // The highest target comes first, the lowest last.
            let up = draft.markets.iter().filter(|market| market.group_title.starts_with('↑'));
            let (above, below) = chances.split_at(up.count());
            assert!(above.is_sorted() && below.is_sorted_by(|one, two| one >= two), "{context}");
            assert!(chances.iter().all(|chance| *chance < 0.95), "{context}");
            assert!(chances.iter().any(|chance| *chance > 0.2), "{context}");
        }
    }
    assert!(ladders > 150 && ranges > 200 && touches > 30, "{ladders}, {ranges}, {touches}");
}

#[test]
fn events_open_undecided() {
    for Told { draft, opens, ends, chances, .. } in all(120) {
        let context = format!("{}: {chances:.3?}", draft.title);
        assert_eq!(chances.len(), draft.markets.len());
        assert!(chances.iter().any(|chance| (0.01..0.99).contains(chance)), "{context}");
        for (market, chance) in draft.markets.iter().zip(&chances) {
            assert_eq!(*chance == 0.0, market.is_placeholder, "{context}");
            let closes = market.ends_early.unwrap_or(ends);
            assert!(opens < closes && closes <= ends, "{context}");
        }
        match draft.shape {
            Shape::Exclusive { residual } => {
                let sum: f64 = chances.iter().sum();
                assert!((sum - 1.0 + residual).abs() < 1e-9, "{context}");
            }
            Shape::Ranges | Shape::Separate => {}
        }
        if let Some(starts) = draft.starts {
            assert!(opens <= starts && starts < ends, "{context}");
        }
    }
}

#[test]
fn questions_are_told_apart() {
    for Told { draft, .. } in all(120) {
        let questions: BTreeSet<&str> =
            draft.markets.iter().map(|market| market.question.as_str()).collect();
        assert_eq!(questions.len(), draft.markets.len(), "{}", draft.title);
        let titles: BTreeSet<&str> =
            draft.markets.iter().map(|market| market.group_title.as_str()).collect();
        assert_eq!(titles.len(), draft.markets.len(), "{}: {titles:?}", draft.title);
        for tag in &draft.tags {
            assert!(tag_info(tag).is_some(), "{tag}");
        }
    }
}

#[test]
fn open_fields_end_with_other_after_places_for_names() {
    let mut open_fields = 0;
    let mut withdrawn = 0;
    for Told { draft, early, .. } in all(120) {
        let others = draft.markets.iter().filter(|market| market.is_other).count();
        let places = draft.markets.iter().filter(|market| market.is_placeholder).count();
        if draft.augmented {
            open_fields += 1;
            assert!(matches!(draft.shape, Shape::Exclusive { residual: 0.0 }), "{}", draft.title);
            assert_eq!(others, 1, "{}", draft.title);
            assert!(draft.markets.last().is_some_and(|market| market.is_other));
            assert_eq!(early.last(), Some(&false), "Other gives up in {}", draft.title);
            withdrawn += early.into_iter().filter(|early| *early).count();
            assert!((2..=6).contains(&places), "{}: {places}", draft.title);
        } else {
            assert_eq!((others, places), (0, 0), "{}", draft.title);
        }
    }
    assert!(open_fields > 60, "only {open_fields} open fields");
    assert!(withdrawn > 20, "only {withdrawn} contenders gave up");
}

#[test]
fn a_series_is_one_chain() {
    let mut slugs: BTreeMap<u64, String> = BTreeMap::new();
    let mut length: BTreeMap<u64, usize> = BTreeMap::new();
    let windows = COINS.iter().map(|coin| {
        let starts = DateTime::from_timestamp(1_790_000_100, 0).unwrap();
        up_or_down(Prices::new(Noise::of(1)), coin, starts, TimeDelta::minutes(15)).series
    });
    for series in all(400).map(|told| told.draft.series).chain(windows).flatten() {
        *length.entry(series.id).or_default() += 1;
        let slug = slugs.entry(series.id).or_insert_with(|| series.slug.clone());
        assert_eq!(*slug, series.slug, "{}", series.id);
    }
    let distinct: BTreeSet<&String> = slugs.values().collect();
    assert_eq!(distinct.len(), slugs.len(), "two series of one slug");
    assert!(slugs.len() > 60, "{slugs:?}");
    assert!(length.values().filter(|length| **length > 3).count() > 30, "{length:?}");
}

#[test]
fn games_name_their_sides_and_lines() {
    let (mut games, mut spreads, mut totals) = (0, 0, 0);
    for seed in 0..400 {
        let Told { draft, chances, .. } = tell(Category::Sports, seed);
        if draft.teams.is_empty() {
            continue;
        }
        games += 1;
        let [home, away] = draft.teams.as_slice() else { panic!("{:?}", draft.teams) };
        assert!(home.id != away.id && home.league == away.league, "{}", draft.title);
        let league = draft.league.unwrap();
        assert!(LEAGUES.contains(&league) && league.code == home.league);
        assert!(league.roster().contains(home), "{}", home.name);
        for (market, chance) in draft.markets.iter().zip(&chances) {
            let context = format!("{}: {chance}", market.question);
            match market.sports_type {
                Some("moneyline") => assert_eq!(market.line, None, "{context}"),
                Some("spreads") => {
                    spreads += 1;
                    assert!(market.line.is_some_and(|line| line < 0.0), "{context}");
                    assert!(market.outcomes.contains(&home.name), "{context}");
                }
                Some("totals") => {
                    totals += 1;
                    assert!(market.line.is_some_and(|line| line > 0.0), "{context}");
                }
                other => panic!("{other:?}"),
            }
            assert!((0.01..0.99).contains(chance), "{context}");
        }
    }
    assert!(games > 300 && spreads > 100 && totals > 100, "{games}, {spreads}, {totals}");
}

#[test]
fn windows_are_even_until_they_start_and_follow_the_price() {
    let prices = Prices::new(Noise::of(3));
    let mut right = 0;
    for window in 0..200 {
        let starts = DateTime::from_timestamp(1_790_000_100 + 900 * window, 0).unwrap();
        let ends = starts + TimeDelta::minutes(15);
        let draft = up_or_down(prices, &COINS[0], starts, TimeDelta::minutes(15));
        let opens_ms = (starts - TimeDelta::hours(1)).timestamp_millis();
        let mut belief = Belief::new(&draft, opens_ms, ends.timestamp_millis(), 0.5, Noise::of(1));
        belief.advance(starts.timestamp_millis());
        assert!((belief.probabilities()[0] - 0.5).abs() < 1e-12);
        let late = ends - TimeDelta::minutes(3);
        belief.advance(late.timestamp_millis());
        let up_so_far = prices.dollars(&COINS[0], late) >= prices.dollars(&COINS[0], starts);
        assert_eq!(belief.probabilities()[0] >= 0.5, up_so_far);
        let up = prices.dollars(&COINS[0], ends) >= prices.dollars(&COINS[0], starts);
        belief.advance(ends.timestamp_millis());
        assert!((belief.probabilities()[0] - f64::from(u8::from(up))).abs() < 1e-12);
        right += usize::from(up == up_so_far);
    }
    assert!((150..200).contains(&right), "{right} of 200 told three minutes before the end");
}
