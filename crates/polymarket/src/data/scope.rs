//! Whom and what a request names: checked here, so that what upstream would refuse is never sent.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, Contract, EventId};

use crate::{Request, UpstreamError, UpstreamErrorKind};

/// Most ids a request can name.
const MAX_IDS: usize = 20;

/// Which of a wallet's markets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Within {
    /// All of them.
    #[default]
    Everything,
    /// These, at most 20.
    Markets(Vec<ConditionId>),
    /// Those of these events, at most 20.
    Events(Vec<EventId>),
}

impl Within {
    /// Narrows a request to it. The names of the parameters differ between the versions.
    pub(super) fn narrow(
        &self,
        request: Request,
        condition: &'static str,
        event: &'static str,
    ) -> Result<Request, UpstreamError> {
        match self {
            Self::Everything => Ok(request),
            Self::Markets(ids) => named_conditions(request, condition, ids),
            Self::Events(ids) => named_events(request, event, ids),
        }
    }

    /// The markets it names; `None` where it names none.
    pub(super) fn conditions(&self) -> Option<HashSet<ConditionId>> {
        match self {
            Self::Markets(ids) => Some(ids.iter().cloned().collect()),
            Self::Everything | Self::Events(_) => None,
        }
    }
}

/// Names a wallet. Upstream refuses contracts of the protocol, which are nobody's.
pub(super) fn with_wallet(
    request: Request,
    name: &'static str,
    wallet: &Address,
) -> Result<Request, UpstreamError> {
    match Contract::of(wallet) {
        None => Ok(request.with(name, wallet)),
        Some(contract) => {
            let detail = format!("{wallet} is the contract {contract}, nobody's wallet");
            Err(request.error(UpstreamErrorKind::InvalidRequest(detail)))
        }
    }
}

/// Names markets. Upstream takes up to 20, and none that is a combo.
pub(super) fn with_conditions(
    request: Request,
    ids: &[ConditionId],
) -> Result<Request, UpstreamError> {
    named_conditions(request, "condition", ids)
}

/// Names events. Upstream takes up to 20, by number.
pub(super) fn with_events(request: Request, ids: &[EventId]) -> Result<Request, UpstreamError> {
    named_events(request, "event_id", ids)
}

pub(super) fn named_conditions(
    request: Request,
    name: &'static str,
    ids: &[ConditionId],
) -> Result<Request, UpstreamError> {
    if let Some(combo) = ids.iter().find(|id| is_structural(id)) {
        let detail = format!("{combo} is a combo's, which has no market");
        return Err(request.error(UpstreamErrorKind::InvalidRequest(detail)));
    }
    let ids: Vec<&str> = ids.iter().map(ConditionId::as_str).collect();
    with_ids(request, name, ids)
}

pub(super) fn named_events(
    request: Request,
    name: &'static str,
    ids: &[EventId],
) -> Result<Request, UpstreamError> {
    let is_number = |id: &&EventId| id.as_str().bytes().all(|b| b.is_ascii_digit());
    if let Some(id) = ids.iter().find(|id| !is_number(id)) {
        let detail = format!("the event id {id} is not a number");
        return Err(request.error(UpstreamErrorKind::InvalidRequest(detail)));
    }
    let ids: Vec<&str> = ids.iter().map(EventId::as_str).collect();
    with_ids(request, name, ids)
}

fn with_ids(
    request: Request,
    name: &'static str,
    mut ids: Vec<&str>,
) -> Result<Request, UpstreamError> {
    ids.sort_unstable();
    ids.dedup();
    if (1..=MAX_IDS).contains(&ids.len()) {
        return Ok(request.with(name, &ids.join(",")));
    }
    let detail = format!("{name} must name 1 to {MAX_IDS} ids, not {}", ids.len());
    Err(request.error(UpstreamErrorKind::InvalidRequest(detail)))
}

pub(super) fn check_limit(
    request: Request,
    limit: u16,
    most: u16,
) -> Result<Request, UpstreamError> {
    if (1..=most).contains(&limit) {
        return Ok(request.with("limit", &limit));
    }
    let detail = format!("limit must be between 1 and {most}, not {limit}");
    Err(request.error(UpstreamErrorKind::InvalidRequest(detail)))
}

/// Names the page after a cursor.
pub(super) fn with_cursor(request: Request, cursor: Option<&str>) -> Request {
    match cursor {
        Some(cursor) => request.with("cursor", &cursor),
        None => request,
    }
}

/// Names a stretch of time of a wallet's history, both ends included. Without a beginning, and with 0,
/// upstream goes back three years.
pub(super) fn with_history(
    request: Request,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
) -> Request {
    let since_s = since.map_or(1, |since| since.timestamp().max(1));
    let request = request.with("start", &since_s);
    match until {
        Some(until) => request.with("end", &until.timestamp().max(1)),
        None => request,
    }
}

/// Whether a condition is one of protocol version 2: 62 digits instead of 64. Combos have such ids.
pub(super) fn is_structural(id: &ConditionId) -> bool {
    id.as_str().len() == "0x".len() + 62
}
