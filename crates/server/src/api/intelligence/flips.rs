//! `GET /api/whale/flips`: who turned round.

use axum::{extract::State, response::Response};
use domain::{ConditionId, QueryReader};
use store::intelligence::boards::{
    Dollars,
    flips::{self, FlipPlace, FlipsFilter, StoredFlip},
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{
        About, Part, Timeframe, Who, dollars_parameters, part_parameters, read_dollars, read_side,
        side_parameter,
    },
    context::{Context, page_of, waiting_for},
    csv::{self, Board},
};
use crate::{
    api::{csv::Cell, market, reply::Reply},
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::intelligence::{RowsPage, WhaleFlip},
};

/// Which flips, wherever a page of them begins.
#[derive(Debug, Clone, PartialEq)]
pub struct FlipsSelection {
    timeframe: Timeframe,
    who: Who,
    about: About,
    dollars: Dollars,
    side: Option<bool>,
}

impl FromQuery for FlipsSelection {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            timeframe: Timeframe::read(query, Timeframe::Day),
            who: Who::read(query),
            about: About::read(query),
            dollars: read_dollars(query),
            side: read_side(query),
        }
    }
}

impl IntoParams for FlipsSelection {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![Timeframe::parameter(Timeframe::Day)];
        all.extend(dollars_parameters("the largest exposure before"));
        all.extend(About::parameters());
        all.extend(Who::parameters());
        all.push(side_parameter(
            "Only to the market's first outcome (`yes`), or to against it (`no`).",
        ));
        all
    }
}

/// Which page of which flips.
#[derive(Debug, Clone, PartialEq)]
pub struct WhaleFlipsQuery {
    selection: FlipsSelection,
    part: Part<FlipPlace>,
}

impl FromQuery for WhaleFlipsQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self { selection: FlipsSelection::read(query), part: Part::read(query) }
    }
}

impl IntoParams for WhaleFlipsQuery {
    fn into_params(wherever: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = FlipsSelection::into_params(wherever);
        all.extend(part_parameters());
        all
    }
}

impl FlipsSelection {
    fn filter(&self, context: &Context) -> Result<FlipsFilter, ApiError> {
        let condition = |row: crate::view::MarketRow| {
            let id = row.condition_id.as_deref().and_then(|id| ConditionId::parse(id).ok());
            id.ok_or_else(|| market::not_found(&row.market_id))
        };
        Ok(FlipsFilter {
            who: self.who.filter.clone(),
            since: self.timeframe.since(context.now),
            dollars: self.dollars,
            event_key: context.event(&self.about)?,
            condition_id: context.market(&self.about)?.map(condition).transpose()?,
            is_for_first: self.side,
            after: None,
        })
    }
}

/// A page of flips.
async fn load(context: &Context, query: &WhaleFlipsQuery) -> Result<RowsPage<WhaleFlip>, ApiError> {
    let filter = query.selection.filter(context)?;
    let category = query.selection.about.category;
    let pool = context.app.database().public();
    let fetch = |after, limit| {
        let filter = FlipsFilter { after, ..filter.clone() };
        Box::pin(async move { flips::list(pool, &filter, limit).await }) as _
    };
    let place = |flip: &StoredFlip, _| Some(FlipPlace::of(flip));
    let keep = |flip: &StoredFlip| {
        category.is_none_or(|category| {
            let named = context.markets().named(flip.condition_id.as_str());
            named.is_some_and(|named| named.category == Some(category))
        })
    };
    let (stored, next_cursor) =
        page_of(&query.part, category.is_some(), fetch, place, keep).await?;
    let people = context.people(stored.iter().map(|flip| &flip.wallet)).await?;
    let is_empty = stored.is_empty() && query.part.after.is_none();
    let has_any = !is_empty || flips::any(pool).await?;
    let mut markets = context.markets();
    let rows = stored
        .iter()
        .map(|flip| WhaleFlip::of(flip, people.wallet(&flip.wallet), &mut markets))
        .collect();
    Ok(RowsPage {
        rows,
        next_cursor,
        waiting_for: waiting_for(
            is_empty,
            has_any,
            "No wallet whose history is held has turned round yet. Reversals are found when wallets are imported.",
        ),
    })
}

/// A page of reversals, as the route answers it.
pub(crate) async fn answer(
    app: &AppState,
    query: &WhaleFlipsQuery,
) -> Result<Reply<RowsPage<WhaleFlip>>, ApiError> {
    let context = Context::load_for(app, &query.selection.who).await?;
    let data = load(&context, query).await?;
    Ok(context.reply(data))
}

// The macro below takes names without parameters.
type WhaleFlipsReply = Reply<RowsPage<WhaleFlip>>;

/// List reversals
///
/// Wallets whose exposure to an event changed its sign by at least half its peak, the newest first.
#[utoipa::path(
    get, path = "/api/whale/flips", tag = "intelligence", operation_id = "list_whale_flips",
    params(WhaleFlipsQuery),
    responses(
        (status = 200, description = "The reversals", body = WhaleFlipsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_whale_flips(
    State(app): State<AppState>,
    Query(query): Query<WhaleFlipsQuery>,
) -> Result<Response, ApiError> {
    Ok(answer(&app, &query).await?.respond(CachePolicy::NoStore))
}

impl Board for FlipsSelection {
    type Place = FlipPlace;
    type Row = WhaleFlip;
    const NAME: &'static str = "whale-flips";
    const HEADERS: &'static [&'static str] = &[
        "at (UTC)",
        "wallet",
        "name",
        "class",
        "market_id",
        "question",
        "event_id",
        "from_side",
        "to_side",
        "before (USDC)",
        "after (USDC)",
        "peak (USDC)",
        "change (of the peak)",
        "is_whole",
    ];

    fn who(&self) -> Option<&Who> {
        Some(&self.who)
    }

    async fn page(
        &self,
        context: &Context,
        part: Part<FlipPlace>,
    ) -> Result<RowsPage<WhaleFlip>, ApiError> {
        load(context, &WhaleFlipsQuery { selection: self.clone(), part }).await
    }

    fn cells(row: &WhaleFlip) -> Vec<Cell> {
        vec![
            Cell::Instant(Some(row.at)),
            Cell::text(Some(row.wallet.address.as_str())),
            Cell::text(row.wallet.name.as_deref()),
            Cell::text(row.wallet.class.as_deref()),
            Cell::text(Some(row.market.id.as_str())),
            Cell::text(Some(row.market.question.as_str())),
            Cell::text(row.event.as_ref().map(|event| event.id.as_str())),
            Cell::text(row.from_side.as_deref()),
            Cell::text(row.to_side.as_deref()),
            Cell::Number(Some(row.before_usdc)),
            Cell::Number(Some(row.after_usdc)),
            Cell::Number(Some(row.peak_usdc)),
            Cell::Number(Some(row.change)),
            Cell::Flag(row.is_whole),
        ]
    }
}

/// Export reversals
///
/// All that the filters leave, as CSV, the newest first. A transfer that breaks off is not whole.
#[utoipa::path(
    get, path = "/api/whale/flips.csv", tag = "intelligence", operation_id = "export_whale_flips",
    params(FlipsSelection),
    responses(
        (status = 200, description = "The reversals", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_whale_flips(
    State(app): State<AppState>,
    Query(selection): Query<FlipsSelection>,
) -> Result<Response, ApiError> {
    csv::export(app, selection).await
}
