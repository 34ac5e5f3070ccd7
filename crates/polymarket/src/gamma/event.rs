//! One event row.

use domain::{Category, Event, EventId, Tag};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::MAX_SLUG_BYTES;
use crate::fields::{FieldIssue, Fields};
use crate::lenient::Unreadable;
use crate::quarantine::RejectReason;

/// Members not worth keeping: they change without meaning, repeat what is mapped, or serve upstream's
/// own site.
const NOISE: &[&str] = &[
    "$schema",
    "disqusThread",
    "featuredImageOptimized",
    "icon",
    "iconOptimized",
    "imageOptimized",
    "liquidityClob",
    "requiresTranslation",
    "updatedBy",
];

/// A row without which something essential is missing.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) id: Option<String>,
    pub(crate) field: &'static str,
    pub(crate) reason: RejectReason,
}

/// Decodes everything of an event but its markets, which the caller has taken out.
pub(crate) fn decode_event(mut fields: Fields<'_>) -> Result<(Event, Vec<FieldIssue>), Unusable> {
    let Some(event_id) = fields.id("id", EventId::parse) else {
        return Err(Unusable { id: None, field: "id", reason: RejectReason::NoId });
    };
    let Some(title) = fields.text("title") else {
        let id = Some(event_id.to_string());
        return Err(Unusable { id, field: "title", reason: RejectReason::NoTitle });
    };
    let tags = decode_tags(&mut fields);
    let category = category_of(&mut fields, &tags);
    let series = decode_series(&mut fields);
    let series_slug = fields.text("seriesSlug").or_else(|| {
        let slug = series.as_ref()?.first()?.get("slug")?.as_str()?;
        Some(slug.to_owned())
    });
    let picture = fields.text("image").or_else(|| fields.text("icon"));
    let created_at = fields.instant("createdAt").or_else(|| fields.instant("creationDate"));
    let game_id = fields.game_id("gameId");
    let mut event = Event {
        slug: decode_slug(&mut fields, event_id.as_str()),
        event_id,
        title,
        description: fields.text("description"),
        resolution_source: fields.text("resolutionSource"),
        category,
        tags,
        image: picture,
        active: fields.flag("active").unwrap_or(false),
        closed: require_flag(&mut fields, "closed"),
        archived: fields.flag("archived").unwrap_or(false),
        neg_risk: fields.flag("negRisk").or_else(|| fields.flag("enableNegRisk")).unwrap_or(false),
        neg_risk_augmented: fields.flag("negRiskAugmented").unwrap_or(false),
        series_slug,
        volume_24h: fields.usdc("volume24hr"),
        volume_total: fields.usdc("volume"),
        liquidity: fields.usdc("liquidity"),
        open_interest: fields.usdc("openInterest"),
        start_date: fields.instant("startDate"),
        end_date: fields.instant("endDate"),
        closed_at: fields.instant("closedTime"),
        created_at,
        upstream_updated_at: fields.instant("updatedAt"),
        extra: Map::new(),
    };
    fields.discard(NOISE);
    let (extra, issues) = fields.finish();
    event.extra = extra;
    if let Some(series) = series.filter(|series| !series.is_empty()) {
        event.extra.insert("series".to_owned(), Value::Array(series));
    }
    if let Some(game_id) = game_id {
        event.extra.insert("gameId".to_owned(), Value::String(game_id));
    }
    Ok((event, issues))
}

/// The URL name; the id where there is none, or one too long for any index.
pub(crate) fn decode_slug(fields: &mut Fields<'_>, id: &str) -> String {
    match fields.text("slug") {
        Some(slug) if slug.len() <= MAX_SLUG_BYTES => slug,
        Some(_) => {
            fields.note("slug", Unreadable::OutOfRange);
            id.to_owned()
        }
        None => id.to_owned(),
    }
}

/// A flag that every row has; its absence is an issue and counts as false.
pub(crate) fn require_flag(fields: &mut Fields<'_>, field: &'static str) -> bool {
    if fields.iter().all(|(key, _)| key != field) {
        fields.note(field, Unreadable::Missing);
    }
    fields.flag(field).unwrap_or(false)
}

/// The category by tags, with the legacy text as help.
pub(crate) fn category_of(fields: &mut Fields<'_>, tags: &[Tag]) -> Option<Category> {
    let legacy = fields.text("category");
    let words = tags.iter().map(|tag| (tag.slug.as_str(), tag.label.as_str()));
    Category::from_tags(words, legacy.as_deref())
}

/// The tags in upstream's order, each slug once. A tag without a slug is an issue.
pub(crate) fn decode_tags(fields: &mut Fields<'_>) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for row in fields.list("tags").unwrap_or_default() {
        match decode_tag(&row) {
            Some(tag) if tags.iter().any(|known| known.slug == tag.slug) => {}
            Some(tag) => tags.push(tag),
            None => fields.note("tags", Unreadable::NotText),
        }
    }
    tags
}

/// One tag; the slug stands in for a missing label.
pub(crate) fn decode_tag(row: &RawValue) -> Option<Tag> {
    let mut fields = Fields::parse(row).ok()?;
    let slug = fields.text("slug").filter(|slug| slug.len() <= MAX_SLUG_BYTES)?;
    let label = fields.text("label").unwrap_or_else(|| slug.clone());
    let tag_id = fields.id_text("id").filter(|id| id.len() <= MAX_SLUG_BYTES);
    Some(Tag { tag_id, slug, label })
}

/// The series, without their figures, which change at every crawl and belong to the series.
fn decode_series(fields: &mut Fields<'_>) -> Option<Vec<Value>> {
    let rows = fields.list("series")?;
    let identity = |row: Box<RawValue>| {
        let mut fields = Fields::parse(&row).ok()?;
        Some(json!({
            "id": fields.id_text("id"),
            "slug": fields.text("slug")?,
            "title": fields.text("title"),
            "recurrence": fields.text("recurrence"),
        }))
    };
    Some(rows.into_iter().filter_map(identity).collect())
}
