//! `GET /api/whale/positions`: large positions, marked now.

use std::{cmp::Ordering, sync::Arc, time::Duration};

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{Address, Category, ConditionId, QueryReader};
use moka::future::Cache;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::intelligence::boards::{
    Dollars,
    positions::{self, LargePosition},
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{
        About, Part, Timeframe, Who, choice, cursor_of, dollars_parameters, read_dollars,
        read_side, side_parameter, word,
    },
    board::{self, Board, Paged},
    context::{Context, People, waiting_for},
    csv::{self, Export},
};
use crate::{
    api::{csv::Cell, reply::Reply},
    catalog::Snapshot,
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::{
        intelligence::{Evidence, MarketNames, RowsPage, WhalePosition},
        wallet::KnownMarkets,
    },
};

/// How long positions are shown as they were read and marked.
const KEPT_FOR: Duration = Duration::from_secs(15);
/// The fixed rule: a position that cost or is worth more dollars is a whale's.
const WHALE_USDC: f64 = 10_000.0;

/// A large position with what a share of it brings now.
#[derive(Debug, Clone)]
struct Marked {
    position: LargePosition,
    /// The market's id; `None` where the catalogue does not have it.
    market_id: Option<String>,
    event_id: Option<String>,
    category: Option<Category>,
    price: Option<f64>,
    value: Option<f64>,
    cost: Option<f64>,
    share_of_liquidity: Option<f64>,
}

/// The large positions of all wallets, as they were a moment ago: what somebody offers for them is known to this
/// process only, so that the database cannot put them in order.
#[derive(Debug)]
pub struct PositionsBoard(Cache<(), Arc<Vec<Marked>>>);

impl Default for PositionsBoard {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1).time_to_live(KEPT_FOR).build())
    }
}

async fn marked(app: &AppState, snapshot: &Arc<Snapshot>) -> Result<Arc<Vec<Marked>>, ApiError> {
    let read = async {
        let all = positions::all(app.database().public()).await?;
        let (snapshot, books) = (Arc::clone(snapshot), app.live().books().clone());
        let mark_all = move || {
            let mut marks = KnownMarkets::new(&snapshot, Some(&books));
            let mut names = MarketNames::new(&snapshot);
            all.into_iter().map(|position| mark(position, &mut marks, &mut names)).collect()
        };
        let marked = tokio::task::spawn_blocking(mark_all).await.map_err(ApiError::internal)?;
        Ok::<_, ApiError>(Arc::new(marked))
    };
    let held = app.positions_board().0.try_get_with((), read).await;
    held.map_err(|error| ApiError::clone(&error))
}

fn mark(
    position: LargePosition,
    marks: &mut KnownMarkets<'_>,
    names: &mut MarketNames<'_>,
) -> Marked {
    let named = names.named(position.condition_id.as_str());
    let price = marks.mark(&position.condition_id, position.outcome_index).map(|mark| mark.price);
    let value = price.map(|price| price * number(position.shares));
    let liquidity = named.as_ref().and_then(|named| named.liquidity).filter(|of| *of > 0.0);
    Marked {
        market_id: named.as_ref().map(|named| named.market_id.clone()),
        event_id: named.as_ref().and_then(|named| Some(named.event.as_ref()?.event_id.clone())),
        category: named.as_ref().and_then(|named| named.category),
        price,
        value,
        cost: position.cost.map(number),
        share_of_liquidity: value.zip(liquidity).map(|(value, liquidity)| value / liquidity),
        position,
    }
}

fn number(amount: Decimal) -> f64 {
    crate::view::intelligence::number(amount)
}

/// By what positions are ordered, the largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Order {
    #[default]
    Value,
    Cost,
    ShareOfLiquidity,
}

impl Order {
    const ALL: [(&str, Self); 3] = [
        ("value", Self::Value),
        ("cost", Self::Cost),
        ("share_of_liquidity", Self::ShareOfLiquidity),
    ];

    fn key(self, marked: &Marked) -> Option<f64> {
        match self {
            Self::Value => marked.value,
            Self::Cost => marked.cost,
            Self::ShareOfLiquidity => marked.share_of_liquidity,
        }
    }
}

/// A place in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PositionPlace {
    /// What the order looks at, as bits; `None` unknown, which comes last.
    key: Option<u64>,
    wallet: Address,
    condition_id: ConditionId,
    outcome_index: u8,
}

impl PositionPlace {
    fn of(marked: &Marked, order: Order) -> Self {
        let LargePosition { wallet, condition_id, outcome_index, .. } = &marked.position;
        Self {
            key: order.key(marked).map(f64::to_bits),
            wallet: wallet.clone(),
            condition_id: condition_id.clone(),
            outcome_index: *outcome_index,
        }
    }

    /// The order of the list.
    fn compare(&self, other: &Self) -> Ordering {
        let key = |place: &Self| place.key.map_or(f64::NEG_INFINITY, f64::from_bits);
        let rest =
            |place: &Self| (place.wallet.clone(), place.condition_id.clone(), place.outcome_index);
        key(other).total_cmp(&key(self)).then_with(|| rest(self).cmp(&rest(other)))
    }
}

/// Which positions, wherever a page of them begins.
#[derive(Debug, Clone, PartialEq)]
pub struct PositionsSelection {
    timeframe: Timeframe,
    who: Who,
    about: About,
    dollars: Dollars,
    side: Option<bool>,
    order: Order,
}

impl FromQuery for PositionsSelection {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            timeframe: Timeframe::read(query, Timeframe::All),
            who: Who::read(query),
            about: About::read(query),
            dollars: read_dollars(query),
            side: read_side(query),
            order: word(query, "sort", &Order::ALL).unwrap_or_default(),
        }
    }
}

impl IntoParams for PositionsSelection {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = vec![Timeframe::parameter(Timeframe::All)];
        all.extend(dollars_parameters("what it is worth, or cost where nobody makes an offer"));
        all.extend(About::parameters());
        all.extend(Who::parameters());
        all.push(side_parameter(
            "Only of the market's first outcome (`yes`), or the other (`no`).",
        ));
        let words = Order::ALL.map(|(word, _)| word);
        all.push(choice("sort", "What comes first, the largest.", words, Some("value")));
        all
    }
}

/// Which page of which positions.
pub(crate) type WhalePositionsQuery = Paged<PositionsSelection>;

/// What a selection means in terms of positions.
struct Wanted<'a> {
    selection: &'a PositionsSelection,
    since: Option<DateTime<Utc>>,
    market_id: Option<String>,
    event_id: Option<String>,
}

impl Wanted<'_> {
    /// Those of a page in their order, and where the next page begins.
    fn found<'m>(
        &self,
        all: &'m [Marked],
        part: &Part<PositionPlace>,
    ) -> (Vec<&'m Marked>, Option<String>) {
        let is_after = |place: &PositionPlace| {
            part.after.as_ref().is_none_or(|after| place.compare(after) == Ordering::Greater)
        };
        let mut found: Vec<_> = all
            .iter()
            .filter(|marked| self.admits(marked))
            .map(|marked| (PositionPlace::of(marked, self.selection.order), marked))
            .filter(|(place, _)| is_after(place))
            .collect();
        let limit = part.limit as usize;
        let has_more = found.len() > limit;
        if has_more {
            found.select_nth_unstable_by(limit, |one, other| one.0.compare(&other.0));
        }
        found.truncate(limit);
        found.sort_unstable_by(|one, other| one.0.compare(&other.0));
        let next_cursor = found.last().filter(|_| has_more).map(|(place, _)| cursor_of(place));
        (found.into_iter().map(|(_, marked)| marked).collect(), next_cursor)
    }

    fn admits(&self, marked: &Marked) -> bool {
        let Marked { position, .. } = marked;
        let PositionsSelection { who, about, dollars, side, .. } = self.selection;
        let worth = marked.value.or(marked.cost);
        let is_above = |least: Option<Decimal>| {
            least.is_none_or(|least| worth.is_some_and(|worth| worth >= number(least)))
        };
        let is_below = |most: Option<Decimal>| {
            most.is_none_or(|most| worth.is_some_and(|worth| worth <= number(most)))
        };
        let has_score = || match (&who.filter.least, who.score) {
            (Some((_, least)), Some(score)) => {
                let place = ["whale", "smart_money", "reputation"]
                    .iter()
                    .position(|word| *word == score.slug());
                place.and_then(|place| position.scores[place]).is_some_and(|has| has >= *least)
            }
            _ => true,
        };
        self.since.is_none_or(|since| position.opened_at.is_some_and(|at| at >= since))
            && (who.filter.wallets.is_empty() || who.filter.wallets.contains(&position.wallet))
            && (who.filter.class.is_none() || position.class == who.filter.class)
            && (self.market_id.is_none() || marked.market_id == self.market_id)
            && (self.event_id.is_none() || marked.event_id == self.event_id)
            && about.category.is_none_or(|category| marked.category == Some(category))
            && side.is_none_or(|is_first| (position.outcome_index == 0) == is_first)
            && is_above(dollars.min)
            && is_below(dollars.max)
            && has_score()
    }
}

impl Board for PositionsSelection {
    type Place = PositionPlace;
    type Row = WhalePosition;

    fn who(&self) -> Option<&Who> {
        Some(&self.who)
    }

    async fn page(
        &self,
        context: &Context,
        part: &Part<PositionPlace>,
    ) -> Result<RowsPage<WhalePosition>, ApiError> {
        let wanted = Wanted {
            selection: self,
            since: self.timeframe.since(context.now),
            market_id: context.market(&self.about)?.map(|row| row.market_id),
            event_id: context.event(&self.about)?,
        };
        let all = marked(&context.app, &context.snapshot).await?;
        let (found, next_cursor) = wanted.found(&all, part);
        let people = context.people(found.iter().map(|marked| &marked.position.wallet)).await?;
        let mut markets = context.markets();
        let rows: Vec<_> =
            found.into_iter().map(|marked| view(marked, &people, &mut markets)).collect();
        let is_empty = rows.is_empty() && part.after.is_none();
        Ok(RowsPage {
            rows,
            next_cursor,
            waiting_for: waiting_for(
                is_empty,
                !all.is_empty(),
                "No wallet with a large position has been imported yet. Wallets are imported when they make a large \
                 trade, hold much of a market, are on a leaderboard, or are asked for.",
            ),
        })
    }
}

fn view(marked: &Marked, people: &People, markets: &mut MarketNames<'_>) -> WhalePosition {
    let Marked { position, price, value, cost, .. } = marked;
    let wallet = people.wallet(&position.wallet);
    let market =
        markets.market(position.condition_id.as_str(), Some(position.outcome_index.into()));
    let is_more = |dollars: Option<f64>| dollars.map(|dollars| dollars > WHALE_USDC);
    let is_whale = match (is_more(*value), is_more(*cost)) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    };
    let evidence = vec![Evidence::wallet(&wallet.address), Evidence::market(&market)];
    WhalePosition {
        wallet,
        market,
        shares: number(position.shares),
        average_price: position.average_price.map(number),
        current_price: *price,
        cost_usdc: *cost,
        value_usdc: *value,
        unrealized_usdc: value.zip(*cost).map(|(value, cost)| value - cost),
        is_whale,
        share_of_outcome: None,
        share_of_liquidity: marked.share_of_liquidity,
        opened_at: position.opened_at,
        as_of: position.as_of,
        completeness: position.completeness.clone(),
        evidence,
    }
}

// The macro below takes names without parameters.
type WhalePositionsReply = Reply<RowsPage<WhalePosition>>;

/// List large positions
///
/// Positions of a thousand shares or more in markets that are not resolved, of all wallets whose history is held, each
/// marked at what somebody offers.
#[utoipa::path(
    get, path = "/api/whale/positions", tag = "intelligence", operation_id = "list_whale_positions",
    params(WhalePositionsQuery),
    responses(
        (status = 200, description = "The positions", body = WhalePositionsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_whale_positions(
    State(app): State<AppState>,
    Query(query): Query<WhalePositionsQuery>,
) -> Result<Response, ApiError> {
    board::respond(&app, &query).await
}

impl Export for PositionsSelection {
    const NAME: &'static str = "whale-positions";
    const HEADERS: &'static [&'static str] = &[
        "wallet",
        "name",
        "class",
        "market_id",
        "question",
        "outcome",
        "shares",
        "average_price (USDC per share)",
        "current_price (USDC per share)",
        "cost (USDC)",
        "value (USDC)",
        "unrealized (USDC)",
        "is_whale",
        "share_of_liquidity",
        "opened_at (UTC)",
        "as_of (UTC)",
        "completeness",
    ];

    fn cells(row: &WhalePosition) -> Vec<Cell> {
        vec![
            Cell::text(Some(row.wallet.address.as_str())),
            Cell::text(row.wallet.name.as_deref()),
            Cell::text(row.wallet.class.as_deref()),
            Cell::text(Some(row.market.id.as_str())),
            Cell::text(Some(row.market.question.as_str())),
            Cell::text(row.market.outcome.as_deref()),
            Cell::Number(Some(row.shares)),
            Cell::Number(row.average_price),
            Cell::Number(row.current_price),
            Cell::Number(row.cost_usdc),
            Cell::Number(row.value_usdc),
            Cell::Number(row.unrealized_usdc),
            csv::flag(row.is_whale),
            Cell::Number(row.share_of_liquidity),
            Cell::Instant(row.opened_at),
            Cell::Instant(Some(row.as_of)),
            Cell::text(row.completeness.as_deref()),
        ]
    }
}

/// Export large positions
///
/// All that the filters leave, as CSV, in the order asked for. A transfer that breaks off is not whole.
#[utoipa::path(
    get, path = "/api/whale/positions.csv", tag = "intelligence", operation_id = "export_whale_positions",
    params(PositionsSelection),
    responses(
        (status = 200, description = "The positions", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_whale_positions(
    State(app): State<AppState>,
    Query(selection): Query<PositionsSelection>,
) -> Result<Response, ApiError> {
    csv::export(app, selection).await
}
