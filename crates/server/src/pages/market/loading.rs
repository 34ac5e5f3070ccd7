//! What fills the live panels. They are asked for at the same time, and none is waited for longer than the others.

use chrono::{DateTime, Utc};
use domain::ErrorCode;
use rust_decimal::Decimal;

use super::settings::Settings;
use crate::{
    api::{
        holders::{self, HoldersView},
        ohlc::{self, OhlcQuery, OhlcView},
        order_book::{self, SlippageQuery, SlippageView},
        reply::ItemMetadata,
        timeline::{self, Timeline},
        trades::{self, TapeReply},
    },
    http::{error::ApiError, state::AppState},
    pages::panels::{Missing, Panel, within},
    view::{MarketRow, OrderBookView},
};

/// Trades on the page.
const SHOWN_TRADES: u32 = 40;

/// What fills the panels, or why something does not.
pub(super) struct Loaded {
    pub(super) prices: Panel<OhlcView>,
    pub(super) book: Panel<OrderBookView>,
    /// What the order would trade; `None` where it is none.
    pub(super) walked: Option<Panel<SlippageView>>,
    pub(super) trades: Panel<TapeReply>,
    pub(super) holders: Panel<HoldersView>,
    pub(super) timeline: Panel<Timeline>,
}

impl Loaded {
    /// Asks for everything at once.
    pub(super) async fn of(
        app: &AppState,
        row: &MarketRow,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Self {
        let bars =
            OhlcQuery::of_range(settings.api_range(), settings.range.interval, settings.outcome());
        let least = Some(Decimal::from(settings.least)).filter(|least| !least.is_zero());
        let prices = within(ohlc::load(app, row, &bars, now));
        let item = ItemMetadata::of(app, &app.catalog().current(), now);
        let trades = within(trades::newest(app, &row.market_id, least, SHOWN_TRADES, item));
        let timeline = within(timeline::load(app, row));
        let (prices, (book, walked), trades, holders, timeline) = tokio::join!(
            Box::pin(prices),
            Box::pin(book(app, row, settings, now)),
            Box::pin(trades),
            Box::pin(holders_of(app, row, settings)),
            Box::pin(timeline),
        );
        Self { prices, book, walked, trades, holders, timeline }
    }
}

/// The book, and what an order would trade against it. Upstream is asked only for the order, which the reader asked
/// for.
async fn book(
    app: &AppState,
    row: &MarketRow,
    settings: &Settings,
    now: DateTime<Utc>,
) -> (Panel<OrderBookView>, Option<Panel<SlippageView>>) {
    let outcome = settings.outcome();
    let size = settings.order.parsed();
    let order = size.map(|size| SlippageQuery::new(settings.order.side, outcome, size));
    let live = match &order {
        Some(_) if settings.is_order_asked => within(Box::pin(order_book::book_of(app, row))).await,
        _ => match within(async { Ok::<_, ApiError>(app.live().held(row).await) }).await {
            Ok(held) => held.ok_or(Missing::NotHeld),
            Err(missing) => Err(missing),
        },
    };
    let book = live.as_ref().map(|live| OrderBookView::of(live, outcome, now)).map_err(|why| *why);
    let walked = order.map(|order| live.map(|live| order_book::walk(&live, row, &order)));
    (book, walked)
}

/// The holders as far as they are held; asked for where the reader asked.
async fn holders_of(app: &AppState, row: &MarketRow, settings: &Settings) -> Panel<HoldersView> {
    let limit = holders::DEFAULT_LIMIT;
    if row.condition_id.is_none() {
        return Err(Missing::Failed(ErrorCode::BookNotFound));
    }
    if settings.wants_holders {
        return within(Box::pin(holders::load(app, row, limit))).await;
    }
    holders::held(app, row, limit).await.ok_or(Missing::NotHeld)
}
