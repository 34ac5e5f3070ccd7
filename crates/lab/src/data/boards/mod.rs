//! Ranked boards: who made and who traded most, and the biggest wins.

mod scores;
mod topic;

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use serde::Serialize;

use super::number::{seconds, units};
use super::paging::{Board, BoardPlace, Envelope, Page};
use super::params::Params;
use super::problem::Problem;
use super::rows::Owner;
use super::{Answer, ask, cached};
use crate::exchange::{Usdc, WalletIx};
use crate::server::App;
use crate::world::World;
pub(crate) use scores::{Cache, Period, Score, Scoreboard, Win};
pub(crate) use topic::{OVERALL, Topic};

const LEADERBOARD: &str = "leaderboard";
const BIGGEST_WINNERS: &str = "biggest_winners";

/// Most wins of a board.
const MOST_WINS: usize = 500;

/// What a board is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Pnl,
    Volume,
}

impl Sort {
    const fn name(self) -> &'static str {
        match self {
            Self::Pnl => "PNL",
            Self::Volume => "VOLUME",
        }
    }

    fn key(self, score: &Score) -> i64 {
        match self {
            Self::Pnl => score.pnl,
            Self::Volume => score.traded.shares,
        }
    }
}

/// A wallet on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ranked {
    /// Equal wallets share one, and the next one skips.
    pub(crate) rank: usize,
    pub(crate) wallet: WalletIx,
    pub(crate) score: Score,
}

/// A board from the best to the worst. Who has nothing to show is not on it.
pub(crate) fn ranked(scores: impl Iterator<Item = (WalletIx, Score)>, sort: Sort) -> Vec<Ranked> {
    let mut scores: Vec<_> = scores.filter(|(_, score)| sort.key(score) != 0).collect();
    scores.sort_by_key(|&(wallet, score)| (Reverse(sort.key(&score)), wallet));
    let mut board: Vec<Ranked> = Vec::with_capacity(scores.len());
    for (place, (wallet, score)) in (1..).zip(scores) {
        let tied = board.last().filter(|last| sort.key(&last.score) == sort.key(&score));
        let rank = tied.map_or(place, |last| last.rank);
        board.push(Ranked { rank, wallet, score });
    }
    board
}

#[derive(Serialize)]
struct LeaderRow {
    rank: usize,
    user_id: String,
    pnl: f64,
    volume: f64,
    user_name: String,
    profile_image: &'static str,
    x_username: String,
    verified: bool,
}

/// One wallet on both boards of a topic; `None` where it is not on a board.
#[derive(Serialize)]
struct StandingRow {
    user_id: String,
    pnl: f64,
    volume: f64,
    rank_pnl: Option<usize>,
    rank_volume: Option<usize>,
    user_name: String,
    profile_image: &'static str,
    x_username: String,
    verified: bool,
}

fn period(params: &Params) -> Result<Option<Period>, Problem> {
    let periods = Period::ALL.map(|period| (period.name(), period));
    params.choice("time_period", &periods, "time_period must be one of day, week, month, all")
}

/// Any word is a topic; most have empty boards.
fn topic(params: &Params) -> Option<String> {
    params.text("category").map(str::to_lowercase)
}

pub(crate) async fn leaderboard(
    State(app): State<App>,
    Extension(cache): Extension<Arc<Cache>>,
    params: Params,
) -> Answer {
    let period = period(&params)?;
    if let Some(user) = params.user()? {
        let board = cache.scoreboard(&app).await?;
        let topic = Topic::named(topic(&params).as_deref().unwrap_or(OVERALL));
        let period = period.unwrap_or(Period::Day);
        let data = ask(&app, move |world| {
            Ok(topic.and_then(|topic| standing(world, &board, &user, topic, period)))
        });
        return Ok(cached(0, Envelope { data: data.await? }));
    }
    let sorts = [("PNL", Sort::Pnl), ("VOLUME", Sort::Volume)];
    let sort = params.choice("sort_by", &sorts, "sort_by must be PNL or VOLUME")?;
    let asked = Board {
        sort: sort.map(|sort| sort.name().to_owned()),
        period: period.map(|period| period.name().to_owned()),
        category: topic(&params),
    };
    let defaults = Board {
        sort: Some(Sort::Pnl.name().to_owned()),
        period: Some(Period::Day.name().to_owned()),
        category: Some(OVERALL.to_owned()),
    };
    let place = BoardPlace::read(LEADERBOARD, &params, asked, defaults)?;
    let board = cache.scoreboard(&app).await?;
    let page = ask(&app, move |world| leaders(world, &board, place)).await?;
    Ok(cached(0, page))
}

/// Period and topic that a place names.
fn subject(place: &BoardPlace) -> (Period, Option<Topic>) {
    let named = |name: &str| Period::ALL.into_iter().find(|period| period.name() == name);
    let period = place.period.as_deref().and_then(named).unwrap_or(Period::Day);
    (period, Topic::named(place.category.as_deref().unwrap_or(OVERALL)))
}

fn leaders(
    world: &World,
    board: &Scoreboard,
    place: BoardPlace,
) -> Result<Page<LeaderRow>, Problem> {
    let (period, topic) = subject(&place);
    let by_volume = place.sort.as_deref() == Some(Sort::Volume.name());
    let sort = if by_volume { Sort::Volume } else { Sort::Pnl };
    let rows = topic.map(|topic| ranked(board.scores(topic, period), sort)).unwrap_or_default();
    place.page(LEADERBOARD, &rows, |ranked| {
        let owner = Owner::of(world, ranked.wallet);
        LeaderRow {
            rank: ranked.rank,
            user_id: owner.proxy_wallet,
            pnl: units(ranked.score.pnl),
            volume: units(ranked.score.traded.shares),
            user_name: owner.name,
            profile_image: "",
            x_username: owner.x_username,
            verified: owner.verified,
        }
    })
}

fn standing(
    world: &World,
    board: &Scoreboard,
    user: &str,
    topic: Topic,
    period: Period,
) -> Option<StandingRow> {
    let wallet = world.by_address(user)?;
    let score = board.score(wallet, topic, period);
    let rank = |sort| {
        let rows = ranked(board.scores(topic, period), sort);
        rows.into_iter().find(|ranked| ranked.wallet == wallet).map(|ranked| ranked.rank)
    };
    let (rank_pnl, rank_volume) = (rank(Sort::Pnl), rank(Sort::Volume));
    // Who is on neither board is unknown.
    rank_pnl.or(rank_volume)?;
    let owner = Owner::of(world, wallet);
    Some(StandingRow {
        user_id: owner.proxy_wallet,
        pnl: units(score.pnl),
        volume: units(score.traded.shares),
        rank_pnl,
        rank_volume,
        user_name: owner.name,
        profile_image: "",
        x_username: owner.x_username,
        verified: owner.verified,
    })
}

#[derive(Serialize)]
struct WinRow {
    win_rank: usize,
    kind: &'static str,
    user_id: String,
    pnl: f64,
    initial_value: f64,
    final_value: f64,
    resolved_at: i64,
    condition_id: String,
    position_id: String,
    event_id: u64,
    event_slug: String,
    event_title: String,
    user_name: String,
    profile_image: &'static str,
}

fn profit(win: &Win) -> Usdc {
    win.payoff - win.cost
}

pub(crate) async fn biggest_winners(
    State(app): State<App>,
    Extension(cache): Extension<Arc<Cache>>,
    params: Params,
) -> Answer {
    let asked = Board {
        sort: None,
        period: period(&params)?.map(|period| period.name().to_owned()),
        category: topic(&params),
    };
    let defaults = Board {
        sort: None,
        period: Some(Period::Day.name().to_owned()),
        category: Some(OVERALL.to_owned()),
    };
    let place = BoardPlace::read(BIGGEST_WINNERS, &params, asked, defaults)?;
    let board = cache.scoreboard(&app).await?;
    let page = ask(&app, move |world| winners(world, &board, place)).await?;
    Ok(cached(0, page))
}

fn winners(world: &World, board: &Scoreboard, place: BoardPlace) -> Result<Page<WinRow>, Problem> {
    let (period, topic) = subject(&place);
    let is_about = |win: &&Win| {
        let mut topics = topic::topics_of(world.market(win.market).0);
        topics.any(|of_win| topic == Some(of_win))
    };
    let mut wins: Vec<&Win> = board.wins(period).filter(is_about).collect();
    wins.sort_by_key(|win| (Reverse(profit(win)), win.wallet, win.market, win.outcome));
    wins.truncate(MOST_WINS);
    let ranked: Vec<(usize, &Win)> = (1..).zip(wins).collect();
    place.page(BIGGEST_WINNERS, &ranked, |&(win_rank, win)| {
        let owner = Owner::of(world, win.wallet);
        let (event, market) = world.market(win.market);
        WinRow {
            win_rank,
            kind: "market",
            user_id: owner.proxy_wallet,
            pnl: units(profit(win)),
            initial_value: units(win.cost),
            final_value: units(win.payoff),
            resolved_at: seconds(win.resolved_ms),
            condition_id: market.condition_id.clone(),
            position_id: market.token_ids[win.outcome.index()].clone(),
            event_id: event.number,
            event_slug: event.slug.clone(),
            event_title: event.draft.title.clone(),
            user_name: owner.name,
            profile_image: "",
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ledger::Traded;

    #[test]
    fn equal_wallets_share_a_rank_and_the_next_one_skips() {
        let score = |pnl, shares| Score { pnl, traded: Traded { shares, usdc: 1, count: 1 } };
        let scores = [score(5, 1), score(-2, 0), score(5, 9), score(0, 4), score(7, 1)].into_iter();
        let scores: Vec<_> = (0..).map(WalletIx).zip(scores).collect();
        let ranks = |sort| {
            let board = ranked(scores.iter().copied(), sort);
            board.into_iter().map(|row| (row.rank, row.wallet.0)).collect::<Vec<_>>()
        };
        assert_eq!(ranks(Sort::Pnl), [(1, 4), (2, 0), (2, 2), (4, 1)]);
        assert_eq!(ranks(Sort::Volume), [(1, 2), (2, 3), (3, 0), (3, 4)]);
    }
}
