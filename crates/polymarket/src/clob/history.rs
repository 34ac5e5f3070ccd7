//! Price histories: what may be asked for, and how it is answered.

use std::collections::{BTreeMap, HashSet};

use domain::TokenId;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::Request;
use crate::fields::Fields;
use crate::history::{HistoryRange, InvalidHistory, PricePoint, TimeWindow};
use crate::rows::Rows;

/// Minutes from one point to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fidelity(u16);

impl Fidelity {
    /// A point a minute, the finest.
    pub const MINUTE: Self = Self(1);
    /// A point an hour.
    pub const HOUR: Self = Self(60);

    /// A point every so many minutes; 0 is taken for 1.
    pub const fn minutes(minutes: u16) -> Self {
        Self(if minutes == 0 { 1 } else { minutes })
    }

    /// The finest that upstream answers for a range. It refuses finer ones for a week and a month; of a
    /// resolved market it has the whole life in half days only, and says of finer ones that there is
    /// nothing (py-clob-client#216).
    pub const fn finest(range: HistoryRange) -> Self {
        Self(match range {
            HistoryRange::Hour | HistoryRange::SixHours | HistoryRange::Day => 1,
            HistoryRange::Week => 5,
            HistoryRange::Month => 10,
            HistoryRange::Max => 720,
        })
    }
}

/// A request for history that upstream answers: one it would refuse cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryQuery {
    span: Span,
    fidelity: Fidelity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    Last(HistoryRange),
    Window(TimeWindow),
}

impl HistoryQuery {
    /// A range in the finest points it has.
    pub const fn last(range: HistoryRange) -> Self {
        Self { span: Span::Last(range), fidelity: Fidelity::finest(range) }
    }

    /// A range in coarser points.
    pub fn last_every(range: HistoryRange, fidelity: Fidelity) -> Result<Self, InvalidHistory> {
        let finest = Fidelity::finest(range);
        if fidelity < finest {
            return Err(InvalidHistory::TooFine { asked: fidelity.0, finest: finest.0 });
        }
        Ok(Self { span: Span::Last(range), fidelity })
    }

    /// The latest 4,300 or so points, ten minutes apart, of a market that is open: of a resolved one
    /// this is empty, for which [`Self::last`] with [`HistoryRange::Max`] is the way.
    pub const fn latest_of_open() -> Self {
        Self { span: Span::Last(HistoryRange::Max), fidelity: Fidelity(10) }
    }

    /// A window, of open and resolved markets alike; the way to minutes of long ago.
    pub const fn window(window: TimeWindow, fidelity: Fidelity) -> Self {
        Self { span: Span::Window(window), fidelity }
    }

    pub(super) fn add_to(self, request: Request) -> Request {
        let request = match self.span {
            Span::Last(range) => request.with("interval", &range.name()),
            Span::Window(window) => {
                request.with("startTs", &window.start_s()).with("endTs", &window.end_s())
            }
        };
        request.with("fidelity", &self.fidelity.0)
    }

    /// Reads `{"history":[{"t","p"}]}`.
    pub(crate) fn read(self, body: &[u8]) -> Result<Rows<PricePoint>, serde_json::Error> {
        let text = String::from_utf8_lossy(body);
        let body: History<'_> = serde_json::from_str(&text)?;
        self.points(body.history)
    }

    /// Reads `{"history":{token:[{"t","p"}]}}`. Tokens nobody asked for are left out.
    pub(crate) fn read_batch(
        self,
        body: &[u8],
        wanted: &HashSet<TokenId>,
    ) -> Result<BTreeMap<TokenId, Rows<PricePoint>>, serde_json::Error> {
        let text = String::from_utf8_lossy(body);
        let body: History<'_> = serde_json::from_str(&text)?;
        if body.history.get() == "null" {
            return Ok(BTreeMap::new());
        }
        let members = Fields::parse(body.history)?;
        let tokens = members.iter().filter_map(|(name, raw)| {
            let token_id =
                TokenId::parse(name).ok().filter(|token_id| wanted.contains(token_id))?;
            Some((token_id, raw))
        });
        tokens
            .map(|(token_id, raw)| Ok((token_id, self.points(serde_json::from_str(raw)?)?)))
            .collect()
    }

    fn points(self, rows: &RawValue) -> Result<Rows<PricePoint>, serde_json::Error> {
        let rows: Option<Vec<&RawValue>> = serde_json::from_str(rows.get())?;
        let mut points = Rows::of_points(&rows.unwrap_or_default(), "history");
        if let Span::Window(window) = self.span {
            // Upstream appends its newest point wherever the window ends: a window of long before the
            // market was listed would never be found empty.
            points.rows.retain(|point| window.contains(point.at));
        }
        points.put_in_order();
        Ok(points)
    }

    pub(super) fn batch_body(self, token_ids: &[TokenId]) -> Value {
        let mut body = json!({ "markets": token_ids, "fidelity": self.fidelity.0 });
        match self.span {
            Span::Last(range) => body["interval"] = json!(range.name()),
            Span::Window(window) => {
                body["start_ts"] = json!(window.start_s());
                body["end_ts"] = json!(window.end_s());
            }
        }
        body
    }
}

#[derive(Deserialize)]
struct History<'a> {
    #[serde(borrow)]
    history: &'a RawValue,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_never_asked_for_finer_than_upstream_answers() {
        for (range, finest) in [
            (HistoryRange::Hour, 1),
            (HistoryRange::SixHours, 1),
            (HistoryRange::Day, 1),
            (HistoryRange::Week, 5),
            (HistoryRange::Month, 10),
            (HistoryRange::Max, 720),
        ] {
            let query = HistoryQuery::last_every(range, Fidelity::minutes(finest)).unwrap();
            assert_eq!(query, HistoryQuery::last(range));
            assert!(HistoryQuery::last_every(range, Fidelity::minutes(finest + 1)).is_ok());
            if finest > 1 {
                let asked = finest - 1;
                let error = HistoryQuery::last_every(range, Fidelity::minutes(asked)).unwrap_err();
                assert_eq!(error, InvalidHistory::TooFine { asked, finest });
            }
        }
        assert_eq!(Fidelity::minutes(0), Fidelity::MINUTE);
    }
}
