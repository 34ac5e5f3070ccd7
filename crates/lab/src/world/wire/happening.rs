//! What an event row says of the game or the window that the event is about.

use std::sync::LazyLock;

use axum::body::Bytes;
use serde::Serialize;

use super::{date_only, iso, precise};
use crate::world::World;
use crate::world::category::tag_info;
use crate::world::event::Event;
use crate::world::stories::{COINS, LEAGUES, League, Team};

/// When leagues and teams came to the site.
const LISTED: &str = "2026-01-05T12:00:00.448901Z";

/// The tags of every game, before that of its sport.
const GAME_TAGS: [&str; 2] = ["sports", "games"];

/// Members of an event row.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Happening {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_metadata: Option<PriceRow>,
    #[serde(flatten)]
    game: Option<GameRow>,
}

/// Prices of a window.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PriceRow {
    /// Dollars at the start.
    price_to_beat: f64,
    /// Dollars at the end, once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    final_price: Option<f64>,
}

/// Members that only games have. The world knows who wins and by how much, but keeps no score that
/// could be shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GameRow {
    event_date: String,
    live: bool,
    ended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_timestamp: Option<String>,
    game_id: u64,
    teams: Vec<TeamRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sport: Option<SportRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TeamRow {
    id: u64,
    name: String,
    league: &'static str,
    abbreviation: String,
    created_at: &'static str,
    updated_at: &'static str,
    /// `home` or `away`; only inside an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    ordering: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SportRow {
    id: u64,
    sport: &'static str,
    name: &'static str,
    /// Empty: the lab has no pictures.
    image: &'static str,
    resolution: &'static str,
    ordering: &'static str,
    tags: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_tag_id: Option<u64>,
    series: String,
    created_at: &'static str,
}

impl Happening {
    pub(super) fn of(world: &World, event: &Event) -> Self {
        let Some(starts_s) = event.starts_s() else { return Self::default() };
        let is_game = !event.draft.teams.is_empty();
        Self {
            start_time: Some(iso(starts_s)),
            event_metadata: PriceRow::of(world, event, starts_s),
            game: is_game.then(|| GameRow::of(event, starts_s)),
        }
    }
}

impl PriceRow {
    /// `None` before the start, and where the event is about no price that is known by its tag.
    fn of(world: &World, event: &Event, starts_s: i64) -> Option<Self> {
        let coin = COINS.iter().find(|coin| event.draft.tags.contains(&coin.tag))?;
        let at_s = event.at_s();
        let dollars = |at_s| {
            let dollars = world.prices().dollars(coin, crate::world::at_s(at_s));
            (dollars * 1e6).round() / 1e6
        };
        let ends_s = event.ends_s();
        (at_s >= starts_s).then(|| Self {
            price_to_beat: dollars(starts_s),
            final_price: (at_s >= ends_s).then(|| dollars(ends_s)),
        })
    }
}

impl GameRow {
    fn of(event: &Event, starts_s: i64) -> Self {
        let (at_s, ends_s) = (event.at_s(), event.ends_s());
        let ended = at_s >= ends_s;
        let sides = event.draft.teams.iter().zip(["home", "away"]);
        let code = event.draft.teams.first().map_or("", |team| team.league);
        Self {
            event_date: date_only(starts_s),
            live: at_s >= starts_s && !ended,
            ended,
            finished_timestamp: ended.then(|| precise(ends_s, event.number)),
            game_id: event.number,
            teams: sides.map(|(team, ordering)| TeamRow::of(team, Some(ordering))).collect(),
            sport: LEAGUES.iter().find(|league| league.code == code).map(SportRow::of),
        }
    }
}

impl TeamRow {
    fn of(team: &Team, ordering: Option<&'static str>) -> Self {
        Self {
            id: team.id,
            name: team.name.clone(),
            league: team.league,
            abbreviation: team.abbreviation.clone(),
            created_at: LISTED,
            updated_at: LISTED,
            ordering,
        }
    }
}

impl SportRow {
    fn of(league: &League) -> Self {
        let own = tag_info(league.sport).map(|tag| tag.id);
        let tags = GAME_TAGS.iter().filter_map(|slug| tag_info(slug)).map(|tag| tag.id).chain(own);
        let tags: Vec<String> = tags.map(|id| id.to_string()).collect();
        Self {
            id: league.series % 1_000,
            sport: league.code,
            name: league.name,
            image: "",
            resolution: "",
            ordering: "home",
            tags: tags.join(","),
            primary_tag_id: own,
            series: league.series.to_string(),
            created_at: LISTED,
        }
    }
}

/// Rows of `/sports`: every league of every world.
pub(in crate::world) fn sports() -> Vec<Bytes> {
    static ROWS: LazyLock<Vec<Bytes>> =
        LazyLock::new(|| LEAGUES.iter().filter_map(|league| row(&SportRow::of(league))).collect());
    ROWS.clone()
}

/// Rows of `/teams`, by id: everybody who plays in a league.
pub(in crate::world) fn teams() -> Vec<(u64, Bytes)> {
    static ROWS: LazyLock<Vec<(u64, Bytes)>> = LazyLock::new(|| {
        let teams = LEAGUES.iter().flat_map(League::roster);
        teams.filter_map(|team| Some((team.id, row(&TeamRow::of(&team, None))?))).collect()
    });
    ROWS.clone()
}

fn row(row: &impl Serialize) -> Option<Bytes> {
    serde_json::to_vec(row).ok().map(Bytes::from)
}
