//! Invented leagues and who plays in them, the same in every world.

use crate::noise::Noise;
use crate::world::names::{self, CITIES, MASCOTS};

/// Sides in a league.
const SIDES: usize = 16;

/// Ids of generated teams start here.
const FIRST_TEAM: u64 = 910_000;

/// A competition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct League {
    /// Id of its series.
    pub(crate) series: u64,
    /// Tag of the sport.
    pub(crate) sport: &'static str,
    pub(crate) name: &'static str,
    pub(crate) slug: &'static str,
    /// As slugs of games begin.
    pub(crate) code: &'static str,
    /// Length of a game.
    pub(super) hours: f64,
    /// Points of the winner over the loser (one standard deviation) and of both together.
    pub(super) margin_sd: f64,
    pub(super) total: f64,
    pub(super) total_sd: f64,
    /// How far sides differ, in points, and what home is worth.
    pub(super) strength_sd: f64,
    pub(super) home_edge: f64,
    /// Distance of one line from the next, in points.
    pub(super) line_step: f64,
    /// A game may end without a winner.
    pub(super) draws: bool,
    /// People play, not clubs.
    pub(super) solo: bool,
}

const NOTHING: League = League {
    series: 0,
    sport: "",
    name: "",
    slug: "",
    code: "",
    hours: 2.5,
    margin_sd: 1.0,
    total: 0.0,
    total_sd: 1.0,
    strength_sd: 1.0,
    home_edge: 0.0,
    line_step: 1.0,
    draws: false,
    solo: false,
};

/// Every league.
pub(crate) const LEAGUES: [League; 7] = [
    League {
        series: 900_001,
        sport: "soccer",
        name: "Meridian League",
        slug: "meridian-league",
        code: "mer",
        hours: 2.0,
        margin_sd: 1.65,
        total: 2.7,
        total_sd: 1.6,
        strength_sd: 0.6,
        home_edge: 0.3,
        draws: true,
        ..NOTHING
    },
    League {
        series: 900_002,
        sport: "basketball",
        name: "Coastal Basketball Association",
        slug: "coastal-basketball",
        code: "cba",
        margin_sd: 12.5,
        total: 222.0,
        total_sd: 19.0,
        strength_sd: 4.5,
        home_edge: 2.0,
        line_step: 4.0,
        ..NOTHING
    },
    League {
        series: 900_003,
        sport: "hockey",
        name: "Frostline Hockey League",
        slug: "frostline-hockey",
        code: "fhl",
        margin_sd: 2.4,
        total: 6.0,
        total_sd: 2.3,
        strength_sd: 0.5,
        home_edge: 0.2,
        ..NOTHING
    },
    League {
        series: 900_004,
        sport: "football",
        name: "Continental Football Union",
        slug: "continental-football",
        code: "cfu",
        hours: 3.25,
        margin_sd: 13.5,
        total: 45.0,
        total_sd: 13.0,
        strength_sd: 4.0,
        home_edge: 1.5,
        line_step: 3.0,
        ..NOTHING
    },
    League {
        series: 900_005,
        sport: "baseball",
        name: "Lantern Baseball League",
        slug: "lantern-baseball",
        code: "lbl",
        hours: 3.0,
        margin_sd: 4.2,
        total: 8.7,
        total_sd: 4.3,
        strength_sd: 0.8,
        home_edge: 0.2,
        ..NOTHING
    },
    League {
        series: 900_006,
        sport: "tennis",
        name: "Saltmere Open",
        slug: "saltmere-open",
        code: "slt",
        hours: 2.25,
        margin_sd: 5.5,
        total: 22.8,
        total_sd: 5.0,
        strength_sd: 2.5,
        line_step: 2.0,
        solo: true,
        ..NOTHING
    },
    League {
        series: 900_007,
        sport: "esports",
        name: "Hexmere Invitational",
        slug: "hexmere-invitational",
        code: "hex",
        margin_sd: 1.9,
        total: 2.8,
        total_sd: 1.0,
        strength_sd: 0.7,
        ..NOTHING
    },
];

/// One side of a game: a club or a player.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// Code of its league.
    pub(crate) league: &'static str,
    /// Three letters, lower case.
    pub(crate) abbreviation: String,
    /// How much better than the league's average, in points.
    pub(super) strength: f64,
}

impl League {
    /// Everybody who plays in it.
    pub(crate) fn roster(&self) -> Vec<Team> {
        let mut dice = Noise::of(self.series).dice();
        let called: Vec<(String, String)> = if self.solo {
            let players = names::people(&mut dice, SIDES).into_iter();
            players.map(|name| (short(last_word(&name)), name)).collect()
        } else {
            let cities = dice.sample(&CITIES, SIDES);
            let mascots = dice.sample(&MASCOTS, SIDES);
            let clubs = cities.into_iter().zip(mascots);
            clubs.map(|(city, mascot)| (short(city), format!("{city} {mascot}"))).collect()
        };
        (0..)
            .zip(called)
            .map(|(index, (abbreviation, name))| Team {
                id: FIRST_TEAM + 100 * (self.series % 100) + index,
                name,
                league: self.code,
                abbreviation,
                strength: self.strength_sd * dice.bell(),
            })
            .collect()
    }

    /// Two different sides.
    pub(super) fn draw_sides(&self, dice: &mut crate::noise::Dice) -> Option<(Team, Team)> {
        let roster = self.roster();
        let indices: Vec<usize> = (0..roster.len()).collect();
        match dice.sample(&indices, 2).as_slice() {
            &[home, away] => Some((roster[home].clone(), roster[away].clone())),
            _ => None,
        }
    }
}

fn last_word(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or(name)
}

/// The first three letters.
fn short(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphabetic).take(3).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn teams_are_told_apart() {
        let teams: Vec<Team> = LEAGUES.iter().flat_map(League::roster).collect();
        let ids: BTreeSet<u64> = teams.iter().map(|team| team.id).collect();
        assert_eq!(ids.len(), SIDES * LEAGUES.len());
        for league in LEAGUES {
            let roster = league.roster();
            let names: BTreeSet<&str> = roster.iter().map(|team| team.name.as_str()).collect();
            assert_eq!(names.len(), SIDES, "{}", league.name);
            if !league.solo {
                let short: BTreeSet<&str> =
                    roster.iter().map(|team| team.abbreviation.as_str()).collect();
                assert_eq!(short.len(), SIDES, "{}", league.name);
            }
        }
    }
}
