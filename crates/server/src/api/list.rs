//! What lists have in common: paging, metadata, and an envelope whose rows are copied, not written anew.

use std::{borrow::Cow, marker::PhantomData};

use axum::{body::Bytes, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use domain::QueryReader;
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Array, Ref, RefOr, Schema},
};

use crate::{
    api::reply::{ItemMetadata, add_schemas, envelope},
    catalog::{BadCursor, Page, ScreenPage},
    http::{
        bodies::{BodyKey, ListBody},
        cache::{CachePolicy, ETag},
        error::ApiError,
        state::AppState,
    },
    view::Facets,
};

/// The most rows of one answer.
pub const MAX_LIMIT: usize = 1000;
/// Rows of one answer unless asked otherwise.
pub const DEFAULT_LIMIT: usize = 100;
/// The largest offset; beyond any catalogue there is.
const MAX_OFFSET: usize = 100_000_000;

/// Which part of a list is wanted, and whether with facets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Where and how many.
    pub page: Page,
    /// Count what each filter value would leave.
    pub facets: bool,
}

impl Paging {
    /// Takes `limit`, `offset`, `cursor` and `facets` out of a query.
    pub fn read(query: &mut QueryReader) -> Self {
        let limit = query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let offset = query.within("offset", 0, MAX_OFFSET).unwrap_or(0);
        let cursor = query.text("cursor");
        let facets = query.parse("facets", "true or false").unwrap_or(false);
        Self { page: Page { limit, offset, cursor }, facets }
    }

    /// The parameters that differ from their defaults, in one canonical order.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.page.limit != DEFAULT_LIMIT {
            pairs.push(("limit", self.page.limit.to_string()));
        }
        if self.page.offset != 0 {
            pairs.push(("offset", self.page.offset.to_string()));
        }
        pairs.extend(self.page.cursor.clone().map(|cursor| ("cursor", cursor)));
        if self.facets {
            pairs.push(("facets", "true".to_owned()));
        }
        pairs
    }
}

/// Where a list comes from, how old it is, and which part of it this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListMetadata {
    /// Rows of the whole result.
    pub total: usize,
    /// `offset / limit + 1`.
    pub page: usize,
    /// The most rows of this answer.
    pub limit: usize,
    /// Rows skipped, counted from the cursor where one was given.
    pub offset: usize,
    /// `cursor` of the next page; null on the last.
    pub next_cursor: Option<String>,
    /// Where it comes from and how old it is.
    #[serde(flatten)]
    pub item: ItemMetadata,
    /// Where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<Facets>,
}

/// Describes the envelope of a list to OpenAPI; [`List::to_json`] writes it.
#[derive(Debug)]
pub struct ListReply<T>(PhantomData<T>);

impl<T: ToSchema> PartialSchema for ListReply<T> {
    fn schema() -> RefOr<Schema> {
        envelope(Array::new(Ref::from_schema_name(T::name())), &ListMetadata::name())
    }
}

impl<T: ToSchema> ToSchema for ListReply<T> {
    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        add_schemas::<T>(schemas);
        add_schemas::<ListMetadata>(schemas);
    }
}

/// A part of a list with what there is to say of it.
#[derive(Debug)]
pub struct List<T> {
    /// The rows.
    pub rows: ScreenPage<T>,
    /// What there is to say.
    pub metadata: ListMetadata,
}

impl<T> List<T> {
    /// Puts rows and metadata together.
    pub fn new(mut rows: ScreenPage<T>, paging: &Paging, item: ItemMetadata) -> Self {
        let Page { limit, offset, .. } = paging.page;
        let metadata = ListMetadata {
            total: rows.total,
            page: offset / limit + 1,
            limit,
            offset,
            next_cursor: rows.next_cursor.take(),
            item,
            facets: rows.facets.take(),
        };
        Self { rows, metadata }
    }

    /// The envelope. The rows are copied as the snapshot holds them.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let mut json = br#"{"success":true,"data":"#.to_vec();
        self.rows.write_json(&mut json);
        json.extend_from_slice(br#","metadata":"#);
        serde_json::to_writer(&mut json, &self.metadata)?;
        json.push(b'}');
        Ok(json)
    }
}

/// What identifies an answer: the question in canonical form, and whatever of the present it depends on.
pub(crate) struct Question {
    /// Path and parameters.
    pub(crate) canonical: String,
    /// Rows are filtered or counted by the time left until their end date.
    pub(crate) depends_on_time: bool,
}

/// Answers a list: 304 where the caller holds it already, else the kept or freshly made body.
pub(crate) async fn respond<T>(
    app: &AppState,
    headers: &HeaderMap,
    question: Question,
    item: &ItemMetadata,
    now: DateTime<Utc>,
    make: impl FnOnce() -> Result<List<T>, ApiError>,
) -> Result<Response, ApiError> {
    let minute = if question.depends_on_time { now.timestamp() / 60 } else { 0 };
    let question = format!("{}#{}.{minute}", question.canonical, item.fingerprint());
    let etag = ETag::of_generation(item.generation, &question);
    if etag.is_held_by(headers) {
        return Ok(etag.not_modified(CachePolicy::Catalogue));
    }
    let key = BodyKey { generation: item.generation, question };
    let make = || {
        let list = make()?;
        let bytes = Bytes::from(list.to_json().map_err(ApiError::internal)?);
        Ok(ListBody { bytes, screening: list.rows.duration })
    };
    let mut response = app.bodies().respond(headers, key, make).await?;
    etag.mark(&mut response, CachePolicy::Catalogue);
    Ok(response)
}

/// Pairs as a query string.
pub(crate) fn query_string<K: AsRef<str>, V: AsRef<str>>(
    pairs: impl IntoIterator<Item = (K, V)>,
) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl From<BadCursor> for ApiError {
    fn from(refusal: BadCursor) -> Self {
        let field = domain::InvalidField {
            field: "cursor".to_owned(),
            message: refusal.to_string(),
            value: None,
        };
        Self::invalid_query(vec![field])
    }
}
