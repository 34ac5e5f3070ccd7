//! `GET /api/insiders/…`: evidence of informed trading, layer by layer, never as one number.

use axum::{extract::State, response::Response};
use domain::{Address, MarketId, QueryReader};
use serde::{Deserialize, Serialize};
use store::{
    PgPool, StoreError,
    intelligence::boards::insiders::{
        self, EvidenceFilter, EvidencePlace, StoredEvidence, WalletEvidence,
    },
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{About, Part, Timeframe, Who, choice, cursor_of, read_shown, shown_parameter, word},
    board::{self, Board, Listed, Paged},
    context::{Context, People, waiting_for},
};
use crate::{
    api::reply::Reply,
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::intelligence::{Gate, InformedMarket, InformedWallet, MarketNames, RowsPage},
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

/// Which markets, wherever a page of them begins.
#[derive(Debug, Clone, PartialEq)]
pub struct InformedMarketsSelection {
    timeframe: Timeframe,
    about: About,
    shows_gated: bool,
}

impl FromQuery for InformedMarketsSelection {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            timeframe: Timeframe::read(query, Timeframe::All),
            about: About::read(query),
            shows_gated: read_shown(query, "gated"),
        }
    }
}

impl IntoParams for InformedMarketsSelection {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![Timeframe::parameter(Timeframe::All)];
        all.extend(About::parameters());
        all.push(shown_parameter("gated", GATED));
        all
    }
}

/// Which page of which markets.
pub(crate) type InformedMarketsQuery = Paged<InformedMarketsSelection>;

impl InformedMarketsSelection {
    /// The markets that these filters leave, the strongest first.
    async fn found(&self, context: &Context) -> Result<Vec<insiders::InformedMarket>, ApiError> {
        let pool = context.app.database().public();
        let since = self.timeframe.since(context.now);
        let market_id = context.market_id(&self.about)?;
        let of_event = context.markets_of_event(&self.about)?;
        let mut found = insiders::markets(pool, since, market_id.as_ref()).await?;
        found.retain(|row| {
            let id = row.market_id.as_str();
            let category = context.category(id);
            (self.shows_gated || Gate::of(category).state != "shut")
                && self.about.category.is_none_or(|wanted| category == Some(wanted))
                && of_event.as_ref().is_none_or(|ids| ids.iter().any(|one| one == id))
        });
        Ok(found)
    }
}

impl Board for InformedMarketsSelection {
    type Place = MarketPlace;
    type Row = InformedMarket;

    async fn page(
        &self,
        context: &Context,
        part: &Part<MarketPlace>,
    ) -> Result<RowsPage<InformedMarket>, ApiError> {
        let pool = context.app.database().public();
        let found = self.found(context).await?;
        let begin = part.after.as_ref().map_or(0, |place| {
            let here = found.iter().position(|row| row.market_id == place.market_id);
            here.map_or(place.before, |here| here + 1)
        });
        let is_empty = found.is_empty() && part.after.is_none();
        let end = (begin + part.limit as usize).min(found.len());
        let page = found.get(begin..end).unwrap_or_default();
        let last = page.last().filter(|_| end < found.len());
        let next_cursor = last
            .map(|last| cursor_of(&MarketPlace { before: end, market_id: last.market_id.clone() }));
        let ids: Vec<_> = page.iter().map(|row| row.market_id.as_str()).collect();
        let leakages =
            if ids.is_empty() { Vec::new() } else { insiders::leakages(pool, &ids).await? };
        let has_any = !is_empty || insiders::any(pool, "pair").await?;
        let mut markets = context.markets();
        let rows = page.iter().map(|row| {
            let leakage =
                leakages.iter().find(|leak| leak.market_id.as_ref() == Some(&row.market_id));
            let gate = Gate::of(context.category(row.market_id.as_str()));
            InformedMarket::of(row, leakage, gate, &mut markets)
        });
        Ok(RowsPage {
            rows: rows.collect(),
            next_cursor,
            waiting_for: waiting_for(is_empty, has_any, WAITING),
        })
    }
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
    board::respond(&app, &query).await
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

/// Which wallets, wherever a page of them begins.
#[derive(Debug, Clone, PartialEq)]
pub struct InformedWalletsSelection {
    layer: Layer,
    timeframe: Timeframe,
    who: Who,
    about: About,
    shows_gated: bool,
}

impl FromQuery for InformedWalletsSelection {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            layer: word(query, "layer", &Layer::ALL).unwrap_or(Layer::Pair),
            timeframe: Timeframe::read(query, Timeframe::All),
            who: Who::read(query),
            about: About::read(query),
            shows_gated: read_shown(query, "gated"),
        }
    }
}

impl IntoParams for InformedWalletsSelection {
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
        all
    }
}

/// Which page of which wallets.
pub(crate) type InformedWalletsQuery = Paged<InformedWalletsSelection>;

/// What the database is asked with, and the event's markets, which the catalogue knows.
pub(crate) struct WantedEvidence {
    filter: EvidenceFilter,
    of_event: Option<Vec<String>>,
}

impl WantedEvidence {
    fn is_of_event(&self, market_id: Option<&str>) -> bool {
        let Some(ids) = &self.of_event else { return true };
        market_id.is_some_and(|id| ids.iter().any(|one| one == id))
    }
}

fn gate_of(row: &StoredEvidence, markets: &MarketNames<'_>) -> Gate {
    match &row.market_id {
        Some(market_id) => Gate::of(markets.category(market_id.as_str())),
        None => Gate::ACCOUNT,
    }
}

impl Listed for InformedWalletsSelection {
    type Filter = WantedEvidence;
    type Place = EvidencePlace;
    type Stored = WalletEvidence;
    type Row = InformedWallet;

    fn who(&self) -> Option<&Who> {
        Some(&self.who)
    }

    fn filter(&self, context: &Context) -> Result<WantedEvidence, ApiError> {
        let filter = EvidenceFilter {
            layer: self.layer.slug().to_owned(),
            who: self.who.filter.clone(),
            market_id: context.market_id(&self.about)?,
            since: self.timeframe.since(context.now),
            after: None,
        };
        Ok(WantedEvidence { filter, of_event: context.markets_of_event(&self.about)? })
    }

    async fn fetch(
        pool: &PgPool,
        wanted: &WantedEvidence,
        after: Option<EvidencePlace>,
        limit: u32,
    ) -> Result<Vec<WalletEvidence>, StoreError> {
        insiders::list(pool, &EvidenceFilter { after, ..wanted.filter.clone() }, limit).await
    }

    fn place(_: &WantedEvidence, row: &WalletEvidence) -> EvidencePlace {
        EvidencePlace::of(row)
    }

    fn is_sieved(&self) -> bool {
        !self.shows_gated || self.about.category.is_some() || self.about.event.is_some()
    }

    fn keeps(&self, context: &Context, wanted: &WantedEvidence, (_, row): &WalletEvidence) -> bool {
        let id = row.market_id.as_ref().map(MarketId::as_str);
        let is_of = |wanted| id.and_then(|id| context.category(id)) == Some(wanted);
        (self.shows_gated || gate_of(row, &context.markets()).state != "shut")
            && self.about.category.is_none_or(is_of)
            && wanted.is_of_event(id)
    }

    fn wallets((wallet, _): &WalletEvidence) -> Vec<Address> {
        vec![wallet.clone()]
    }

    fn view(
        (wallet, row): &WalletEvidence,
        people: &People,
        markets: &mut MarketNames<'_>,
    ) -> InformedWallet {
        InformedWallet::of(row, people.wallet(wallet), gate_of(row, markets), markets)
    }

    async fn any(&self, pool: &PgPool) -> Result<bool, StoreError> {
        insiders::any(pool, self.layer.slug()).await
    }

    fn waiting(&self) -> &'static str {
        match self.layer {
            Layer::Pair => WAITING,
            Layer::History => {
                "No account has been tested yet. Accounts are tested once ten of their long shots are settled."
            }
        }
    }
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
    board::respond(&app, &query).await
}
