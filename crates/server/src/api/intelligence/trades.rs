//! `GET /api/whale/trades`: trades that were large when they were made.

use axum::{extract::State, response::Response};
use domain::{Address, QueryReader, Side};
use store::{
    PgPool, StoreError,
    intelligence::boards::{
        Dollars,
        trades::{self, NotableTrade, TradePlace, TradesFilter},
    },
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{
        About, Timeframe, Who, choice, dollars_parameters, read_dollars, read_shown, read_side,
        shown_parameter, side_parameter, word,
    },
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
    view::intelligence::{MarketNames, RowsPage, WhaleTrade},
};

/// Which trades, wherever a page of them begins.
#[derive(Debug, Clone, PartialEq)]
pub struct TradesSelection {
    timeframe: Timeframe,
    who: Who,
    about: About,
    dollars: Dollars,
    side: Option<bool>,
    action: Option<Side>,
    shows_endgame: bool,
    shows_makers: bool,
}

impl FromQuery for TradesSelection {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            timeframe: Timeframe::read(query, Timeframe::Day),
            who: Who::read(query),
            about: About::read(query),
            dollars: read_dollars(query),
            side: read_side(query),
            action: word(query, "action", &Side::ALL.map(|side| (side.slug(), side))),
            shows_endgame: read_shown(query, "endgame"),
            shows_makers: read_shown(query, "makers"),
        }
    }
}

impl IntoParams for TradesSelection {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![Timeframe::parameter(Timeframe::Day)];
        all.extend(dollars_parameters("what the trade came to, before fees"));
        all.extend(About::parameters());
        all.extend(Who::parameters());
        all.extend([
            side_parameter(
                "Only for the market's first outcome (bought it, or sold the other: `yes`), or against it (`no`).",
            ),
            choice("action", "Only what takers bought, or sold.", Side::ALL.map(Side::slug), None),
            shown_parameter(
                "endgame",
                "Trades at 95 cents or more, or 5 cents or less: the answer is all but known.",
            ),
            shown_parameter("makers", "Trades of wallets like makers and bots."),
        ]);
        all
    }
}

/// Which page of which trades.
pub(crate) type WhaleTradesQuery = Paged<TradesSelection>;

impl Listed for TradesSelection {
    type Filter = TradesFilter;
    type Place = TradePlace;
    type Stored = NotableTrade;
    type Row = WhaleTrade;

    fn who(&self) -> Option<&Who> {
        Some(&self.who)
    }

    fn filter(&self, context: &Context) -> Result<TradesFilter, ApiError> {
        // Who asks for makers does not want them hidden.
        let asks_for_makers =
            matches!(self.who.filter.class.as_deref(), Some("maker_like" | "bot_like"));
        Ok(TradesFilter {
            who: self.who.filter.clone(),
            since: self.timeframe.since(context.now),
            dollars: self.dollars,
            category: self.about.category.map(|category| category.slug().to_owned()),
            market_id: context.market_id(&self.about)?,
            event_key: context.event(&self.about)?,
            is_for_first: self.side,
            action: self.action,
            hides_endgame: !self.shows_endgame,
            hides_makers: !self.shows_makers && !asks_for_makers,
            after: None,
        })
    }

    async fn fetch(
        pool: &PgPool,
        filter: &TradesFilter,
        after: Option<TradePlace>,
        limit: u32,
    ) -> Result<Vec<NotableTrade>, StoreError> {
        trades::list(pool, &TradesFilter { after, ..filter.clone() }, limit).await
    }

    fn place(_: &TradesFilter, trade: &NotableTrade) -> TradePlace {
        TradePlace::of(trade)
    }

    fn wallets(trade: &NotableTrade) -> Vec<Address> {
        vec![trade.wallet.clone()]
    }

    fn view(trade: &NotableTrade, people: &People, markets: &mut MarketNames<'_>) -> WhaleTrade {
        let (face, wallet) = (people.face(&trade.wallet), people.wallet(&trade.wallet));
        WhaleTrade::of(trade, face, wallet, markets)
    }

    async fn any(&self, pool: &PgPool) -> Result<bool, StoreError> {
        trades::any(pool).await
    }

    fn waiting(&self) -> &'static str {
        "No large trade has been seen yet. They are found on the tape as it is recorded, once a market has traded \
         enough to say what is large."
    }
}

// The macro below takes names without parameters.
type WhaleTradesReply = Reply<RowsPage<WhaleTrade>>;

/// List large trades
///
/// Takers' trades that were large for their market when they were made, the newest first, measured by what was known
/// strictly before them.
#[utoipa::path(
    get, path = "/api/whale/trades", tag = "intelligence", operation_id = "list_whale_trades",
    params(WhaleTradesQuery),
    responses(
        (status = 200, description = "The trades", body = WhaleTradesReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_whale_trades(
    State(app): State<AppState>,
    Query(query): Query<WhaleTradesQuery>,
) -> Result<Response, ApiError> {
    board::respond(&app, &query).await
}

impl Export for TradesSelection {
    const NAME: &'static str = "whale-trades";
    const HEADERS: &'static [&'static str] = &[
        "traded_at (UTC)",
        "observed_at (UTC)",
        "wallet",
        "name",
        "class",
        "market_id",
        "question",
        "outcome",
        "action",
        "side",
        "usdc",
        "price (USDC per share)",
        "shares",
        "size_z (sd)",
        "volume_share",
        "depth_share",
        "is_large",
        "new_wallet",
        "transaction_hash",
    ];

    fn cells(row: &WhaleTrade) -> Vec<Cell> {
        vec![
            Cell::Instant(Some(row.traded_at)),
            Cell::Instant(Some(row.observed_at)),
            Cell::text(Some(row.wallet.address.as_str())),
            Cell::text(row.wallet.name.as_deref()),
            Cell::text(row.wallet.class.as_deref()),
            Cell::text(Some(row.market.id.as_str())),
            Cell::text(Some(row.market.question.as_str())),
            Cell::text(row.market.outcome.as_deref()),
            Cell::text(Some(row.action.as_str())),
            Cell::text(Some(row.side.as_str())),
            Cell::Number(Some(row.usdc)),
            Cell::Number(Some(row.price)),
            Cell::Number(Some(row.shares)),
            Cell::Number(row.size_z),
            Cell::Number(row.volume_share),
            Cell::Number(row.depth_share),
            csv::flag(row.is_large),
            csv::flag(row.new_wallet),
            Cell::text(Some(row.transaction_hash.as_str())),
        ]
    }
}

/// Export large trades
///
/// All that the filters leave, as CSV, the newest first. A transfer that breaks off is not whole.
#[utoipa::path(
    get, path = "/api/whale/trades.csv", tag = "intelligence", operation_id = "export_whale_trades",
    params(TradesSelection),
    responses(
        (status = 200, description = "The trades", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_whale_trades(
    State(app): State<AppState>,
    Query(selection): Query<TradesSelection>,
) -> Result<Response, ApiError> {
    csv::export(app, selection).await
}
