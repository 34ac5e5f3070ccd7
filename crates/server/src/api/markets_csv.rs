//! `GET /api/polymarket/markets.csv`: a whole result for spreadsheets (RFC 4180).

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::Response,
};
use chrono::Utc;
use domain::{QueryReader, Screen, TapeColumn};
use futures_util::{StreamExt, stream};

use crate::{
    api::{
        csv::{Cell, attachment, write_line},
        parameters::MarketFilters,
        reply::loaded_snapshot,
    },
    catalog::Row,
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::MarketRow,
};

/// Rows written at a time: about a millisecond of work between two yields.
const CHUNK_ROWS: usize = 256;

/// A screen without paging: the whole result.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportQuery(Screen);

impl FromQuery for ExportQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self(Screen::read(query))
    }
}

/// Export markets
///
/// The whole result as CSV: one header line with units, raw numbers, instants in UTC, nothing for unknown.
/// Texts that a spreadsheet would take for a formula begin with an apostrophe.
#[utoipa::path(
    get, path = "/api/polymarket/markets.csv", tag = "markets", operation_id = "export_markets",
    params(MarketFilters),
    responses(
        (status = 200, description = "The whole result", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_markets(
    State(app): State<AppState>,
    Query(ExportQuery(screen)): Query<ExportQuery>,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(&app)?;
    // Shares the rows' text with the snapshot: sixteen bytes each.
    let rows: Vec<Row<MarketRow>> = snapshot.screen_rows(&screen, now).collect();
    let name = format!("cascadian-markets-{}.csv", snapshot.as_of().format("%Y-%m-%d"));
    Ok(attachment(&name, Body::from_stream(lines(rows))))
}

fn lines(rows: Vec<Row<MarketRow>>) -> impl stream::Stream<Item = Result<Bytes, Infallible>> {
    let mut header = Vec::new();
    write_line(&mut header, headers().map(Cell::Text));
    let first = stream::once(async move { Ok(Bytes::from(header)) });
    let chunks = stream::unfold(rows.into_iter(), |mut rows| async move {
        tokio::task::yield_now().await;
        let mut text = Vec::new();
        for row in rows.by_ref().take(CHUNK_ROWS) {
            match row.read() {
                Ok(row) => write_line(&mut text, cells(&row)),
                Err(error) => {
                    tracing::error!(%error, "A row of the catalogue was left out of an export");
                }
            }
        }
        (!text.is_empty()).then(|| (Ok(Bytes::from(text)), rows))
    });
    // The compressor asks once more after the end.
    first.chain(chunks).fuse()
}

/// The catalogue's columns, then those of the tape.
fn headers() -> impl Iterator<Item = String> {
    let tape = TapeColumn::ALL.iter();
    let tape = tape.map(|column| format!("{} ({})", column.slug(), column.figure().unit()));
    COLUMNS.iter().map(|column| column.header.to_owned()).chain(tape)
}

fn cells(row: &MarketRow) -> impl Iterator<Item = Cell> {
    let tape = TapeColumn::ALL.iter().map(|column| Cell::Number(row.tape(*column)));
    COLUMNS.iter().map(|column| (column.cell)(row)).chain(tape)
}

struct Column {
    header: &'static str,
    cell: fn(&MarketRow) -> Cell,
}

const fn column(header: &'static str, cell: fn(&MarketRow) -> Cell) -> Column {
    Column { header, cell }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn maybe(text: Option<&str>) -> Cell {
    Cell::Text(text.unwrap_or_default().to_owned())
}

const COLUMNS: &[Column] = &[
    column("market_id", |row| text(&row.market_id)),
    column("condition_id", |row| maybe(row.condition_id.as_deref())),
    column("slug", |row| text(&row.slug)),
    column("title", |row| text(&row.title)),
    column("group_title", |row| maybe(row.group_title.as_deref())),
    column("event_id", |row| maybe(row.event.as_ref().map(|event| event.event_id.as_str()))),
    column("event_slug", |row| maybe(row.event.as_ref().map(|event| event.slug.as_str()))),
    column("event_title", |row| maybe(row.event.as_ref().map(|event| event.title.as_str()))),
    column("category", |row| maybe(row.category.map(domain::Category::slug))),
    column("tags", |row| text(row.tags.join(" "))),
    column("status", |row| text(row.status.slug())),
    column("resolution", |row| {
        maybe(
            row.resolution
                .as_ref()
                .map(|resolution| resolution.outcome.as_deref().unwrap_or("split")),
        )
    }),
    column("outcome_0", |row| maybe(row.outcomes.first().map(String::as_str))),
    column("price_0 (USDC per share)", |row| Cell::Number(row.price)),
    column("best_bid (USDC per share)", |row| Cell::Number(row.best_bid)),
    column("best_ask (USDC per share)", |row| Cell::Number(row.best_ask)),
    column("spread (USDC per share)", |row| Cell::Number(row.spread)),
    column("last_trade_price (USDC per share)", |row| Cell::Number(row.last_trade_price)),
    column("change_1h (USDC per share)", |row| Cell::Number(row.change_1h)),
    column("change_24h (USDC per share)", |row| Cell::Number(row.change_24h)),
    column("change_7d (USDC per share)", |row| Cell::Number(row.change_7d)),
    column("change_30d (USDC per share)", |row| Cell::Number(row.change_30d)),
    column("volume_24h (USDC)", |row| Cell::Number(row.volume_24h)),
    column("volume_7d (USDC)", |row| Cell::Number(row.volume_7d)),
    column("volume_30d (USDC)", |row| Cell::Number(row.volume_30d)),
    column("volume_1y (USDC)", |row| Cell::Number(row.volume_1y)),
    column("volume_total (USDC)", |row| Cell::Number(row.volume_total)),
    column("liquidity (USDC)", |row| Cell::Number(row.liquidity)),
    column("competitive (0-1)", |row| Cell::Number(row.competitive)),
    column("smart_imbalance (-100-100)", |row| Cell::Number(row.smart_imbalance())),
    column("smart_voices", |row| Cell::Number(row.smart_money.map(|known| known.voices))),
    column("smart_as_of (UTC)", |row| Cell::Instant(row.smart_money.map(|known| known.as_of))),
    column("fee_rate", |row| Cell::Number(row.fee_rate)),
    column("tick_size (USDC per share)", |row| Cell::Number(row.tick_size)),
    column("min_order_size (shares)", |row| Cell::Number(row.min_order_size)),
    column("neg_risk", |row| Cell::Flag(row.neg_risk)),
    column("rewards", |row| Cell::Flag(row.rewards)),
    column("new", |row| Cell::Flag(row.new)),
    column("active", |row| Cell::Flag(row.active)),
    column("closed", |row| Cell::Flag(row.closed)),
    column("accepting_orders", |row| Cell::Flag(row.accepting_orders)),
    column("awaiting_resolution", |row| Cell::Flag(row.awaiting_resolution)),
    column("start_date (UTC)", |row| Cell::Instant(row.start_date)),
    column("end_date (UTC)", |row| Cell::Instant(row.end_date)),
    column("closed_at (UTC)", |row| Cell::Instant(row.closed_at)),
    column("created_at (UTC)", |row| Cell::Instant(row.created_at)),
    column("observed_at (UTC)", |row| Cell::Instant(Some(row.observed_at))),
];
