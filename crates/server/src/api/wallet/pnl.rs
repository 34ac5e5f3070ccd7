//! `GET /api/polymarket/wallet/{address}/pnl`: what a wallet made.

use axum::{extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::QueryReader;
use store::wallets::{
    pnl::{self, PnlSource},
    positions,
};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        parameters::text,
        wallet::{asked::AskedWallet, metrics, reply::WalletReply},
    },
    http::{
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::wallet::{PnlSeries, PnlView, reconciled},
};

/// How far back the series go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PnlRange {
    /// A day.
    Day,
    /// Seven.
    Week,
    /// Thirty.
    Month,
    /// 365.
    Year,
    /// From the first on.
    #[default]
    All,
}

impl PnlRange {
    const WORDS: [(&'static str, Self); 5] = [
        ("1d", Self::Day),
        ("1w", Self::Week),
        ("1m", Self::Month),
        ("1y", Self::Year),
        ("all", Self::All),
    ];

    fn since(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Year => 365,
            Self::All => return None,
        };
        Some(now - TimeDelta::days(days))
    }
}

impl FromQuery for PnlRange {
    fn read(query: &mut QueryReader) -> Self {
        let Some(word) = query.text("range") else { return Self::default() };
        let found = Self::WORDS.into_iter().find(|(known, _)| *known == word);
        if found.is_none() {
            query.refuse("range", &word, "must be one of 1d, 1w, 1m, 1y, all");
        }
        found.map_or(Self::default(), |(_, range)| range)
    }
}

impl IntoParams for PnlRange {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![text(
            "range",
            "How far back the series go: `1d`, `1w`, `1m`, `1y` or `all` (default).",
        )]
    }
}

/// What a wallet made.
pub(crate) async fn load(
    app: &AppState,
    asked: &AskedWallet,
    range: PnlRange,
) -> Result<PnlView, ApiError> {
    let (public, address) = (app.database().public(), &asked.address);
    let since = range.since(Utc::now());
    let series = |source| pnl::series(public, address, source, since);
    let (ledger, venue, site, last, sums) = tokio::try_join!(
        pnl::series(public, address, PnlSource::Ledger, None),
        series(PnlSource::Venue),
        series(PnlSource::Site),
        pnl::last(public, address, PnlSource::Venue),
        positions::sums(public, address),
    )?;
    let figures = metrics::figures(app, address).await?;
    let history = asked.held.as_ref().and_then(|wallet| wallet.history.as_ref());
    // A sum over a list that was cut short is no number of the venue's.
    let is_whole =
        history.is_some_and(|held| !held.reasons.iter().any(|why| why.starts_with("positions_")));
    let reconciliation = figures.as_ref().map(|(_, figures)| {
        let has_open = !figures.exposures.is_empty();
        let sums = Some(&sums).filter(|_| is_whole);
        reconciled(&figures.totals, has_open, sums, last.as_ref(), &ledger)
    });
    let completeness = asked.completeness();
    let shown = ledger.partition_point(|point| since.is_some_and(|since| point.at < since));
    Ok(PnlView {
        totals: figures.as_ref().map(|(_, figures)| (&figures.totals).into()),
        series: vec![
            PnlSeries::of(PnlSource::Ledger, completeness, ledger.get(shown..).unwrap_or_default()),
            PnlSeries::of(PnlSource::Venue, completeness, &venue),
            PnlSeries::of(PnlSource::Site, completeness, &site),
        ],
        reconciliation: reconciliation.unwrap_or_default(),
        ..PnlView::of_books(completeness, figures.as_ref().map(|(as_of, _)| *as_of))
    })
}

// The macro below takes names without parameters.
type PnlReply = WalletReply<PnlView>;

/// Show what a wallet made
///
/// By our ledger, with its method and completeness; over time by every source; and our numbers beside the venue's, with
/// what they differ by and why.
#[utoipa::path(
    get, path = "/api/polymarket/wallet/{address}/pnl", tag = "wallets", operation_id = "get_wallet_pnl",
    params(
        ("address" = String, Path, description = "Address in any case, user name, or address of a profile page"),
        PnlRange,
    ),
    responses(
        (status = 200, description = "What it made", body = PnlReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_wallet_pnl(
    State(app): State<AppState>,
    Query(range): Query<PnlRange>,
    asked: AskedWallet,
) -> Result<Response, ApiError> {
    let view = load(&app, &asked, range).await?;
    Ok(WalletReply::respond(view, asked.metadata()))
}
