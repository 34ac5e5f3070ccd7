//! `GET /api/whale/scoreboard`: wallets ranked by a score.

use std::collections::HashMap;

use axum::{extract::State, response::Response};
use domain::QueryReader;
use store::intelligence::{
    boards::{
        WalletFilter,
        scores::{self, BoardFilter, BoardPlace, StandingScore},
    },
    scores::{Verdict, last_run},
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{Part, Who, choice, cursor_of, word},
    board::{Board, Paged},
    context::{Context, waiting_for},
    csv::{self, Export},
};
use crate::{
    api::{csv::Cell, parameters::text, reply::Reply},
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::intelligence::{
        RowsPage, SCORES, ScoreName, ScoreRow, Scoreboard, ScoredPopulation, number,
    },
};

/// Which ranking, wherever a page of it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardSelection {
    score: ScoreName,
    verdict: Verdict,
    who: WalletFilter,
    least: Option<f64>,
}

impl FromQuery for BoardSelection {
    fn read(query: &mut QueryReader) -> Self {
        let kinds = SCORES.map(|score| (score.slug(), score));
        let verdicts = Verdict::ALL.map(|verdict| (verdict.slug(), verdict));
        let verdict = word(query, "verdict", &verdicts).unwrap_or(Verdict::Scored);
        let least = query.within("min_score", 0.0, 100.0);
        if let Some(least) = least.filter(|_| verdict != Verdict::Scored) {
            query.refuse(
                "min_score",
                &least.to_string(),
                "needs `verdict=scored`: the others have no score",
            );
        }
        Self {
            score: word(query, "score", &kinds).unwrap_or(ScoreName::Whale),
            verdict,
            who: Who::read_wallets(query),
            least,
        }
    }
}

impl IntoParams for BoardSelection {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![
            choice("score", "Which score.", SCORES.map(ScoreName::slug), Some("whale")),
            choice(
                "verdict",
                "Wallets with a score, or those without one and why.",
                Verdict::ALL.map(Verdict::slug),
                Some("scored"),
            ),
            text("min_score", "Only from this score on, 0 to 100."),
        ];
        all.extend(Who::wallet_parameters());
        all
    }
}

/// Which page of which ranking.
pub(crate) type ScoreboardQuery = Paged<BoardSelection>;

/// A page of a ranking.
async fn load(
    context: &Context,
    selection: &BoardSelection,
    part: &Part<BoardPlace>,
) -> Result<Scoreboard, ApiError> {
    let score = selection.score;
    let withdrawn = context.standing.withdrawn(score);
    let pool = context.app.database().public();
    let run = last_run(pool, score.slug());
    let (stored, run) = if withdrawn.is_some() {
        (Vec::new(), run.await?)
    } else {
        let filter = BoardFilter {
            kind: score.slug().to_owned(),
            verdict: selection.verdict.slug().to_owned(),
            who: selection.who.clone(),
            least: selection.least,
            after: part.after.clone(),
        };
        // One more than asked for tells whether there are more.
        let board = scores::board(pool, &filter, part.limit + 1);
        let (stored, run) = tokio::join!(board, run);
        (stored?, run?)
    };
    let is_empty = stored.is_empty() && part.after.is_none();
    let mut board = rows(context, selection, part, stored).await?;
    board.waiting_for = waiting_for(
        is_empty,
        run.is_some() || withdrawn.is_some(),
        "No wallet has been scored yet. Scores follow when histories of wallets have been imported.",
    );
    board.population = run.as_ref().map(ScoredPopulation::of);
    board.audit = context.standing.trials(score);
    board.withdrawn = withdrawn;
    Ok(board)
}

async fn rows(
    context: &Context,
    selection: &BoardSelection,
    part: &Part<BoardPlace>,
    mut stored: Vec<StandingScore>,
) -> Result<Scoreboard, ApiError> {
    let has_more = stored.len() > part.limit as usize;
    stored.truncate(part.limit as usize);
    let wallets: Vec<_> = stored.iter().map(|score| score.wallet.clone()).collect();
    let profits = async {
        if wallets.is_empty() {
            return Ok(Vec::new());
        }
        scores::profits(context.app.database().public(), &wallets).await
    };
    let (people, profits) = tokio::join!(context.people(&wallets), profits);
    let (people, profits): (_, HashMap<_, _>) = (people?, profits?.into_iter().collect());
    let before = part.after.as_ref().map_or(0, |place| place.rank);
    // The first of some wallets is not the first of all.
    let is_ranking = selection.verdict == Verdict::Scored
        && selection.who.wallets.is_empty()
        && selection.who.class.is_none();
    let last = stored.last().zip(u32::try_from(stored.len()).ok()).filter(|_| has_more);
    let next_cursor = last.map(|(score, count)| {
        let (value, wallet) = (score.value, score.wallet.clone());
        cursor_of(&BoardPlace { value, wallet, rank: before + count })
    });
    let rows = (before + 1..).zip(&stored).map(|(rank, score)| ScoreRow {
        rank: is_ranking.then_some(rank),
        profit_usdc: profits.get(&score.wallet).copied().map(number),
        unreconciled: people.face(&score.wallet).and_then(|face| face.disagrees),
        ..ScoreRow::of(score, people.wallet(&score.wallet), false)
    });
    Ok(Scoreboard {
        rows: rows.collect(),
        next_cursor,
        waiting_for: None,
        population: None,
        audit: Vec::new(),
        withdrawn: None,
    })
}

/// A page of a ranking, as the route answers it.
pub(crate) async fn answer(
    app: &AppState,
    query: &ScoreboardQuery,
) -> Result<Reply<Scoreboard>, ApiError> {
    let context = Context::load(app).await?;
    let data = load(&context, &query.selection, &query.part).await?;
    Ok(context.reply(data))
}

type ScoreboardReply = Reply<Scoreboard>;

/// Rank wallets by a score
///
/// The highest first, each with its interval, what it was made from, and how often such a score is wrong. Makers, bots
/// and wallets whose history supports no score are not ranked; `verdict` lists them with the reason. A score over its
/// declared error budget is withdrawn: there are no rows, and `withdrawn` says why.
#[utoipa::path(
    get, path = "/api/whale/scoreboard", tag = "intelligence", operation_id = "get_whale_scoreboard",
    params(ScoreboardQuery),
    responses(
        (status = 200, description = "The ranking", body = ScoreboardReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_whale_scoreboard(
    State(app): State<AppState>,
    Query(query): Query<ScoreboardQuery>,
) -> Result<Response, ApiError> {
    Ok(answer(&app, &query).await?.respond(CachePolicy::NoStore))
}

impl Board for BoardSelection {
    type Place = BoardPlace;
    type Row = ScoreRow;

    async fn page(
        &self,
        context: &Context,
        part: &Part<BoardPlace>,
    ) -> Result<RowsPage<ScoreRow>, ApiError> {
        let Scoreboard { rows, next_cursor, waiting_for, .. } = load(context, self, part).await?;
        Ok(RowsPage { rows, next_cursor, waiting_for })
    }
}

impl Export for BoardSelection {
    const NAME: &'static str = "scoreboard";
    const HEADERS: &'static [&'static str] = &[
        "rank",
        "wallet",
        "name",
        "class",
        "score",
        "value",
        "low",
        "high",
        "n",
        "version",
        "as_of (UTC)",
        "checked_at (UTC)",
        "verdict",
        "reason",
        "profit (USDC)",
        "unreconciled",
    ];

    fn cells(row: &ScoreRow) -> Vec<Cell> {
        vec![
            Cell::Number(row.rank.map(f64::from)),
            Cell::text(Some(row.wallet.address.as_str())),
            Cell::text(row.wallet.name.as_deref()),
            Cell::text(row.wallet.class.as_deref()),
            Cell::text(Some(row.kind.as_str())),
            Cell::Number(row.value),
            Cell::Number(row.low),
            Cell::Number(row.high),
            Cell::Number(Some(row.n.into())),
            Cell::Number(Some(row.version.into())),
            Cell::Instant(Some(row.as_of)),
            Cell::Instant(Some(row.checked_at)),
            Cell::text(Some(row.verdict.as_str())),
            Cell::text(row.reason.as_deref()),
            Cell::Number(row.profit_usdc),
            csv::flag(row.unreconciled),
        ]
    }
}

/// Export a ranking
///
/// All that the filters leave, as CSV, in its order. A transfer that breaks off is not whole; of a score that is
/// withdrawn there is nothing but the first line.
#[utoipa::path(
    get, path = "/api/whale/scoreboard.csv", tag = "intelligence", operation_id = "export_whale_scoreboard",
    params(BoardSelection),
    responses(
        (status = 200, description = "The ranking", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_whale_scoreboard(
    State(app): State<AppState>,
    Query(selection): Query<BoardSelection>,
) -> Result<Response, ApiError> {
    csv::export(app, selection).await
}
