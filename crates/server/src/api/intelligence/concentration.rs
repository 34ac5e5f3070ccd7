//! `GET /api/whale/concentration`: which markets are in few hands.

use axum::{extract::State, response::Response};
use domain::{Address, QueryReader};
use store::{
    PgPool, StoreError,
    intelligence::boards::concentration::{
        self, ConcentrationFilter, ConcentrationOrder, ConcentrationPlace, StoredConcentration,
    },
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{About, Timeframe, choice, read_side, side_parameter, word},
    board::{self, Listed, Paged},
    context::{Context, People},
    csv::{self, Export},
};
use crate::{
    api::{csv::Cell, reply::Reply},
    http::{
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
pub(crate) type ConcentrationQuery = Paged<ConcentrationSelection>;

impl Listed for ConcentrationSelection {
    type Filter = ConcentrationFilter;
    type Place = ConcentrationPlace;
    type Stored = StoredConcentration;
    type Row = ConcentrationRow;

    fn filter(&self, context: &Context) -> Result<ConcentrationFilter, ApiError> {
        Ok(ConcentrationFilter {
            since: self.timeframe.since(context.now),
            market_ids: context.market_ids(&self.about)?,
            outcome_index: self.side.map(|is_first| i16::from(!is_first)),
            order: self.order,
            after: None,
        })
    }

    async fn fetch(
        pool: &PgPool,
        filter: &ConcentrationFilter,
        after: Option<ConcentrationPlace>,
        limit: u32,
    ) -> Result<Vec<StoredConcentration>, StoreError> {
        concentration::list(pool, &ConcentrationFilter { after, ..filter.clone() }, limit).await
    }

    fn place(filter: &ConcentrationFilter, reading: &StoredConcentration) -> ConcentrationPlace {
        ConcentrationPlace {
            key: filter.order.key(reading),
            market_id: reading.market_id.clone(),
            outcome_index: reading.outcome_index,
        }
    }

    fn is_sieved(&self) -> bool {
        self.about.market.is_none()
    }

    fn keeps(
        &self,
        context: &Context,
        _: &ConcentrationFilter,
        reading: &StoredConcentration,
    ) -> bool {
        let id = reading.market_id.as_str();
        // Holdings of markets that are over stay as they were; who asks for one gets it.
        (self.about.market.is_some() || context.snapshot.is_open(id))
            && self.about.category.is_none_or(|of| context.category(id) == Some(of))
    }

    fn wallets(reading: &StoredConcentration) -> Vec<Address> {
        ConcentrationRow::top_of(reading).into_iter().map(|(wallet, _)| wallet).collect()
    }

    /// A reading with its largest holders.
    fn view(
        reading: &StoredConcentration,
        people: &People,
        markets: &mut MarketNames<'_>,
    ) -> ConcentrationRow {
        let top = ConcentrationRow::top_of(reading).into_iter().take(5);
        let top = top.map(|(wallet, share)| HolderPart { wallet: people.wallet(&wallet), share });
        ConcentrationRow::of(reading, top.collect(), markets)
    }

    async fn any(&self, pool: &PgPool) -> Result<bool, StoreError> {
        concentration::any(pool).await
    }

    fn waiting(&self) -> &'static str {
        "No market's holders have been looked at yet. Those of the busiest markets are, every hour."
    }
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
    board::respond(&app, &query).await
}

impl Export for ConcentrationSelection {
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
