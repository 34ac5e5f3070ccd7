//! `GET /api/polymarket/wallet/{address}/activity` and `/trades`: what a wallet did.

use axum::{extract::State, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::{ConditionId, QueryReader};
use rust_decimal::Decimal;
use store::wallets::activity::{self, ActivityFilter, ActivityPlace, Direction, StoredActivity};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};
use uuid::Uuid;

use crate::{
    api::{
        market,
        parameters::{integer, parameter, text},
        wallet::{asked::AskedWallet, reply::WalletListReply},
    },
    catalog::Snapshot,
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::wallet::ActivityView,
};

const MAX_LIMIT: u32 = 1_000;
const DEFAULT_LIMIT: u32 = 100;
/// Longest name of a kind.
const MAX_KIND_CHARS: usize = 40;

/// What trades are called among a wallet's activity.
pub(crate) const TRADE: &str = "trade";

/// Which activity, wherever a page of it begins.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActivitySelection {
    /// Only these kinds; all where empty.
    pub(crate) kinds: Vec<String>,
    market: Option<String>,
    side: Option<Direction>,
    min_usdc: Option<Decimal>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl ActivitySelection {
    fn read(query: &mut QueryReader) -> Self {
        const SIDES: [Direction; 4] =
            [Direction::Buy, Direction::Sell, Direction::In, Direction::Out];
        let side = query.text("side");
        let found = side.as_deref().and_then(|word| SIDES.into_iter().find(|s| s.slug() == word));
        if let (Some(word), None) = (&side, found) {
            query.refuse("side", word, "must be one of buy, sell, in, out");
        }
        let min_usdc: Option<Decimal> = query.parse("min_usdc", "an amount of dollars");
        Self {
            kinds: Vec::new(),
            market: query.text("market"),
            side: found,
            min_usdc,
            since: query.instant("since"),
            until: query.instant("until"),
        }
    }

    /// The rows it means. A market that the catalogue does not have is found by its condition id.
    pub(crate) fn filter(&self, snapshot: &Snapshot) -> Result<ActivityFilter, ApiError> {
        let condition_id =
            self.market.as_deref().map(|id| condition_of(snapshot, id)).transpose()?;
        Ok(ActivityFilter {
            kinds: self.kinds.clone(),
            condition_id,
            direction: self.side,
            min_usdc: self.min_usdc,
            since: self.since,
            until: self.until,
            after: None,
        })
    }
}

fn condition_of(snapshot: &Snapshot, id: &str) -> Result<ConditionId, ApiError> {
    if let Ok(condition) = ConditionId::parse(id) {
        return Ok(condition);
    }
    let row = market::find(snapshot, id)?;
    let condition = row.condition_id.as_deref().map(ConditionId::parse);
    condition.and_then(Result::ok).ok_or_else(|| market::not_found(id))
}

fn selection_parameters() -> Vec<Parameter> {
    vec![
        text("market", "Only of this market: market id, condition id or slug."),
        text("side", "Only this way: `buy`, `sell`, `in` or `out`."),
        text("min_usdc", "Only rows of at least so many dollars."),
        text("since", "At or after: RFC 3339, or a day (UTC)."),
        text("until", "Before: RFC 3339, or a day (UTC)."),
    ]
}

fn page_parameters() -> Vec<Parameter> {
    let limit = integer(1, Some(MAX_LIMIT as usize)).default(Some(DEFAULT_LIMIT.into()));
    vec![
        parameter("limit", "The most rows to answer with.", limit),
        text("cursor", "`metadata.next_cursor` of the page before, under the same filters."),
    ]
}

fn kinds_parameter() -> Parameter {
    text(
        "kinds",
        "Only these, separated by commas, as in `split,merge`: words of `kind` in the answer.",
    )
}

fn read_kinds(query: &mut QueryReader) -> Vec<String> {
    let is_word = |word: &str| {
        let is_legal = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        word.chars().count() <= MAX_KIND_CHARS && word.chars().all(is_legal)
    };
    query.words("kinds", "the words of `kind`, as in trade,split", |word| {
        is_word(word).then(|| word.to_ascii_lowercase())
    })
}

/// Which activity to export.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityExportQuery(pub(crate) ActivitySelection);

impl FromQuery for ActivityExportQuery {
    fn read(query: &mut QueryReader) -> Self {
        let kinds = read_kinds(query);
        Self(ActivitySelection { kinds, ..ActivitySelection::read(query) })
    }
}

impl IntoParams for ActivityExportQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        std::iter::once(kinds_parameter()).chain(selection_parameters()).collect()
    }
}

/// Which trades to export.
#[derive(Debug, Clone, PartialEq)]
pub struct TradesExportQuery(pub(crate) ActivitySelection);

impl FromQuery for TradesExportQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self(ActivitySelection { kinds: vec![TRADE.to_owned()], ..ActivitySelection::read(query) })
    }
}

impl IntoParams for TradesExportQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        selection_parameters()
    }
}

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActivityPage {
    pub(crate) limit: u32,
    pub(crate) after: Option<ActivityPlace>,
}

impl ActivityPage {
    fn read(query: &mut QueryReader) -> Self {
        let limit = query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let cursor = query.text("cursor");
        let after = cursor.as_deref().and_then(parse_cursor);
        if let (Some(text), None) = (&cursor, &after) {
            query.refuse("cursor", text, "is not one of this list's `metadata.next_cursor`");
        }
        Self { limit, after }
    }
}

/// Which activity.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityQuery {
    pub(crate) selection: ActivitySelection,
    pub(crate) page: ActivityPage,
}

impl FromQuery for ActivityQuery {
    fn read(query: &mut QueryReader) -> Self {
        let ActivityExportQuery(selection) = ActivityExportQuery::read(query);
        Self { selection, page: ActivityPage::read(query) }
    }
}

impl IntoParams for ActivityQuery {
    fn into_params(wherever: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = page_parameters();
        all.extend(ActivityExportQuery::into_params(wherever));
        all
    }
}

/// Which of a wallet's trades.
#[derive(Debug, Clone, PartialEq)]
pub struct WalletTradesQuery {
    pub(crate) selection: ActivitySelection,
    pub(crate) page: ActivityPage,
}

impl FromQuery for WalletTradesQuery {
    fn read(query: &mut QueryReader) -> Self {
        let TradesExportQuery(selection) = TradesExportQuery::read(query);
        Self { selection, page: ActivityPage::read(query) }
    }
}

impl IntoParams for WalletTradesQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        page_parameters().into_iter().chain(selection_parameters()).collect()
    }
}

/// The place of a row.
pub(crate) fn place_of(row: &StoredActivity) -> ActivityPlace {
    ActivityPlace { happened_at: row.activity.happened_at, id: row.id }
}

fn cursor_of(place: &ActivityPlace) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}|{}", place.happened_at.timestamp(), place.id.simple()))
}

fn parse_cursor(text: &str) -> Option<ActivityPlace> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (seconds, id) = text.split_once('|')?;
    Some(ActivityPlace {
        happened_at: DateTime::from_timestamp(seconds.parse().ok()?, 0)?,
        id: Uuid::try_parse(id).ok()?,
    })
}

/// A page of what a wallet did, and where the next begins.
pub(crate) async fn load(
    app: &AppState,
    asked: &AskedWallet,
    selection: &ActivitySelection,
    page: ActivityPage,
) -> Result<(Vec<ActivityView>, Option<String>), ApiError> {
    let filter = ActivityFilter { after: page.after, ..selection.filter(&asked.snapshot)? };
    let public = app.database().public();
    // One more than asked for tells whether there are more.
    let mut stored = activity::page(public, &asked.address, &filter, page.limit + 1).await?;
    let has_more = stored.len() > page.limit as usize;
    stored.truncate(page.limit as usize);
    let next = stored.last().filter(|_| has_more).map(|last| cursor_of(&place_of(last)));
    let mut markets = asked.markets(app);
    Ok((stored.iter().map(|row| ActivityView::of(row, &mut markets)).collect(), next))
}

async fn answer(
    app: &AppState,
    asked: &AskedWallet,
    selection: &ActivitySelection,
    page: ActivityPage,
) -> Result<Response, ApiError> {
    let (rows, next_cursor) = load(app, asked, selection, page).await?;
    let mut metadata = asked.list_metadata(None);
    metadata.next_cursor = next_cursor;
    Ok(WalletListReply::respond(rows, metadata))
}

// The macro below takes names without parameters.
type ActivityReply = WalletListReply<ActivityView>;

/// List what a wallet did
///
/// Trades, splits, merges, redemptions, conversions, rewards, rebates, tips, deposits and withdrawals, the newest
/// first.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/activity", tag = "wallets", operation_id = "list_wallet_activity",
    params(
        ("address" = String, Path, description = "Address in any case, user name, or address of a profile page"),
        ActivityQuery,
    ),
    responses(
        (status = 200, description = "What it did", body = ActivityReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_wallet_activity(
    State(app): State<AppState>,
    Query(query): Query<ActivityQuery>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    answer(&app, &asked, &query.selection, query.page).await
}

/// List a wallet's trades
///
/// As maker and as taker, the newest first.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/trades", tag = "wallets", operation_id = "list_wallet_trades",
    params(
        ("address" = String, Path, description = "Address in any case, user name, or address of a profile page"),
        WalletTradesQuery,
    ),
    responses(
        (status = 200, description = "The trades", body = ActivityReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_wallet_trades(
    State(app): State<AppState>,
    Query(query): Query<WalletTradesQuery>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    answer(&app, &asked, &query.selection, query.page).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_back() {
        let happened_at = DateTime::from_timestamp(1_795_392_000, 0).unwrap();
        let place = ActivityPlace { happened_at, id: Uuid::from_u128(u128::MAX - 5) };
        assert_eq!(parse_cursor(&cursor_of(&place)), Some(place));
        for bad in ["", "x", "MTIz", &URL_SAFE_NO_PAD.encode("1795392000|abc")] {
            assert_eq!(parse_cursor(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let mut query = QueryReader::new([
            ("kinds", "trade,sp lit"),
            ("side", "long"),
            ("min_usdc", "much"),
            ("since", "yesterday"),
            ("cursor", "x"),
            ("limit", "0"),
        ]);
        let _ = ActivityQuery::read(&mut query);
        let mut fields: Vec<_> =
            query.finish().unwrap_err().into_iter().map(|field| field.field).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["cursor", "kinds", "limit", "min_usdc", "side", "since"]);
    }
}
