//! What can be asked of Gamma's keyset listings.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{ConditionId, MarketId};
use rust_decimal::Decimal;

use crate::{Host, Request, UpstreamError, UpstreamErrorKind};

/// Most rows a page can have.
const MAX_LIMIT: u16 = 100;
/// Most ids one request can name.
const MAX_IDS: usize = 100;

/// Column to sort events by. Upstream answers 500 to `competitive`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventOrder {
    /// Id: the only one that does not move while a crawl runs.
    Id,
    /// Lifetime volume.
    Volume,
    /// Volume over a day.
    Volume24h,
    /// Liquidity.
    Liquidity,
    /// Start.
    StartDate,
    /// Expected end.
    EndDate,
    /// Time of closing.
    ClosedTime,
    /// Creation.
    CreatedAt,
}

impl EventOrder {
    fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Volume => "volume",
            Self::Volume24h => "volume24hr",
            Self::Liquidity => "liquidity",
            Self::StartDate => "startDate",
            Self::EndDate => "endDate",
            Self::ClosedTime => "closedTime",
            Self::CreatedAt => "createdAt",
        }
    }
}

/// Column to sort markets by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketOrder {
    /// Id: the only one that does not move while a crawl runs.
    Id,
    /// Lifetime volume.
    Volume,
    /// Volume over a day.
    Volume24h,
    /// Liquidity.
    Liquidity,
    /// Start.
    StartDate,
    /// Expected end.
    EndDate,
    /// Time of closing.
    ClosedTime,
    /// Creation.
    CreatedAt,
}

impl MarketOrder {
    fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Volume => "volumeNum",
            Self::Volume24h => "volume24hr",
            Self::Liquidity => "liquidityNum",
            Self::StartDate => "startDate",
            Self::EndDate => "endDate",
            Self::ClosedTime => "closedTime",
            Self::CreatedAt => "createdAt",
        }
    }
}

/// What to list from `/events/keyset`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsQuery {
    /// Open (`false`) or closed events; upstream's default is both.
    pub closed: Option<bool>,
    /// Sort column; upstream's own order where `None`.
    pub order: Option<EventOrder>,
    /// Direction of the sort.
    pub ascending: bool,
    /// Ending at or after.
    pub end_date_min: Option<DateTime<Utc>>,
    /// Ending at or before.
    pub end_date_max: Option<DateTime<Utc>>,
    /// Starting at or after.
    pub start_date_min: Option<DateTime<Utc>>,
    /// Starting at or before.
    pub start_date_max: Option<DateTime<Utc>>,
    /// Lifetime volume at least, in dollars.
    pub volume_min: Option<Decimal>,
    /// Liquidity at least, in dollars.
    pub liquidity_min: Option<Decimal>,
    /// Carrying the tag with this numeric id.
    pub tag_id: Option<String>,
    /// The page after this cursor; the first page where `None`.
    pub after_cursor: Option<String>,
    /// Rows per page, 1 to 100.
    pub limit: u16,
}

impl Default for EventsQuery {
    fn default() -> Self {
        Self {
            closed: None,
            order: None,
            ascending: false,
            end_date_min: None,
            end_date_max: None,
            start_date_min: None,
            start_date_max: None,
            volume_min: None,
            liquidity_min: None,
            tag_id: None,
            after_cursor: None,
            limit: MAX_LIMIT,
        }
    }
}

impl EventsQuery {
    pub(crate) fn request(&self) -> Result<Request, UpstreamError> {
        let mut request = Request::new(Host::Gamma, "/events/keyset", ["events", "keyset"]);
        check_limit(&request, self.limit)?;
        request = request.with("limit", &self.limit);
        request = with_order(request, self.order.map(EventOrder::column), self.ascending);
        request = with(request, "closed", self.closed);
        request = with(request, "end_date_min", self.end_date_min.map(timestamp));
        request = with(request, "end_date_max", self.end_date_max.map(timestamp));
        request = with(request, "start_date_min", self.start_date_min.map(timestamp));
        request = with(request, "start_date_max", self.start_date_max.map(timestamp));
        request = with(request, "volume_min", self.volume_min);
        request = with(request, "liquidity_min", self.liquidity_min);
        request = with(request, "tag_id", self.tag_id.as_ref());
        Ok(with(request, "after_cursor", self.after_cursor.as_ref()))
    }
}

/// What to list from `/markets/keyset`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketsQuery {
    /// Open (`false`) or closed markets; upstream's default is open ones only.
    pub closed: Option<bool>,
    /// Only these markets; at most 100.
    pub ids: Vec<MarketId>,
    /// Only the markets of these conditions; at most 100.
    pub condition_ids: Vec<ConditionId>,
    /// Lifetime volume at least, in dollars.
    pub volume_num_min: Option<Decimal>,
    /// Liquidity at least, in dollars.
    pub liquidity_num_min: Option<Decimal>,
    /// Ending at or after.
    pub end_date_min: Option<DateTime<Utc>>,
    /// Ending at or before.
    pub end_date_max: Option<DateTime<Utc>>,
    /// Sort column; upstream's own order where `None`.
    pub order: Option<MarketOrder>,
    /// Direction of the sort.
    pub ascending: bool,
    /// The page after this cursor; the first page where `None`.
    pub after_cursor: Option<String>,
    /// Rows per page, 1 to 100.
    pub limit: u16,
}

impl Default for MarketsQuery {
    fn default() -> Self {
        Self {
            closed: None,
            ids: Vec::new(),
            condition_ids: Vec::new(),
            volume_num_min: None,
            liquidity_num_min: None,
            end_date_min: None,
            end_date_max: None,
            order: None,
            ascending: false,
            after_cursor: None,
            limit: MAX_LIMIT,
        }
    }
}

impl MarketsQuery {
    pub(crate) fn request(&self) -> Result<Request, UpstreamError> {
        let mut request = Request::new(Host::Gamma, "/markets/keyset", ["markets", "keyset"]);
        check_limit(&request, self.limit)?;
        for (name, count) in [("id", self.ids.len()), ("condition_ids", self.condition_ids.len())] {
            if count > MAX_IDS {
                let detail = format!("{name} can name at most {MAX_IDS} markets, not {count}");
                return Err(request.error(UpstreamErrorKind::InvalidRequest(detail)));
            }
        }
        request = request.with("limit", &self.limit);
        request = with_order(request, self.order.map(MarketOrder::column), self.ascending);
        for id in &self.ids {
            request = request.with("id", id);
        }
        for id in &self.condition_ids {
            request = request.with("condition_ids", id);
        }
        request = with(request, "closed", self.closed);
        request = with(request, "volume_num_min", self.volume_num_min);
        request = with(request, "liquidity_num_min", self.liquidity_num_min);
        request = with(request, "end_date_min", self.end_date_min.map(timestamp));
        request = with(request, "end_date_max", self.end_date_max.map(timestamp));
        Ok(with(request, "after_cursor", self.after_cursor.as_ref()))
    }
}

fn with(request: Request, name: &'static str, value: Option<impl ToString>) -> Request {
    match value {
        Some(value) => request.with(name, &value),
        None => request,
    }
}

fn with_order(request: Request, column: Option<&'static str>, ascending: bool) -> Request {
    match column {
        Some(column) => request.with("order", &column).with("ascending", &ascending),
        None => request,
    }
}

fn timestamp(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn check_limit(request: &Request, limit: u16) -> Result<(), UpstreamError> {
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(());
    }
    let detail = format!("limit must be between 1 and {MAX_LIMIT}, not {limit}");
    Err(request.error(UpstreamErrorKind::InvalidRequest(detail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_upstream_would_refuse_are_not_made() {
        for limit in [0, 101] {
            let query = EventsQuery { limit, ..EventsQuery::default() };
            let error = query.request().unwrap_err();
            assert!(error.to_string().contains("limit must be between 1 and 100"), "{error}");
        }
        let ids = (0..101).map(|id| MarketId::parse(&id.to_string()).unwrap()).collect();
        let error = MarketsQuery { ids, ..MarketsQuery::default() }.request().unwrap_err();
        assert!(error.to_string().contains("at most 100 markets, not 101"), "{error}");
    }
}
