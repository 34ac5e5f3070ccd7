//! `GET /api/insiders/…`: evidence of informed trading, layer by layer, never as one number.

use axum::{extract::State, response::Response};
use domain::{MarketId, QueryReader};
use serde::{Deserialize, Serialize};
use store::intelligence::boards::insiders::{self, EvidenceFilter, EvidencePlace, StoredEvidence};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{
        About, Part, Timeframe, Who, choice, cursor_of, part_parameters, read_shown,
        shown_parameter, word,
    },
    context::{Context, page_of, waiting_for},
};
use crate::{
    api::reply::Reply,
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::intelligence::{Gate, InformedMarket, InformedWallet, RowsPage},
};

const WAITING: &str = "No purchase has been found yet that stands out against what was known before it. They are looked \
    for on the tape as it is recorded, once enough of it is known to compare with.";
const GATED: &str =
    "Categories where looking makes no sense: games, the weather, prices of assets.";

/// A place in the list of markets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarketPlace {
    /// How many markets come before.
    before: usize,
    /// The market there.
    market_id: MarketId,
}

/// Which markets.
#[derive(Debug, Clone, PartialEq)]
pub struct InformedMarketsQuery {
    timeframe: Timeframe,
    about: About,
    shows_gated: bool,
    part: Part<MarketPlace>,
}

impl FromQuery for InformedMarketsQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            timeframe: Timeframe::read(query, Timeframe::All),
            about: About::read(query),
            shows_gated: read_shown(query, "gated"),
            part: Part::read(query),
        }
    }
}

impl IntoParams for InformedMarketsQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![Timeframe::parameter(Timeframe::All)];
        all.extend(About::parameters());
        all.push(shown_parameter("gated", GATED));
        all.extend(part_parameters());
        all
    }
}

/// A page of markets.
async fn load_markets(
    context: &Context,
    query: &InformedMarketsQuery,
) -> Result<RowsPage<InformedMarket>, ApiError> {
    let pool = context.app.database().public();
    let since = query.timeframe.since(context.now);
    let market = context.market(&query.about)?.map(|row| MarketId::parse(&row.market_id));
    let market = market.transpose().map_err(ApiError::internal)?;
    let of_event = match context.event(&query.about)? {
        Some(event_id) => Some(context.event_markets(&event_id)?),
        None => None,
    };
    let mut found = insiders::markets(pool, since, market.as_ref()).await?;
    found.retain(|row| {
        let category = context.category(row.market_id.as_str());
        let is_gated = Gate::of(category).state == "shut";
        (query.shows_gated || !is_gated)
            && query.about.category.is_none_or(|wanted| category == Some(wanted))
            && of_event.as_ref().is_none_or(|ids| ids.iter().any(|id| id == row.market_id.as_str()))
    });
    let begin = query.part.after.as_ref().map_or(0, |place| {
        let here = found.iter().position(|row| row.market_id == place.market_id);
        here.map_or(place.before, |here| here + 1)
    });
    let is_empty = found.is_empty() && query.part.after.is_none();
    let end = (begin + query.part.limit as usize).min(found.len());
    let page = found.get(begin..end).unwrap_or_default();
    let next_cursor = page
        .last()
        .filter(|_| end < found.len())
        .map(|last| cursor_of(&MarketPlace { before: end, market_id: last.market_id.clone() }));
    let ids: Vec<_> = page.iter().map(|row| row.market_id.as_str()).collect();
    let leakages = if ids.is_empty() { Vec::new() } else { insiders::leakages(pool, &ids).await? };
    let has_any = !is_empty || insiders::any(pool, "pair").await?;
    let mut markets = context.markets();
    let rows = page.iter().map(|row| {
        let leakage = leakages.iter().find(|leak| leak.market_id.as_ref() == Some(&row.market_id));
        let gate = Gate::of(context.category(row.market_id.as_str()));
        InformedMarket::of(row, leakage, gate, &mut markets)
    });
    Ok(RowsPage {
        rows: rows.collect(),
        next_cursor,
        waiting_for: waiting_for(is_empty, has_any, WAITING),
    })
}

/// A page, as the route answers it.
pub(crate) async fn answer_markets(
    app: &AppState,
    query: &InformedMarketsQuery,
) -> Result<Reply<RowsPage<InformedMarket>>, ApiError> {
    let context = Context::load(app).await?;
    let data = load_markets(&context, query).await?;
    Ok(context.reply(data))
}

// The macro below takes names without parameters.
type InformedMarketsReply = Reply<RowsPage<InformedMarket>>;

/// List markets with evidence of informed trading
///
/// Markets in which purchases stand out against what was known before them, the strongest first. No accusation: luck,
/// skill and public information look the same.
#[utoipa::path(
    get, path = "/api/insiders/markets", tag = "intelligence", operation_id = "list_informed_markets",
    params(InformedMarketsQuery),
    responses(
        (status = 200, description = "The markets", body = InformedMarketsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_informed_markets(
    State(app): State<AppState>,
    Query(query): Query<InformedMarketsQuery>,
) -> Result<Response, ApiError> {
    Ok(answer_markets(&app, &query).await?.respond(CachePolicy::NoStore))
}

/// Which layer of evidence on wallets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Pair,
    History,
}

impl Layer {
    const ALL: [(&str, Self); 2] = [("pair", Self::Pair), ("history", Self::History)];

    fn slug(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::History => "history",
        }
    }
}

/// Which wallets.
#[derive(Debug, Clone, PartialEq)]
pub struct InformedWalletsQuery {
    layer: Layer,
    timeframe: Timeframe,
    who: Who,
    about: About,
    shows_gated: bool,
    part: Part<EvidencePlace>,
}

impl FromQuery for InformedWalletsQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            layer: word(query, "layer", &Layer::ALL).unwrap_or(Layer::Pair),
            timeframe: Timeframe::read(query, Timeframe::All),
            who: Who::read(query),
            about: About::read(query),
            shows_gated: read_shown(query, "gated"),
            part: Part::read(query),
        }
    }
}

impl IntoParams for InformedWalletsQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let layers = Layer::ALL.map(|(word, _)| word);
        let mut all = vec![
            choice(
                "layer",
                "Which layer: a wallet in a market (`pair`), or its whole account (`history`). They are never put in \
                 one order.",
                layers,
                Some("pair"),
            ),
            Timeframe::parameter(Timeframe::All),
        ];
        all.extend(About::parameters());
        all.extend(Who::parameters());
        all.push(shown_parameter("gated", GATED));
        all.extend(part_parameters());
        all
    }
}

fn gate_of(context: &Context, row: &StoredEvidence) -> Gate {
    match &row.market_id {
        Some(market_id) => Gate::of(context.category(market_id.as_str())),
        None => Gate::ACCOUNT,
    }
}

/// A page of wallets.
async fn load_wallets(
    context: &Context,
    query: &InformedWalletsQuery,
) -> Result<RowsPage<InformedWallet>, ApiError> {
    let pool = context.app.database().public();
    let market = context.market(&query.about)?.map(|row| MarketId::parse(&row.market_id));
    let of_event = match context.event(&query.about)? {
        Some(event_id) => Some(context.event_markets(&event_id)?),
        None => None,
    };
    let filter = EvidenceFilter {
        layer: query.layer.slug().to_owned(),
        who: query.who.filter.clone(),
        market_id: market.transpose().map_err(ApiError::internal)?,
        since: query.timeframe.since(context.now),
        after: None,
    };
    let fetch = |after, limit| {
        let filter = EvidenceFilter { after, ..filter.clone() };
        Box::pin(async move { insiders::list(pool, &filter, limit).await }) as _
    };
    let place = |row: &StoredEvidence, _| EvidencePlace::of(row);
    let category = query.about.category;
    let keep = |row: &StoredEvidence| {
        let id = row.market_id.as_ref().map(MarketId::as_str);
        let is_of = |wanted| id.and_then(|id| context.category(id)) == Some(wanted);
        (query.shows_gated || gate_of(context, row).state != "shut")
            && category.is_none_or(is_of)
            && of_event
                .as_ref()
                .is_none_or(|ids| id.is_some_and(|id| ids.iter().any(|one| one == id)))
    };
    let is_sieved = !query.shows_gated || category.is_some() || of_event.is_some();
    let (stored, next_cursor) = page_of(&query.part, is_sieved, fetch, place, keep).await?;
    let people = context.people(stored.iter().filter_map(|row| row.wallet.as_ref())).await?;
    let is_empty = stored.is_empty() && query.part.after.is_none();
    let has_any = !is_empty || insiders::any(pool, query.layer.slug()).await?;
    let mut markets = context.markets();
    let rows = stored.iter().filter_map(|row| {
        let wallet = people.wallet(row.wallet.as_ref()?);
        Some(InformedWallet::of(row, wallet, gate_of(context, row), &mut markets))
    });
    let waiting = match query.layer {
        Layer::Pair => WAITING,
        Layer::History => {
            "No account has been tested yet. Accounts are tested once ten of their long shots are settled."
        }
    };
    Ok(RowsPage {
        rows: rows.collect(),
        next_cursor,
        waiting_for: waiting_for(is_empty, has_any, waiting),
    })
}

/// A page, as the route answers it.
pub(crate) async fn answer_wallets(
    app: &AppState,
    query: &InformedWalletsQuery,
) -> Result<Reply<RowsPage<InformedWallet>>, ApiError> {
    let context = Context::load_for(app, &query.who).await?;
    let data = load_wallets(&context, query).await?;
    Ok(context.reply(data))
}

// The macro below takes names without parameters.
type InformedWalletsReply = Reply<RowsPage<InformedWallet>>;

/// List wallets with evidence of informed trading
///
/// One layer at a time, the strongest first, each signal beside how often it is found among matched controls. No
/// accusation: luck, skill and public information look the same.
#[utoipa::path(
    get, path = "/api/insiders/wallets", tag = "intelligence", operation_id = "list_informed_wallets",
    params(InformedWalletsQuery),
    responses(
        (status = 200, description = "The wallets", body = InformedWalletsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_informed_wallets(
    State(app): State<AppState>,
    Query(query): Query<InformedWalletsQuery>,
) -> Result<Response, ApiError> {
    Ok(answer_wallets(&app, &query).await?.respond(CachePolicy::NoStore))
}
