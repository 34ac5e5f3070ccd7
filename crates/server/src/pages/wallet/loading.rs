//! What fills a wallet's page. Everything is asked for at the same time, and nothing is waited for longer than the rest.

use domain::QueryReader;
use serde::Serialize;

use super::settings::{ROWS, Settings};
use crate::{
    api::intelligence::wallet as wallet_scores,
    api::wallet::{
        activity::{self, ActivityQuery},
        asked::AskedWallet,
        closed_positions::{self, ClosedPositionsQuery},
        exposure, metrics, pnl, positions, profile,
        reply::{WalletListMetadata, WalletListReply, WalletReply},
        value,
    },
    http::{error::ApiError, extract::FromQuery, state::AppState},
    pages::panels::{Panel, within},
    view::intelligence::WalletScores,
    view::wallet::{
        ActivityView, ClosedPositionView, ExposureView, PnlView, PositionView, ValueView,
        WalletMetricsView, WalletProfile,
    },
};

/// A page of what a wallet did.
pub(super) struct Acts {
    pub(super) rows: Vec<ActivityView>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
}

/// A page of closed positions.
pub(super) struct Closed {
    pub(super) rows: Vec<ClosedPositionView>,
    /// Of the whole list.
    pub(super) total: u64,
}

/// What fills the panels, or why something does not.
pub(super) struct Loaded {
    pub(super) profile: WalletProfile,
    pub(super) value: Panel<ValueView>,
    pub(super) metrics: Panel<Option<WalletMetricsView>>,
    pub(super) pnl: Panel<PnlView>,
    pub(super) scores: Panel<WalletScores>,
    pub(super) positions: Panel<Vec<PositionView>>,
    pub(super) exposure: Panel<Vec<ExposureView>>,
    pub(super) closed: Panel<Closed>,
    pub(super) trades: Panel<Acts>,
    pub(super) activity: Panel<Acts>,
}

impl Loaded {
    /// Asks for everything at once.
    pub(super) async fn of(
        app: &AppState,
        asked: &AskedWallet,
        settings: &Settings,
    ) -> Result<Self, ApiError> {
        let trades = settings.trades_query();
        let activity = ActivityQuery::read(&mut QueryReader::new(Vec::<(String, String)>::new()));
        let closed = ClosedPositionsQuery { limit: ROWS, offset: settings.closed };
        let (profile, value, metrics, pnl, scores, positions, exposure, closed, trades, activity) = tokio::join!(
            Box::pin(profile::load(app, asked)),
            Box::pin(within(value::load(app, asked))),
            Box::pin(within(metrics::load(app, asked))),
            Box::pin(within(pnl::load(app, asked, settings.pnl_range()))),
            Box::pin(within(wallet_scores::load(app, &asked.address))),
            Box::pin(within(positions::load(app, asked))),
            Box::pin(within(exposure::load(app, asked))),
            Box::pin(within(closed_positions::load(app, asked, closed))),
            Box::pin(within(activity::load(app, asked, &trades.selection, trades.page))),
            Box::pin(within(activity::load(app, asked, &activity.selection, activity.page))),
        );
        let acts = |page: Panel<(Vec<ActivityView>, Option<String>)>| {
            page.map(|(rows, next)| Acts { rows, next })
        };
        Ok(Self {
            profile: profile?,
            value,
            metrics,
            pnl,
            scores,
            positions,
            exposure,
            closed: closed.map(|(rows, total)| Closed { rows, total }),
            trades: acts(trades),
            activity: acts(activity),
        })
    }

    /// All of it for the script, each part as its own route would answer: what is missing it asks for itself.
    pub(super) fn handed_over(
        self,
        asked: &AskedWallet,
        settings: &Settings,
    ) -> WalletReply<Handed> {
        let list = |total: Option<u64>, next_cursor: Option<String>| WalletListMetadata {
            next_cursor,
            ..asked.list_metadata(total)
        };
        let is_held = asked.completeness().is_some();
        let acts = |acts: Acts| WalletListReply {
            success: true,
            data: acts.rows,
            metadata: list(None, acts.next),
        };
        let parts = is_held.then(|| Parts {
            value: self.value.ok(),
            metrics: self.metrics.ok().map(|metrics| MetricsPart { metrics }),
            pnl: self.pnl.ok(),
            scores: self.scores.ok(),
            positions: self.positions.ok(),
            exposure: self.exposure.ok(),
            closed: self.closed.ok().filter(|_| settings.closed == 0).map(|closed| {
                WalletListReply {
                    success: true,
                    data: closed.rows,
                    metadata: list(Some(closed.total), None),
                }
            }),
            trades: self.trades.ok().filter(|_| settings.trades.is_none()).map(acts),
            activity: self.activity.ok().map(acts),
        });
        WalletReply {
            success: true,
            data: Handed { profile: self.profile, parts },
            metadata: asked.metadata(),
        }
    }
}

/// The page's data for the script.
#[derive(Serialize)]
pub(super) struct Handed {
    profile: WalletProfile,
    /// Null while no history is held.
    parts: Option<Parts>,
}

#[derive(Serialize)]
struct Parts {
    value: Option<ValueView>,
    metrics: Option<MetricsPart>,
    pnl: Option<PnlView>,
    scores: Option<WalletScores>,
    positions: Option<Vec<PositionView>>,
    exposure: Option<Vec<ExposureView>>,
    closed: Option<WalletListReply<ClosedPositionView>>,
    trades: Option<WalletListReply<ActivityView>>,
    activity: Option<WalletListReply<ActivityView>>,
}

#[derive(Serialize)]
struct MetricsPart {
    metrics: Option<WalletMetricsView>,
}
