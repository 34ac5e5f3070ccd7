//! `GET /api/whale/concentration`: which markets are in few hands.

use axum::{extract::State, response::Response};
use domain::{Address, QueryReader};
use store::intelligence::boards::concentration::{
    self, ConcentrationFilter, ConcentrationOrder, ConcentrationPlace, StoredConcentration,
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{
        About, Part, Timeframe, Who, choice, part_parameters, read_side, side_parameter, word,
    },
    context::{Context, People, page_of, waiting_for},
    csv::{self, Board},
};
use crate::{
    api::{csv::Cell, reply::Reply},
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::intelligence::{ConcentrationRow, HolderPart, MarketNames, RowsPage},
};

/// Which markets, wherever a page of them begins.
#[derive(Debug, Clone, PartialEq)]
pub struct ConcentrationSelection {
    timeframe: Timeframe,
    about: About,
    side: Option<bool>,
    order: ConcentrationOrder,
}

impl FromQuery for ConcentrationSelection {
    fn read(query: &mut QueryReader) -> Self {
        let orders = ConcentrationOrder::ALL.map(|order| (order.slug(), order));
        Self {
            timeframe: Timeframe::read(query, Timeframe::All),
            about: About::read(query),
            side: read_side(query),
            order: word(query, "sort", &orders).unwrap_or_default(),
        }
    }
}

impl IntoParams for ConcentrationSelection {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![Timeframe::parameter(Timeframe::All)];
        all.extend(About::parameters());
        all.push(side_parameter("Only the market's first outcome (`yes`), or the other (`no`)."));
        let words = ConcentrationOrder::ALL.map(ConcentrationOrder::slug);
        all.push(choice("sort", "What comes first, the most concentrated.", words, Some("hhi")));
        all
    }
}

/// Which page of which markets.
#[derive(Debug, Clone, PartialEq)]
pub struct ConcentrationQuery {
    selection: ConcentrationSelection,
    part: Part<ConcentrationPlace>,
}

impl FromQuery for ConcentrationQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self { selection: ConcentrationSelection::read(query), part: Part::read(query) }
    }
}

impl IntoParams for ConcentrationQuery {
    fn into_params(wherever: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = ConcentrationSelection::into_params(wherever);
        all.extend(part_parameters());
        all
    }
}

impl ConcentrationSelection {
    fn filter(&self, context: &Context) -> Result<ConcentrationFilter, ApiError> {
        let market_ids = match (context.market(&self.about)?, context.event(&self.about)?) {
            (Some(row), _) => Some(vec![row.market_id]),
            (None, Some(event_id)) => Some(context.event_markets(&event_id)?),
            (None, None) => None,
        };
        Ok(ConcentrationFilter {
            since: self.timeframe.since(context.now),
            market_ids,
            outcome_index: self.side.map(|is_first| i16::from(!is_first)),
            order: self.order,
            after: None,
        })
    }
}

/// The largest holders of some readings, to be asked who they are.
pub(crate) fn holders(readings: &[StoredConcentration]) -> Vec<Address> {
    let largest = readings.iter().flat_map(ConcentrationRow::top_of);
    largest.map(|(wallet, _)| wallet).collect()
}

/// A reading with its largest holders.
pub(crate) fn view(
    reading: &StoredConcentration,
    people: &People,
    markets: &mut MarketNames<'_>,
) -> ConcentrationRow {
    let top = ConcentrationRow::top_of(reading).into_iter().take(5);
    let top = top.map(|(wallet, share)| HolderPart { wallet: people.wallet(&wallet), share });
    ConcentrationRow::of(reading, top.collect(), markets)
}

/// A page of markets.
async fn load(
    context: &Context,
    query: &ConcentrationQuery,
) -> Result<RowsPage<ConcentrationRow>, ApiError> {
    let filter = query.selection.filter(context)?;
    let category = query.selection.about.category;
    let pool = context.app.database().public();
    let fetch = |after, limit| {
        let filter = ConcentrationFilter { after, ..filter.clone() };
        Box::pin(async move { concentration::list(pool, &filter, limit).await }) as _
    };
    let place = |reading: &StoredConcentration, _| {
        Some(ConcentrationPlace {
            key: filter.order.key(reading),
            market_id: reading.market_id.clone(),
            outcome_index: reading.outcome_index,
        })
    };
    // Holdings of markets that are over stay as they were; who asks for one gets it.
    let is_asked_for = query.selection.about.market.is_some();
    let keep = |reading: &StoredConcentration| {
        let id = reading.market_id.as_str();
        (is_asked_for || context.snapshot.is_open(id))
            && category.is_none_or(|of| context.category(id) == Some(of))
    };
    let (stored, next_cursor) = page_of(&query.part, !is_asked_for, fetch, place, keep).await?;
    let people = context.people(&holders(&stored)).await?;
    let is_empty = stored.is_empty() && query.part.after.is_none();
    let has_any = !is_empty || concentration::any(pool).await?;
    let mut markets = context.markets();
    Ok(RowsPage {
        rows: stored.iter().map(|reading| view(reading, &people, &mut markets)).collect(),
        next_cursor,
        waiting_for: waiting_for(
            is_empty,
            has_any,
            "No market's holders have been looked at yet. Those of the busiest markets are, every hour.",
        ),
    })
}

/// A page of markets, as the route answers it.
pub(crate) async fn answer(
    app: &AppState,
    query: &ConcentrationQuery,
) -> Result<Reply<RowsPage<ConcentrationRow>>, ApiError> {
    let context = Context::load(app).await?;
    let data = load(&context, query).await?;
    Ok(context.reply(data))
}

// The macro below takes names without parameters.
type ConcentrationReply = Reply<RowsPage<ConcentrationRow>>;

/// Rank markets by concentration
///
/// How concentrated the holdings of each outcome of open markets are among the holders that upstream names, as last
/// looked at.
#[utoipa::path(
    get, path = "/api/whale/concentration", tag = "intelligence", operation_id = "list_whale_concentration",
    params(ConcentrationQuery),
    responses(
        (status = 200, description = "The markets", body = ConcentrationReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_whale_concentration(
    State(app): State<AppState>,
    Query(query): Query<ConcentrationQuery>,
) -> Result<Response, ApiError> {
    Ok(answer(&app, &query).await?.respond(CachePolicy::NoStore))
}

impl Board for ConcentrationSelection {
    type Place = ConcentrationPlace;
    type Row = ConcentrationRow;
    const NAME: &'static str = "whale-concentration";
    const HEADERS: &'static [&'static str] = &[
        "market_id",
        "question",
        "outcome",
        "holders",
        "hhi",
        "effective_holders",
        "top_share",
        "largest",
        "is_top_only",
        "observed_at (UTC)",
    ];

    fn who(&self) -> Option<&Who> {
        None
    }

    async fn page(
        &self,
        context: &Context,
        part: Part<ConcentrationPlace>,
    ) -> Result<RowsPage<ConcentrationRow>, ApiError> {
        load(context, &ConcentrationQuery { selection: self.clone(), part }).await
    }

    fn cells(row: &ConcentrationRow) -> Vec<Cell> {
        vec![
            Cell::text(Some(row.market.id.as_str())),
            Cell::text(Some(row.market.question.as_str())),
            Cell::text(row.market.outcome.as_deref()),
            Cell::Number(Some(row.holders.into())),
            Cell::Number(Some(row.hhi)),
            Cell::Number(Some(row.effective_holders)),
            Cell::Number(Some(row.top_share)),
            Cell::text(row.top.first().map(|largest| largest.wallet.address.as_str())),
            Cell::Flag(row.is_top_only),
            Cell::Instant(Some(row.observed_at)),
        ]
    }
}

/// Export markets by concentration
///
/// All that the filters leave, as CSV, in the order asked for. A transfer that breaks off is not whole.
#[utoipa::path(
    get, path = "/api/whale/concentration.csv", tag = "intelligence",
    operation_id = "export_whale_concentration",
    params(ConcentrationSelection),
    responses(
        (status = 200, description = "The markets", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_whale_concentration(
    State(app): State<AppState>,
    Query(selection): Query<ConcentrationSelection>,
) -> Result<Response, ApiError> {
    csv::export(app, selection).await
}
