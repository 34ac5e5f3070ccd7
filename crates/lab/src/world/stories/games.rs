//! Sports: one event per game, and season races.

use chrono::{DateTime, Utc};

use super::{Draft, MarketDraft, Resolution, Series, Shape, date};
use crate::noise::Dice;
use crate::world::category::Category;
use crate::world::names::{clubs, people, two_clubs};

/// A league with invented clubs.
struct League {
    id: u64,
    sport: &'static str,
    name: &'static str,
    slug: &'static str,
    /// Half-point totals are set around this.
    usual_total: f64,
    spread_step: f64,
    draws: bool,
    solo: bool,
}

const fn league(
    id: u64,
    sport: &'static str,
    name: &'static str,
    slug: &'static str,
    usual_total: f64,
    spread_step: f64,
) -> League {
    League { id, sport, name, slug, usual_total, spread_step, draws: false, solo: false }
}

const LEAGUES: [League; 7] = [
    League {
        draws: true,
        ..league(900_001, "soccer", "Meridian League", "meridian-league", 2.5, 1.0)
    },
    league(
        900_002,
        "basketball",
        "Coastal Basketball Association",
        "coastal-basketball",
        221.5,
        5.0,
    ),
    league(900_003, "hockey", "Frostline Hockey League", "frostline-hockey", 5.5, 1.0),
    league(900_004, "football", "Continental Football Union", "continental-football", 44.5, 3.0),
    league(900_005, "baseball", "Lantern Baseball League", "lantern-baseball", 8.5, 1.0),
    League { solo: true, ..league(900_006, "tennis", "Saltmere Open", "saltmere-open", 22.5, 2.0) },
    league(900_007, "esports", "Hexmere Invitational", "hexmere-invitational", 2.5, 1.0),
];

pub(super) fn sports(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    let index = usize::try_from(dice.bits() % LEAGUES.len() as u64).unwrap_or(0);
    let league = &LEAGUES[index];
    if dice.chance(0.08) { season(dice, league, ends) } else { game(dice, league, ends) }
}

fn game(dice: &mut Dice, league: &League, ends: DateTime<Utc>) -> Draft {
    let (home, away) = if league.solo {
        let players = people(dice, 2);
        (players[0].clone(), players[1].clone())
    } else {
        two_clubs(dice)
    };
    let title = format!("{home} vs. {away}");
    let rules = format!(
        "In the {} game between {home} and {away}, scheduled for {}: this market resolves to the \
         listed side that wins. \
         If the game is postponed, it stays open until the game is completed. If the game is \
         cancelled, it resolves \
         50-50.",
        league.name,
        date(ends)
    );
    let mut draft =
        Draft::new(Category::Sports, title.clone(), rules, &["sports", "games", league.sport]);
    draft.resolution = Resolution::Quick;
    draft.series = Some(Series {
        id: league.id,
        slug: league.slug.to_owned(),
        title: league.name.to_owned(),
        recurrence: "daily",
    });
    let strength = dice.bell();
    if league.draws {
        draft.shape = Shape::Exclusive { residual: 0.0 };
        let side = |side: &str, logit, track| {
            let draft = MarketDraft::yes_no(format!("Will {side} win?"), side, logit);
            draft.sports("moneyline", None).on_track(track)
        };
        let drawn = MarketDraft::yes_no(format!("Will {title} end in a draw?"), "Draw", -0.4);
        let drawn = drawn.sports("moneyline", None).on_track(1);
        draft.markets = vec![side(&home, strength, 0), drawn, side(&away, -strength, 2)];
        return draft;
    }
    let winner =
        MarketDraft::between(title.clone(), "Match Winner", [home.clone(), away.clone()], strength);
    draft.markets.push(winner.sports("moneyline", None));
    let spread = league.spread_step * (1.0 + dice.whole(0, 3) as f64) + 0.5;
    let covered = MarketDraft::between(
        format!("Spread: {home} (-{spread})"),
        &format!("Spread -{spread}"),
        [home, away],
        strength - 0.6,
    );
    draft.markets.push(covered.sports("spreads", Some(-spread)));
    let pace = 0.3 * dice.bell();
    for step in 0..=dice.whole(0, 2) {
        let line = league.usual_total + step as f64 * league.spread_step;
        let over = MarketDraft::between(
            format!("{title}: O/U {line}"),
            &format!("O/U {line}"),
            ["Over".to_owned(), "Under".to_owned()],
            pace - 0.5 * step as f64,
        );
        draft.markets.push(over.sports("totals", Some(line)).on_track(1));
    }
    draft
}

fn season(dice: &mut Dice, league: &League, ends: DateTime<Utc>) -> Draft {
    let names = if league.solo { people(dice, 16) } else { clubs(dice, 16) };
    let rules = format!(
        "This market resolves to the winner of the {} season that ends by {}. A side that is \
         eliminated resolves to \
         \"No\" at once.",
        league.name,
        date(ends)
    );
    let title = format!("{} Winner", league.name);
    Draft::new(Category::Sports, title, rules, &["sports", league.sport]).one_of(
        dice,
        &names,
        0.0,
        |name| format!("Will {name} win the {}?", league.name),
    )
}
