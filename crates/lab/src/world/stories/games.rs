//! Sports: one event per game, and season races.

use chrono::TimeDelta;

use super::draft::{Claim, Draft, MarketDraft, Number, Resolution, Series, Shape};
use super::leagues::{LEAGUES, League, Team};
use super::{Scene, date};
use crate::world::category::Category;
use crate::world::names::people;

/// Chance that a game is called off.
const CALLED_OFF: f64 = 0.04;

/// What lives for less is a game.
const SEASON_DAYS: f64 = 10.0;

/// The hidden numbers of a game.
const MARGIN: usize = 0;
const TOTAL: usize = 1;

pub(super) fn sports(scene: &mut Scene) -> Draft {
    let league = scene.dice.pick(&LEAGUES);
    // Games are listed days ahead, seasons for weeks.
    if scene.days() < SEASON_DAYS || scene.dice.chance(0.35) {
        game(scene, &league)
    } else if scene.dice.chance(0.7) {
        season(scene, &league)
    } else {
        award(scene, &league)
    }
}

fn game(scene: &mut Scene, league: &League) -> Draft {
    let Some((home, away)) = league.draw_sides(scene.dice) else { return season(scene, league) };
    let starts = scene.ends - TimeDelta::minutes(minutes(60.0 * league.hours));
    let title = format!("{} vs. {}", home.name, away.name);
    let cancelled = if league.draws { "it is played again" } else { "it resolves 50-50" };
    let rules = format!(
        "In the {} game between {} and {}, scheduled for {}: this market resolves to the listed \
         side that wins. If the game is postponed, it stays open until the game is completed. If \
         the game is cancelled, {cancelled}.",
        league.name,
        home.name,
        away.name,
        date(starts)
    );
    let tags = ["sports", "games", league.sport];
    let mut draft = Draft::new(Category::Sports, title, rules, &tags);
    draft.handle = Some(format!(
        "{}-{}-{}-{}",
        league.code,
        away.abbreviation,
        home.abbreviation,
        starts.format("%Y-%m-%d")
    ));
    draft.resolution = Resolution::Quick;
    draft.series = Some(Series {
        id: league.series,
        slug: league.slug.to_owned(),
        title: league.name.to_owned(),
        recurrence: "daily",
    });
    draft.starts = Some(starts.max(scene.opens));
    draft.called_off = if league.draws { 0.0 } else { CALLED_OFF };
    let better = home.strength - away.strength + league.home_edge;
    let pace = league.total + 0.3 * league.total_sd * scene.dice.bell();
    draft.quantities = vec![
        Number { mean: better, sd: league.margin_sd },
        Number { mean: pace, sd: league.total_sd },
    ];
    if league.draws {
        three_way(&mut draft, &home, &away, &starts.format("%Y-%m-%d").to_string());
    } else {
        two_way(scene, &mut draft, league, &home, &away);
    }
    draft.league = Some(*league);
    draft.teams = vec![home, away];
    draft
}

/// Home wins, draw, away wins: a group of which one comes true.
fn three_way(draft: &mut Draft, home: &Team, away: &Team, day: &str) {
    draft.shape = Shape::Exclusive { residual: 0.0 };
    let side = |team: &Team, low, high| {
        let claim = Claim::Between { quantity: MARGIN, low, high };
        MarketDraft::yes_no(format!("Will {} win on {day}?", team.name), &team.name, claim)
    };
    let drawn = MarketDraft::yes_no(
        format!("Will {} end in a draw?", draft.title),
        &format!("Draw ({})", draft.title),
        Claim::Between { quantity: MARGIN, low: -0.5, high: 0.5 },
    );
    draft.markets = [side(home, 0.5, f64::INFINITY), drawn, side(away, f64::NEG_INFINITY, -0.5)]
        .map(|market| market.sports("moneyline", None))
        .into();
}

/// Who wins and, for most games, by how much and how many points there are.
fn two_way(scene: &mut Scene, draft: &mut Draft, league: &League, home: &Team, away: &Team) {
    let sides = [home.name.clone(), away.name.clone()];
    let wins = Claim::Between { quantity: MARGIN, low: 0.0, high: f64::INFINITY };
    let winner = MarketDraft::between(draft.title.clone(), "Match Winner", sides, wins);
    draft.markets.push(winner.sports("moneyline", None));
    if scene.dice.chance(0.35) {
        return;
    }
    let better = draft.quantities[MARGIN].mean;
    let (favourite, other) = if better < 0.0 { (away, home) } else { (home, away) };
    for step in 0..=scene.dice.whole(0, 2) {
        let line = half(better.abs() + step as f64 * league.line_step);
        // More than the line for the favourite, whichever side of the margin that is.
        let (low, high) =
            if better < 0.0 { (f64::NEG_INFINITY, -line) } else { (line, f64::INFINITY) };
        let covered = MarketDraft::between(
            format!("Spread: {} (-{line})", favourite.name),
            &format!("Spread -{line}"),
            [favourite.name.clone(), other.name.clone()],
            Claim::Between { quantity: MARGIN, low, high },
        );
        draft.markets.push(covered.sports("spreads", Some(-line)));
    }
    let lines = scene.dice.whole(1, 4);
    let apart = league.line_step.min(league.total_sd / 2.0).max(1.0);
    let lowest = draft.quantities[TOTAL].mean - apart * (lines - 1) as f64 / 2.0;
    for step in 0..lines {
        let line = half(lowest + step as f64 * apart);
        let over = MarketDraft::between(
            format!("{}: O/U {line}", draft.title),
            &format!("O/U {line}"),
            ["Over".to_owned(), "Under".to_owned()],
            Claim::Between { quantity: TOTAL, low: line, high: f64::INFINITY },
        );
        draft.markets.push(over.sports("totals", Some(line)));
    }
}

fn season(scene: &mut Scene, league: &League) -> Draft {
    let names: Vec<String> = league.roster().into_iter().map(|team| team.name).collect();
    let names = scene.shuffled(&names);
    let rules = format!(
        "This market resolves to the winner of the {} season that ends by {}. A side that is \
         eliminated resolves to \"No\" at once.",
        league.name,
        date(scene.ends)
    );
    let title = format!("{} Winner {}", league.name, scene.ends.format("%Y"));
    let draft = Draft::new(Category::Sports, title, rules, &["sports", league.sport]);
    let mut draft = draft.one_of(scene.dice, &names, 0.0, |name| {
        format!("Will {name} win the {} {}?", scene.ends.format("%Y"), league.name)
    });
    draft.withdrawals = 0.85;
    draft
}

fn award(scene: &mut Scene, league: &League) -> Draft {
    let count = usize::try_from(scene.dice.whole(5, 12)).unwrap_or(8);
    let names = people(scene.dice, count);
    let title = format!("{} Player of the Year {}", league.name, scene.ends.format("%Y"));
    let rules = format!(
        "This market resolves to the player named {} player of the year by {}. Players may be \
         added; \"Other\" stands for everybody who is not listed.",
        league.name,
        date(scene.ends)
    );
    let question = |name: &str| format!("Will {name} be the {} player of the year?", league.name);
    let tags = ["sports", "awards", league.sport];
    Draft::new(Category::Sports, title, rules, &tags)
        .one_of(scene.dice, &names, 0.0, question)
        .open_field(scene.dice, "Player", question)
}

/// The half-point at or below a number, above none.
fn half(points: f64) -> f64 {
    (points.floor() + 0.5).max(0.5)
}

fn minutes(minutes: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a few hours")]
    let whole = minutes.round() as i64;
    whole
}
