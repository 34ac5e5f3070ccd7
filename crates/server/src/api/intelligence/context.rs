//! What every board needs of its request: the catalogue, which scores may be shown, who wallets are.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{Address, Category, ErrorCode, InvalidField, MarketId, null_audit::Subject};
use serde::Serialize;
use store::intelligence::boards::{
    standing,
    wallets::{self, Face},
};

use super::asked::About;
use crate::{
    api::{
        market,
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    catalog::Snapshot,
    http::{error::ApiError, state::AppState},
    view::{
        MarketRow,
        intelligence::{MarketNames, ScoreName, ScoreStanding, WalletRef, version_of},
    },
};

/// What a board is answered with.
pub(crate) struct Context {
    pub(crate) app: AppState,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) standing: ScoreStanding,
    pub(crate) now: DateTime<Utc>,
}

impl Context {
    pub(crate) async fn load(app: &AppState) -> Result<Self, ApiError> {
        let snapshot = loaded_snapshot(app)?;
        let standing = standing(app).await?;
        Ok(Self { app: app.clone(), snapshot, standing, now: Utc::now() })
    }

    /// Refuses to narrow anything by a score that is withdrawn.
    pub(super) fn refuse_withdrawn(&self, score: Option<ScoreName>) -> Result<(), ApiError> {
        let Some(score) = score else { return Ok(()) };
        let Some(withdrawn) = self.standing.withdrawn(score) else { return Ok(()) };
        let message = format!(
            "cannot be used with the score {}, which is withdrawn since {}: {} Leave it out",
            score.slug(),
            withdrawn.since.format("%Y-%m-%d %H:%M UTC"),
            withdrawn.reason,
        );
        Err(ApiError::invalid_query(vec![InvalidField::new("min_score", score.slug(), message)]))
    }

    /// Names of markets, for one page.
    pub(crate) fn markets(&self) -> MarketNames<'_> {
        MarketNames::new(&self.snapshot)
    }

    /// An answer.
    pub(crate) fn reply<T: Serialize>(&self, data: T) -> Reply<T> {
        Reply::new(data, ItemMetadata::of(&self.app, &self.snapshot, self.now))
    }

    /// The market that is asked for.
    pub(crate) fn market(&self, about: &About) -> Result<Option<MarketRow>, ApiError> {
        about.market.as_deref().map(|id| market::find(&self.snapshot, id)).transpose()
    }

    /// The id of the event that is asked for.
    pub(crate) fn event(&self, about: &About) -> Result<Option<String>, ApiError> {
        let Some(id) = about.event.as_deref() else { return Ok(None) };
        let row = self.snapshot.event(id).ok_or_else(|| {
            let id: String = id.chars().take(80).collect();
            ApiError::new(ErrorCode::EventNotFound).with("id", id)
        })?;
        Ok(Some(row.read().map_err(ApiError::internal)?.event_id))
    }

    /// The ids of the markets of an event.
    fn event_markets(&self, event_id: &str) -> Result<Vec<String>, ApiError> {
        let rows = self.snapshot.event_markets(event_id);
        let read = rows.iter().map(|row| row.read().map(|row| row.market_id));
        read.collect::<Result<_, _>>().map_err(ApiError::internal)
    }

    /// The id of the market that is asked for.
    pub(crate) fn market_id(&self, about: &About) -> Result<Option<MarketId>, ApiError> {
        let market = self.market(about)?.map(|row| MarketId::parse(&row.market_id));
        market.transpose().map_err(ApiError::internal)
    }

    /// The ids of the markets of the event that is asked for; `None` where none is.
    pub(crate) fn markets_of_event(&self, about: &About) -> Result<Option<Vec<String>>, ApiError> {
        self.event(about)?.map(|event_id| self.event_markets(&event_id)).transpose()
    }

    /// The ids of the markets that are asked for, one by one or by their event; `None` where all are.
    pub(crate) fn market_ids(&self, about: &About) -> Result<Option<Vec<String>>, ApiError> {
        let of_event = self.markets_of_event(about)?;
        Ok(self.market(about)?.map(|row| vec![row.market_id]).or(of_event))
    }

    /// The category of a market; `None` unknown.
    pub(crate) fn category(&self, market_id: &str) -> Option<Category> {
        self.snapshot.category_of(market_id)
    }

    /// Who some wallets are.
    pub(crate) async fn people(
        &self,
        wallets: impl IntoIterator<Item = &Address>,
    ) -> Result<People, ApiError> {
        let mut wallets: Vec<Address> = wallets.into_iter().cloned().collect();
        wallets.sort();
        wallets.dedup();
        let faces = if wallets.is_empty() {
            Vec::new()
        } else {
            wallets::faces(self.app.database().public(), &wallets).await?
        };
        let faces = faces.into_iter().map(|face| (face.wallet.clone(), face)).collect();
        Ok(People { faces, shown: self.standing.shown() })
    }
}

/// Which scores may be shown.
pub(crate) async fn standing(app: &AppState) -> Result<ScoreStanding, ApiError> {
    let versions = Subject::ALL.map(|subject| (subject.slug(), version_of(subject)));
    let audits = standing::last_audits(app.database().public(), &versions).await?;
    Ok(ScoreStanding::new(audits))
}

/// The wallets of a page.
pub(crate) struct People {
    faces: HashMap<Address, Face>,
    shown: [bool; 3],
}

impl People {
    pub(crate) fn face(&self, wallet: &Address) -> Option<&Face> {
        self.faces.get(wallet)
    }

    pub(crate) fn wallet(&self, wallet: &Address) -> WalletRef {
        match self.face(wallet) {
            Some(face) => WalletRef::of(face, self.shown),
            None => WalletRef::unknown(wallet),
        }
    }
}

/// What must come first, if nothing could be there yet: a list is empty, from its beginning, and so is its table.
pub(crate) fn waiting_for(
    is_empty_from_the_beginning: bool,
    has_any: bool,
    sentence: &str,
) -> Option<String> {
    (is_empty_from_the_beginning && !has_any).then(|| sentence.to_owned())
}
