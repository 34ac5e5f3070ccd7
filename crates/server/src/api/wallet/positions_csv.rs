//! What a wallet holds and held as files for spreadsheets: ours beside the venue's.

use axum::{body::Body, extract::State, response::Response};
use store::wallets::positions;

use crate::{
    api::{
        csv::{Cell, attachment, write_line},
        wallet::{asked::AskedWallet, positions as open},
    },
    http::{
        error::{ApiError, Failure},
        extract::{NoParameters, Query},
        state::AppState,
    },
    view::wallet::{ClosedPositionView, PositionView},
};

/// About a millisecond of work.
const ROWS_BETWEEN_YIELDS: usize = 256;

/// A column: its header, and what it holds of a row.
type Column<T> = (&'static str, fn(&T) -> Cell);

fn text(text: Option<&str>) -> Cell {
    Cell::text(text)
}

const COLUMNS: [Column<PositionView>; 37] = [
    ("condition_id", |row| text(row.market.condition_id.as_deref())),
    ("market_id", |row| text(row.market.market_id.as_deref())),
    ("title", |row| text(row.market.title.as_deref())),
    ("event", |row| text(row.market.event.as_ref().map(|event| event.title.as_str()))),
    ("category", |row| text(row.market.category.map(domain::Category::slug))),
    ("outcome", |row| Cell::text(row.market.outcome_index.map(|index| index.to_string()))),
    ("outcome_label", |row| text(row.market.outcome.as_deref())),
    ("token_id", |row| text(row.market.token_id.as_deref())),
    ("shares", |row| Cell::Number(row.shares)),
    ("bought (shares)", |row| Cell::Number(row.bought_shares)),
    ("avg_price (USDC per share)", |row| Cell::Number(row.avg_price)),
    ("cost (USDC)", |row| Cell::Number(row.cost_usdc)),
    ("fifo_cost (USDC)", |row| Cell::Number(row.fifo_cost_usdc)),
    ("mark (USDC per share)", |row| Cell::Number(row.mark_price)),
    ("mark_source", |row| text(row.mark_source.as_deref())),
    ("mark_as_of (UTC)", |row| Cell::Instant(row.mark_as_of)),
    ("value (USDC)", |row| Cell::Number(row.value_usdc)),
    ("realized (USDC, before fees)", |row| Cell::Number(row.realized_usdc)),
    ("fifo_realized (USDC, before fees)", |row| Cell::Number(row.fifo_realized_usdc)),
    ("unrealized (USDC, before fees)", |row| Cell::Number(row.unrealized_usdc)),
    ("total (USDC, before fees)", |row| Cell::Number(row.total_usdc)),
    ("fees (USDC)", |row| Cell::Number(row.fees_usdc)),
    ("withheld", |row| text(row.withheld.as_deref())),
    ("doubts", |row| Cell::Text(row.doubts.join(" "))),
    ("first_at (UTC)", |row| Cell::Instant(row.first_at)),
    ("last_at (UTC)", |row| Cell::Instant(row.last_at)),
    ("as_of (UTC)", |row| Cell::Instant(Some(row.as_of))),
    ("venue_shares", |row| Cell::Number(row.venue.as_ref().and_then(|venue| venue.shares))),
    ("venue_avg_price (USDC per share)", |row| {
        Cell::Number(row.venue.as_ref().and_then(|venue| venue.avg_price))
    }),
    ("venue_value (USDC)", |row| {
        Cell::Number(row.venue.as_ref().and_then(|venue| venue.value_usdc))
    }),
    ("venue_realized (USDC, before fees)", |row| {
        Cell::Number(row.venue.as_ref().and_then(|venue| venue.realized_usdc))
    }),
    ("venue_total (USDC, before fees)", |row| {
        Cell::Number(row.venue.as_ref().and_then(|venue| venue.total_usdc))
    }),
    ("venue_status", |row| text(row.venue.as_ref().and_then(|venue| venue.status.as_deref()))),
    ("venue_observed_at (UTC)", |row| {
        Cell::Instant(row.venue.as_ref().map(|venue| venue.observed_at))
    }),
    ("residual (USDC)", |row| {
        Cell::Number(row.reconciliation.as_ref().and_then(|one| one.residual.value))
    }),
    ("residual_class", |row| text(row.reconciliation.as_ref().map(|one| one.class.as_str()))),
    ("differs", |row| Cell::Text(row.differs.join(" "))),
];

const CLOSED_COLUMNS: [Column<ClosedPositionView>; 5] = [
    ("closed_at (UTC)", |row| Cell::Instant(row.closed_at)),
    ("payout (USDC per share)", |row| Cell::Number(row.payout)),
    ("unredeemed (shares)", |row| Cell::Number(row.unredeemed_shares)),
    ("settled (USDC, before fees)", |row| Cell::Number(row.settled_usdc)),
    ("held (seconds)", |row| Cell::text(row.hold_s.map(|seconds| seconds.to_string()))),
];

fn header<T>(columns: &[Column<T>]) -> impl Iterator<Item = Cell> {
    columns.iter().map(|(header, _)| Cell::Text((*header).to_owned()))
}

fn cells<T>(columns: &[Column<T>], row: &T) -> impl Iterator<Item = Cell> {
    columns.iter().map(move |(_, cell)| cell(row))
}

/// Export what a wallet holds
///
/// All of it as CSV, marked now: by our ledger, beside what the venue reports. Nothing for the unknown.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/positions.csv", tag = "wallets",
    operation_id = "export_wallet_positions",
    params(("address" = String, Path, description = "Address in any case, user name, or address of a profile page")),
    responses(
        (status = 200, description = "The positions", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_wallet_positions(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let rows = open::load(&app, &asked).await?;
    let mut file = Vec::new();
    write_line(&mut file, header(&COLUMNS));
    for row in &rows {
        write_line(&mut file, cells(&COLUMNS, row));
    }
    let name = format!("cascadian-{}-positions.csv", asked.address);
    Ok(attachment(&name, Body::from(file)))
}

/// Export what a wallet held
///
/// All of it as CSV, the last closed first: by our ledger, beside what the venue reports. Nothing for the unknown.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/closed-positions.csv", tag = "wallets",
    operation_id = "export_wallet_closed_positions",
    params(("address" = String, Path, description = "Address in any case, user name, or address of a profile page")),
    responses(
        (status = 200, description = "The positions", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_wallet_closed_positions(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    // In one reading: an import that ends meanwhile puts others in their place.
    let held = positions::closed(app.database().public(), &asked.address, u32::MAX, 0).await?;
    let mut markets = asked.markets(&app);
    let mut file = Vec::new();
    write_line(&mut file, header(&COLUMNS).chain(header(&CLOSED_COLUMNS)));
    for (index, position) in held.iter().enumerate() {
        if index % ROWS_BETWEEN_YIELDS == 0 {
            tokio::task::yield_now().await;
        }
        let row = ClosedPositionView::of(position, asked.completeness(), &mut markets);
        write_line(&mut file, cells(&COLUMNS, &row.position).chain(cells(&CLOSED_COLUMNS, &row)));
    }
    let name = format!("cascadian-{}-closed-positions.csv", asked.address);
    Ok(attachment(&name, Body::from(file)))
}
