//! A market's bars and its trades as files for spreadsheets.

use axum::{body::Body, extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{MarketId, QueryReader, bars::Interval};
use store::tape::{self, TapeFilter, TapePlace};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        csv::{Cell, Parts, attachment, streamed, write_line},
        market,
        ohlc::{self, BarView, GapView, OhlcQuery, OhlcView},
        reply::loaded_snapshot,
        trades,
    },
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Path, Query},
        state::AppState,
    },
    view::{MarketRow, TradeView},
};

/// Trades read from the database at a time.
const PART_TRADES: u32 = 1_000;

const BAR_HEADERS: [&str; 17] = [
    "from (UTC)",
    "to (UTC)",
    "market_id",
    "outcome",
    "outcome_label",
    "open (USDC per share)",
    "high (USDC per share)",
    "low (USDC per share)",
    "close (USDC per share)",
    "volume (USDC)",
    "volume (shares)",
    "trades",
    "bid at the end (USDC per share)",
    "ask at the end (USDC per share)",
    "source",
    "approximate",
    "cause",
];

const TRADE_HEADERS: [&str; 13] = [
    "traded_at (UTC)",
    "market_id",
    "outcome",
    "outcome_label",
    "taker_side",
    "price (USDC per share)",
    "shares",
    "volume before fees (USDC)",
    "price of outcome 0 (USDC per share)",
    "taker_wallet",
    "taker_name",
    "transaction_hash",
    "source",
];

/// Export a market's bars
///
/// The bars of a chart as CSV, in their order. `source` is `trades`, `quotes` (midpoints, nobody traded), `history`
/// (upstream's, approximate) or `not_recorded`: a line without prices for a time of which nothing was recorded, with its
/// cause.
#[utoipa::path(
    get, path = "/api/polymarket/ohlc/{id}/bars.csv", tag = "markets", operation_id = "export_ohlc",
    params(("id" = String, Path, description = "Market id, condition id or slug"), OhlcQuery),
    responses(
        (status = 200, description = "The bars", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_ohlc(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(query): Query<OhlcQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let view = ohlc::load(&app, &row, &query, Utc::now()).await?;
    let name = format!("cascadian-{}-{}-bars.csv", row.market_id, view.interval);
    Ok(attachment(&name, Body::from(bar_lines(&row, &view))))
}

/// The whole table: bars, and the times between without a recording.
fn bar_lines(row: &MarketRow, view: &OhlcView) -> Vec<u8> {
    let interval = Interval::ALL.into_iter().find(|known| known.slug() == view.interval);
    let length = interval.unwrap_or(Interval::Day).length();
    let bars = view.bars.iter().map(|bar| (bar.at, bar_cells(row, view, bar, bar.at + length)));
    let gaps = view.gaps.iter().map(|gap| (gap.from, gap_cells(row, view, gap)));
    let mut lines: Vec<(DateTime<Utc>, Vec<Cell>)> = bars.chain(gaps).collect();
    lines.sort_by_key(|(at, _)| *at);
    let mut text = Vec::new();
    write_line(&mut text, BAR_HEADERS.into_iter().map(|header| Cell::text(Some(header))));
    for (_, cells) in lines {
        write_line(&mut text, cells.into_iter());
    }
    text
}

fn leading_cells(
    row: &MarketRow,
    view: &OhlcView,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> [Cell; 5] {
    [
        Cell::Instant(Some(from)),
        Cell::Instant(Some(to)),
        Cell::text(Some(view.market_id.as_str())),
        Cell::text(Some(view.outcome.to_string())),
        Cell::text(row.outcomes.get(view.outcome).cloned()),
    ]
}

fn bar_cells(row: &MarketRow, view: &OhlcView, bar: &BarView, to: DateTime<Utc>) -> Vec<Cell> {
    let numbers = [
        Some(bar.open),
        Some(bar.high),
        Some(bar.low),
        Some(bar.close),
        bar.volume_usdc,
        bar.volume_shares,
        bar.trades.map(f64::from),
        bar.bid,
        bar.ask,
    ];
    leading_cells(row, view, bar.at, to)
        .into_iter()
        .chain(numbers.map(Cell::Number))
        .chain([
            Cell::text(Some(bar.source.as_str())),
            Cell::Flag(bar.synthetic),
            Cell::text(None::<String>),
        ])
        .collect()
}

fn gap_cells(row: &MarketRow, view: &OhlcView, gap: &GapView) -> Vec<Cell> {
    leading_cells(row, view, gap.from, gap.to)
        .into_iter()
        .chain((0..9).map(|_| Cell::Number(None)))
        .chain([
            Cell::text(Some("not_recorded")),
            Cell::text(None::<String>),
            Cell::text(Some(gap.cause.as_str())),
        ])
        .collect()
}

/// Which trades to export.
#[derive(Debug, Clone, PartialEq)]
pub struct TradesExportQuery(TapeFilter);

impl FromQuery for TradesExportQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self(trades::read_filter(query))
    }
}

impl IntoParams for TradesExportQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        trades::filter_parameters()
    }
}

/// Export a market's trades
///
/// Every recorded trade as CSV, the newest first. `source` is `record` for what the Data API has told, and `stream` for
/// what was only heard so far. A transfer that breaks off is not whole.
#[utoipa::path(
    get, path = "/api/polymarket/markets/{id}/trades.csv", tag = "markets", operation_id = "export_market_trades",
    params(("id" = String, Path, description = "Market id, condition id or slug"), TradesExportQuery),
    responses(
        (status = 200, description = "The trades", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_market_trades(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(TradesExportQuery(filter)): Query<TradesExportQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let id = MarketId::parse(&row.market_id).map_err(ApiError::internal)?;
    let name = format!("cascadian-{}-trades.csv", row.market_id);
    let mut header = Vec::new();
    write_line(&mut header, TRADE_HEADERS.into_iter().map(|header| Cell::text(Some(header))));
    streamed(&name, header, Rest { app, id, row, next: Some(filter) }).await
}

/// What is still to be written of a market's tape.
struct Rest {
    app: AppState,
    id: MarketId,
    row: MarketRow,
    /// The trades that follow; `None` at the end.
    next: Option<TapeFilter>,
}

impl Parts for Rest {
    async fn part(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        let Some(filter) = self.next.take() else { return Ok(None) };
        let public = self.app.database().public();
        let stored = tape::of_market(public, &self.id, &filter, PART_TRADES).await?;
        if stored.len() == PART_TRADES as usize {
            self.next =
                stored.last().map(|last| TapeFilter { after: Some(TapePlace::of(last)), ..filter });
        }
        let mut text = Vec::new();
        for trade in &stored {
            write_line(&mut text, trade_cells(&self.row, &TradeView::of(trade)).into_iter());
        }
        Ok((!text.is_empty()).then_some(text))
    }
}

fn trade_cells(row: &MarketRow, trade: &TradeView) -> [Cell; 13] {
    [
        Cell::Instant(Some(trade.traded_at)),
        Cell::text(Some(trade.market_id.as_str())),
        Cell::text(Some(trade.outcome.to_string())),
        Cell::text(row.outcomes.get(trade.outcome).cloned()),
        Cell::text(Some(trade.side.as_str())),
        Cell::Number(Some(trade.price)),
        Cell::Number(Some(trade.shares)),
        Cell::Number(Some(trade.usdc)),
        Cell::Number(trade.canonical_price),
        Cell::text(trade.wallet.as_deref()),
        Cell::text(trade.name.as_deref()),
        Cell::text(trade.transaction_hash.as_deref()),
        Cell::text(Some(if trade.confirmed { "record" } else { "stream" })),
    ]
}
