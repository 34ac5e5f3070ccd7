//! `GET /api/signals`: the ledger of published signals, losses included.

use axum::{extract::State, response::Response};
use domain::{Address, ErrorCode, QueryReader, signals::Kind};
use store::{
    PgPool, StoreError,
    intelligence::{
        boards::signals::{self, BoardSignals, SignalPlace, SignalStatus},
        signals as stored,
    },
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};
use uuid::Uuid;

use super::{
    asked::{About, Timeframe, choice, read_side, side_parameter, word},
    board::{Board as _, Listed, Paged},
    context::{Context, People},
    csv::{self, Export},
};
use crate::{
    api::{csv::Cell, parameters::text, reply::Reply},
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, NoParameters, Path, Query},
        state::AppState,
    },
    view::intelligence::{MarketNames, RowsPage, Signal, SignalPage, SignalTally},
};

/// Which signals, wherever a page of them begins.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalsSelection {
    kind: Option<Kind>,
    about: About,
    least: Option<f64>,
    status: SignalStatus,
    timeframe: Timeframe,
    side: Option<bool>,
}

impl FromQuery for SignalsSelection {
    fn read(query: &mut QueryReader) -> Self {
        let statuses = SignalStatus::ALL.map(|status| (status.slug(), status));
        Self {
            kind: word(query, "kind", &Kind::ALL.map(|kind| (kind.slug(), kind))),
            about: About::read(query),
            least: query.within("min_score", 0.0, 100.0),
            status: word(query, "status", &statuses).unwrap_or_default(),
            timeframe: Timeframe::read(query, Timeframe::All),
            side: read_side(query),
        }
    }
}

impl IntoParams for SignalsSelection {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![
            choice("kind", "Only of this kind.", Kind::ALL.map(Kind::slug), None),
            choice(
                "status",
                "Only without a result yet, with one, or without one for ever.",
                SignalStatus::ALL.map(SignalStatus::slug),
                Some("all"),
            ),
            text("min_score", "Only at least so strong, 0 to 100."),
            Timeframe::parameter(Timeframe::All),
            side_parameter("Only for the market's first outcome (`yes`), or against it (`no`)."),
        ];
        all.extend(About::parameters());
        all
    }
}

/// Which page of which signals.
pub(crate) type SignalsQuery = Paged<SignalsSelection>;

impl Listed for SignalsSelection {
    type Filter = BoardSignals;
    type Place = SignalPlace;
    type Stored = stored::Told;
    type Row = Signal;

    fn filter(&self, context: &Context) -> Result<BoardSignals, ApiError> {
        Ok(BoardSignals {
            kind: self.kind.map(|kind| kind.slug().to_owned()),
            market_id: context.market_id(&self.about)?,
            event_key: context.event(&self.about)?,
            least: self.least,
            status: self.status,
            is_for_first: self.side,
            since: self.timeframe.since(context.now),
            after: None,
        })
    }

    async fn fetch(
        pool: &PgPool,
        filter: &BoardSignals,
        after: Option<SignalPlace>,
        limit: u32,
    ) -> Result<Vec<stored::Told>, StoreError> {
        signals::list(pool, &BoardSignals { after, ..filter.clone() }, limit).await
    }

    fn place(_: &BoardSignals, (signal, _): &stored::Told) -> SignalPlace {
        SignalPlace { published_at: signal.published_at, id: signal.id }
    }

    fn is_sieved(&self) -> bool {
        self.about.category.is_some()
    }

    fn keeps(&self, context: &Context, _: &BoardSignals, (signal, _): &stored::Told) -> bool {
        let id = signal.market_id.as_str();
        self.about.category.is_none_or(|of| context.category(id) == Some(of))
    }

    fn wallets(_: &stored::Told) -> Vec<Address> {
        Vec::new()
    }

    fn view(told: &stored::Told, _: &People, markets: &mut MarketNames<'_>) -> Signal {
        Signal::of(told, markets)
    }

    async fn any(&self, pool: &PgPool) -> Result<bool, StoreError> {
        signals::any(pool).await
    }

    fn waiting(&self) -> &'static str {
        "No signal has been published yet. They are, when those whose record speaks for them hold one side, when \
         somebody large turns round, and when the tape does what it seldom does."
    }
}

/// A page of signals, and how all did.
async fn load(context: &Context, query: &SignalsQuery) -> Result<SignalPage, ApiError> {
    let tally = signals::tally(context.app.database().public());
    let (page, tally) = tokio::join!(query.selection.page(context, &query.part), tally);
    let (RowsPage { rows, next_cursor, waiting_for }, tally) = (page?, tally?);
    let tally = tally.into_iter().map(SignalTally::from).collect();
    Ok(SignalPage { rows, next_cursor, waiting_for, tally })
}

/// A page of signals, as the route answers it.
pub(crate) async fn answer(
    app: &AppState,
    query: &SignalsQuery,
) -> Result<Reply<SignalPage>, ApiError> {
    let context = Context::load(app).await?;
    let data = load(&context, query).await?;
    Ok(context.reply(data))
}

type SignalsReply = Reply<SignalPage>;

/// List signals
///
/// Every signal ever published, the newest first, with its result as soon as there is one. None is changed or removed.
#[utoipa::path(
    get, path = "/api/signals", tag = "intelligence", operation_id = "list_signals",
    params(SignalsQuery),
    responses(
        (status = 200, description = "The signals", body = SignalsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_signals(
    State(app): State<AppState>,
    Query(query): Query<SignalsQuery>,
) -> Result<Response, ApiError> {
    Ok(answer(&app, &query).await?.respond(CachePolicy::NoStore))
}

/// One signal.
pub(crate) async fn find(context: &Context, id: &str) -> Result<Signal, ApiError> {
    let not_found = || {
        let id: String = id.chars().take(80).collect();
        ApiError::new(ErrorCode::SignalNotFound).with("id", id)
    };
    let uuid = Uuid::try_parse(id).map_err(|_| not_found())?;
    let told = stored::get(context.app.database().public(), uuid).await?.ok_or_else(not_found)?;
    Ok(Signal::of(&told, &mut context.markets()))
}

type SignalReply = Reply<Signal>;

/// Show a signal
///
/// As it was published, and what became of it.
#[utoipa::path(
    get, path = "/api/signals/{id}", tag = "intelligence", operation_id = "get_signal",
    params(("id" = String, Path, description = "The signal's id")),
    responses(
        (status = 200, description = "The signal", body = SignalReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_signal(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(NoParameters): Query<NoParameters>,
) -> Result<Response, ApiError> {
    let context = Context::load(&app).await?;
    let signal = find(&context, &id).await?;
    Ok(context.reply(signal).respond(CachePolicy::NoStore))
}

impl Export for SignalsSelection {
    const NAME: &'static str = "signals";
    const HEADERS: &'static [&'static str] = &[
        "id",
        "published_at (UTC)",
        "as_of (UTC)",
        "due_at (UTC)",
        "kind",
        "version",
        "market_id",
        "question",
        "side",
        "strength",
        "n",
        "price (USDC per share)",
        "cost (USDC per share)",
        "basis",
        "status",
        "settled_at (UTC)",
        "exit_price (USDC per share)",
        "gain (USDC per share)",
        "net (USDC per share)",
        "reason",
    ];

    fn cells(row: &Signal) -> Vec<Cell> {
        let result = row.result.as_ref();
        vec![
            Cell::text(Some(row.id.as_str())),
            Cell::Instant(Some(row.published_at)),
            Cell::Instant(Some(row.as_of)),
            Cell::Instant(row.due_at),
            Cell::text(Some(row.kind.as_str())),
            Cell::Number(Some(row.version.into())),
            Cell::text(Some(row.market.id.as_str())),
            Cell::text(Some(row.market.question.as_str())),
            Cell::text(row.side.as_deref()),
            Cell::Number(Some(row.strength)),
            Cell::Number(Some(row.n)),
            Cell::Number(row.price),
            Cell::Number(row.cost),
            Cell::text(Some(row.basis.as_str())),
            Cell::text(Some(result.map_or("open", |result| result.status.as_str()))),
            Cell::Instant(result.map(|result| result.settled_at)),
            Cell::Number(result.and_then(|result| result.exit_price)),
            Cell::Number(result.and_then(|result| result.gain)),
            Cell::Number(result.and_then(|result| result.net)),
            Cell::text(result.and_then(|result| result.reason.as_deref())),
        ]
    }
}

/// Export signals
///
/// All that the filters leave, as CSV, the newest first. A transfer that breaks off is not whole.
#[utoipa::path(
    get, path = "/api/signals.csv", tag = "intelligence", operation_id = "export_signals",
    params(SignalsSelection),
    responses(
        (status = 200, description = "The signals", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_signals(
    State(app): State<AppState>,
    Query(selection): Query<SignalsSelection>,
) -> Result<Response, ApiError> {
    csv::export(app, selection).await
}
