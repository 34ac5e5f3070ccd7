//! What only some filters ask for, beside the [`Facts`](super::Facts) that events and markets
//! share.

use super::embedded::Embed;
use crate::json::Members;

/// Of an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventTraits {
    /// Title and slug in lower case, a line each, for searches.
    pub(crate) words: String,
    /// Under way: a game being played.
    pub(crate) live: bool,
    /// Over: a game that has been played.
    pub(crate) ended: bool,
    /// Day of the game, `YYYY-MM-DD`; empty when it is not one.
    pub(crate) event_date: String,
    pub(crate) event_week: Option<i64>,
    /// Digits of the provider's id of the game; may be `-1` upstream.
    pub(crate) game_id: String,
    pub(crate) parent_event: Option<u64>,
    pub(crate) created_by: String,
    /// How often its series recur.
    pub(crate) recurrences: Vec<String>,
}

impl EventTraits {
    pub(super) fn read(members: &Members<'_>, series: &[Embed]) -> Self {
        let text = |key| members.text(key).unwrap_or_default();
        let whole = |key| members.text(key).and_then(|digits| digits.parse().ok());
        let mut traits = Self {
            words: lower(&[text("title"), text("slug")]),
            live: members.flag("live").unwrap_or(false),
            ended: members.flag("ended").unwrap_or(false),
            event_date: text("eventDate"),
            event_week: whole("eventWeek"),
            game_id: text("gameId"),
            parent_event: members.text("parentEventId").and_then(|digits| digits.parse().ok()),
            created_by: text("createdBy"),
            recurrences: Vec::new(),
        };
        traits.recur_with(series);
        traits
    }

    /// Recurs as often as these series do.
    pub(super) fn recur_with(&mut self, series: &[Embed]) {
        let recurrence = |series: &Embed| series.members()?.text("recurrence");
        self.recurrences = series.iter().filter_map(recurrence).collect();
    }

    /// The title in lower case.
    pub(crate) fn title(&self) -> &str {
        self.words.lines().next().unwrap_or_default()
    }
}

/// Of a market.
#[derive(Clone, Debug, Default)]
pub(crate) struct MarketTraits {
    /// Question and group title in lower case, for searches.
    pub(crate) words: String,
    pub(crate) uma_resolution_status: String,
    pub(crate) game_id: String,
    pub(crate) sports_market_type: String,
    pub(crate) market_maker_address: String,
    pub(crate) position_ids: Vec<String>,
    pub(crate) rfq_enabled: bool,
}

impl MarketTraits {
    pub(super) fn read(members: &Members<'_>) -> Self {
        let text = |key| members.text(key).unwrap_or_default();
        Self {
            words: lower(&[text("question"), text("groupItemTitle")]),
            uma_resolution_status: text("umaResolutionStatus"),
            game_id: text("gameId"),
            sports_market_type: text("sportsMarketType"),
            market_maker_address: text("marketMakerAddress").to_ascii_lowercase(),
            position_ids: members.texts("positionIds"),
            rfq_enabled: members.flag("rfqEnabled").unwrap_or(false),
        }
    }
}

fn lower(texts: &[String]) -> String {
    texts.join("\n").to_lowercase()
}
