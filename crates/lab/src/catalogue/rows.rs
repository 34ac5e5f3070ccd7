//! One event, market or tag: its bytes and the facts taken from them.

use axum::body::Bytes;
use serde_json::value::RawValue;

use super::Figures;
use super::embedded::Embed;
use super::traits::{EventTraits, MarketTraits};
use crate::json::Members;

/// Why a JSON value is not a row that can be served by id.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotARow {
    #[error("it is not a JSON object: {0}")]
    NotAnObject(#[from] serde_json::Error),
    #[error("it has no numeric \"id\"")]
    NoId,
}

/// What filters, sorting and look-ups need to know of an event or a market.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the wire format's own flags")]
pub(crate) struct Facts {
    /// The id as a number; Gamma's ids are decimal strings.
    pub(crate) number: u64,
    pub(crate) slug: String,
    pub(crate) active: bool,
    pub(crate) closed: bool,
    pub(crate) archived: bool,
    pub(crate) featured: bool,
    /// Created by a user ("create your own market").
    pub(crate) cyom: bool,
    pub(crate) figures: Figures,
    /// `updatedAt` as Unix milliseconds: the later of two recordings of a row wins.
    pub(crate) updated_ms: i64,
}

impl Facts {
    pub(crate) fn read(members: &Members<'_>) -> Result<Self, NotARow> {
        let flag = |key| members.flag(key).unwrap_or(false);
        Ok(Self {
            number: number(members).ok_or(NotARow::NoId)?,
            slug: members.text("slug").unwrap_or_default(),
            active: flag("active"),
            closed: flag("closed"),
            archived: flag("archived"),
            featured: flag("featured"),
            cyom: flag("cyom"),
            figures: Figures::read(members),
            updated_ms: updated_ms(members),
        })
    }
}

/// `id` as a number.
pub(super) fn number(members: &Members<'_>) -> Option<u64> {
    members.text("id").and_then(|id| id.parse().ok())
}

/// `updatedAt` as Unix milliseconds; the distant past when there is none.
pub(super) fn updated_ms(members: &Members<'_>) -> i64 {
    members.instant_ms("updatedAt").unwrap_or(i64::MIN)
}

/// An event. Its full body is either recorded or put together from the parts here.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) facts: Facts,
    pub(crate) traits: EventTraits,
    /// Without `markets` and `tags`, and in a world without `series`: what `/markets` rows embed.
    pub(super) slim: Bytes,
    /// Raw `tags` array, where known.
    pub(crate) tags: Option<Bytes>,
    pub(crate) tag_numbers: Vec<u64>,
    pub(crate) tag_slugs: Vec<String>,
    /// The series it belongs to, as embedded in it.
    pub(crate) series: Vec<Embed>,
    /// Comments on it that count as its series'.
    pub(super) comments_in_series: usize,
    /// The sides of a game, as embedded in it.
    pub(crate) teams: Vec<Embed>,
    /// The league of a game, as embedded in it.
    pub(crate) sport: Option<Embed>,
    /// Verbatim body with nested markets, when one was recorded and nothing has to be added to it.
    pub(crate) recorded: Option<Bytes>,
    pub(crate) market_numbers: Vec<u64>,
}

impl Event {
    /// Reads an event in `body`, which may hold `markets` and `tags` or not. Markets are left to
    /// the caller.
    pub(crate) fn read(body: &Bytes, members: &Members<'_>) -> Result<Self, NotARow> {
        let facts = Facts::read(members)?;
        let tags: Vec<Tag> =
            members.elements("tags").into_iter().filter_map(|raw| Tag::read(raw).ok()).collect();
        let whole = members.has("markets");
        let series = Embed::all(body, members, "series");
        Ok(Self {
            facts,
            traits: EventTraits::read(members, &series),
            slim: members.without(&["markets", "tags"]).into(),
            tags: members.raw("tags").map(|raw| body.slice_ref(raw.as_bytes())),
            tag_numbers: tags.iter().map(|tag| tag.number).collect(),
            tag_slugs: tags.into_iter().map(|tag| tag.slug).collect(),
            series,
            comments_in_series: 0,
            teams: Embed::all(body, members, "teams"),
            sport: members.raw("sport").and_then(|raw| Embed::read(body, raw)),
            recorded: whole.then(|| body.clone()),
            market_numbers: Vec::new(),
        })
    }

    /// Its members: with `markets` and `tags` where a body with them was recorded.
    pub(crate) fn members(&self) -> Option<Members<'_>> {
        let body = self.recorded.as_ref().unwrap_or(&self.slim);
        Members::parse(std::str::from_utf8(body).ok()?).ok()
    }

    /// Makes it an event of the series in `row`, in which people have said so much about it.
    pub(crate) fn enter_series(&mut self, row: &Bytes, comments: usize) {
        let text = std::str::from_utf8(row).unwrap_or_default();
        self.series.extend(Embed::read(row, text));
        self.comments_in_series = comments;
        self.traits.recur_with(&self.series);
    }

    /// Whether it belongs to the series.
    pub(crate) fn is_in_series(&self, number: u64) -> bool {
        self.series.iter().any(|series| series.number == number)
    }
}

/// A market.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) facts: Facts,
    pub(crate) traits: MarketTraits,
    pub(crate) condition_id: String,
    pub(crate) question_id: String,
    pub(crate) token_ids: Vec<String>,
    /// Without `events`: how it appears inside an event.
    pub(crate) nested: Bytes,
    /// Verbatim row of a `/markets` recording, with its slim `events`.
    pub(crate) recorded: Option<Bytes>,
    pub(crate) event_number: Option<u64>,
}

impl Market {
    /// Reads a market in `body`. One with `events` belongs to the first of them; otherwise the
    /// caller says.
    pub(crate) fn read(body: &Bytes, members: &Members<'_>) -> Result<Self, NotARow> {
        let listed = members.has("events");
        Ok(Self {
            facts: Facts::read(members)?,
            traits: MarketTraits::read(members),
            condition_id: members.text("conditionId").unwrap_or_default(),
            question_id: members.text("questionID").unwrap_or_default(),
            token_ids: members.texts("clobTokenIds"),
            nested: if listed { members.without(&["events"]).into() } else { body.clone() },
            recorded: listed.then(|| body.clone()),
            event_number: None,
        })
    }
}

/// A tag.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) number: u64,
    pub(crate) slug: String,
    pub(crate) label: String,
    /// Shown in the site's carousel.
    pub(crate) is_carousel: bool,
    pub(crate) body: Bytes,
}

impl Tag {
    pub(crate) fn read(raw: &RawValue) -> Result<Self, NotARow> {
        let members = Members::parse(raw.get())?;
        Ok(Self {
            number: number(&members).ok_or(NotARow::NoId)?,
            slug: members.text("slug").unwrap_or_default(),
            label: members.text("label").unwrap_or_default(),
            is_carousel: members.flag("isCarousel").unwrap_or(false),
            body: Bytes::copy_from_slice(raw.get().as_bytes()),
        })
    }
}
