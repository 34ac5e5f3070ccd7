//! `GET /api/whale/flips`: who turned round.

use axum::{extract::State, response::Response};
use domain::{Address, ConditionId, QueryReader};
use store::{
    PgPool, StoreError,
    intelligence::boards::{
        Dollars,
        flips::{self, FlipPlace, FlipsFilter, StoredFlip},
    },
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{About, Timeframe, Who, dollars_parameters, read_dollars, read_side, side_parameter},
    board::{self, Listed, Paged},
    context::{Context, People},
    csv::{self, Export},
};
use crate::{
    api::{csv::Cell, market, reply::Reply},
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::intelligence::{MarketNames, RowsPage, WhaleFlip},
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
pub(crate) type WhaleFlipsQuery = Paged<FlipsSelection>;

impl Listed for FlipsSelection {
    type Filter = FlipsFilter;
    type Place = FlipPlace;
    type Stored = StoredFlip;
    type Row = WhaleFlip;

    fn who(&self) -> Option<&Who> {
        Some(&self.who)
    }

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

    async fn fetch(
        pool: &PgPool,
        filter: &FlipsFilter,
        after: Option<FlipPlace>,
        limit: u32,
    ) -> Result<Vec<StoredFlip>, StoreError> {
        flips::list(pool, &FlipsFilter { after, ..filter.clone() }, limit).await
    }

    fn place(_: &FlipsFilter, flip: &StoredFlip) -> FlipPlace {
        FlipPlace::of(flip)
    }

    fn is_sieved(&self) -> bool {
        self.about.category.is_some()
    }

    fn keeps(&self, context: &Context, _: &FlipsFilter, flip: &StoredFlip) -> bool {
        self.about.category.is_none_or(|category| {
            let named = context.markets().named(flip.condition_id.as_str());
            named.is_some_and(|named| named.category == Some(category))
        })
    }

    fn wallets(flip: &StoredFlip) -> Vec<Address> {
        vec![flip.wallet.clone()]
    }

    fn view(flip: &StoredFlip, people: &People, markets: &mut MarketNames<'_>) -> WhaleFlip {
        WhaleFlip::of(flip, people.wallet(&flip.wallet), markets)
    }

    async fn any(&self, pool: &PgPool) -> Result<bool, StoreError> {
        flips::any(pool).await
    }

    fn waiting(&self) -> &'static str {
        "No wallet whose history is held has turned round yet. Reversals are found when wallets are imported."
    }
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
    board::respond(&app, &query).await
}

impl Export for FlipsSelection {
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
