//! What a wallet did as a file for spreadsheets: all of it, however much.

use axum::{extract::State, response::Response};
use store::wallets::activity::{self, ActivityFilter};

use crate::{
    api::{
        csv::{Cell, Parts, streamed, write_line},
        wallet::{
            activity::{ActivityExportQuery, TradesExportQuery, place_of},
            asked::AskedWallet,
        },
    },
    http::{
        error::{ApiError, Failure},
        extract::Query,
        state::AppState,
    },
    view::wallet::ActivityView,
};

/// Rows read from the database at a time.
const PART_ROWS: u32 = 1_000;

pub(crate) const HEADERS: [&str; 16] = [
    "happened_at (UTC)",
    "kind",
    "side",
    "role",
    "market_id",
    "condition_id",
    "title",
    "outcome",
    "outcome_label",
    "token_id",
    "price (USDC per share)",
    "shares",
    "moved (USDC, fees in on purchases)",
    "transaction_hash",
    "combo",
    "id",
];

/// The cells of a row, as [`HEADERS`] names them.
pub(crate) fn cells(row: &ActivityView) -> [Cell; 16] {
    let market = row.market.as_ref();
    let outcome = market.and_then(|market| market.outcome_index);
    [
        Cell::Instant(Some(row.happened_at)),
        Cell::text(Some(row.kind.as_str())),
        Cell::text(row.side.as_deref()),
        Cell::text(row.role.as_deref()),
        Cell::text(market.and_then(|market| market.market_id.as_deref())),
        Cell::text(market.and_then(|market| market.condition_id.as_deref())),
        Cell::text(market.and_then(|market| market.title.as_deref())),
        Cell::text(outcome.map(|outcome| outcome.to_string())),
        Cell::text(market.and_then(|market| market.outcome.as_deref())),
        Cell::text(market.and_then(|market| market.token_id.as_deref())),
        Cell::Number(row.price),
        Cell::Number(row.shares),
        Cell::Number(row.usdc),
        Cell::text(row.transaction_hash.as_deref()),
        Cell::Flag(row.is_combo),
        Cell::text(Some(row.id.as_str())),
    ]
}

/// Appends the line of headers.
pub(crate) fn write_headers(out: &mut Vec<u8>) {
    write_line(out, HEADERS.into_iter().map(|header| Cell::text(Some(header))));
}

/// What is still to be written of a wallet's activity.
struct Rest {
    app: AppState,
    asked: AskedWallet,
    /// The rows that follow; `None` at the end.
    next: Option<ActivityFilter>,
}

impl Parts for Rest {
    async fn part(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        let Some(filter) = self.next.take() else { return Ok(None) };
        let public = self.app.database().public();
        let stored = activity::page(public, &self.asked.address, &filter, PART_ROWS).await?;
        if stored.len() == PART_ROWS as usize {
            let after = stored.last().map(place_of);
            self.next = after.map(|after| ActivityFilter { after: Some(after), ..filter });
        }
        let mut markets = self.asked.markets(&self.app);
        let mut text = Vec::new();
        for row in &stored {
            write_line(&mut text, cells(&ActivityView::of(row, &mut markets)).into_iter());
        }
        Ok((!text.is_empty()).then_some(text))
    }
}

async fn export(
    app: AppState,
    asked: AskedWallet,
    filter: ActivityFilter,
    what: &str,
) -> Result<Response, ApiError> {
    let name = format!("cascadian-{}-{what}.csv", asked.address);
    let mut header = Vec::new();
    write_headers(&mut header);
    streamed(&name, header, Rest { app, asked, next: Some(filter) }).await
}

/// Export what a wallet did
///
/// Every row that is held, as CSV, the newest first. A transfer that breaks off is not whole.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/activity.csv", tag = "wallets",
    operation_id = "export_wallet_activity",
    params(
        ("address" = String, Path, description = "Address in any case, user name, or address of a profile page"),
        ActivityExportQuery,
    ),
    responses(
        (status = 200, description = "What it did", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_wallet_activity(
    State(app): State<AppState>,
    Query(ActivityExportQuery(selection)): Query<ActivityExportQuery>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let filter = selection.filter(&asked.snapshot)?;
    export(app, asked, filter, "activity").await
}

/// Export a wallet's trades
///
/// Every trade that is held, as CSV, the newest first. A transfer that breaks off is not whole.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/trades.csv", tag = "wallets",
    operation_id = "export_wallet_trades",
    params(
        ("address" = String, Path, description = "Address in any case, user name, or address of a profile page"),
        TradesExportQuery,
    ),
    responses(
        (status = 200, description = "The trades", body = String, content_type = "text/csv"),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn export_wallet_trades(
    State(app): State<AppState>,
    Query(TradesExportQuery(selection)): Query<TradesExportQuery>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let filter = selection.filter(&asked.snapshot)?;
    export(app, asked, filter, "trades").await
}
