//! The envelope of answers about a wallet.

use std::borrow::Cow;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Array, Ref, RefOr, Schema},
};

use crate::{
    api::reply::{ItemMetadata, add_schemas, envelope},
    http::cache::CachePolicy,
    view::wallet::{BooksView, HistoryView, ImportView},
};

/// Which wallet an answer is about, and how much of its history it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WalletMetadata {
    /// Where the catalogue comes from and how old it is.
    #[serde(flatten)]
    pub item: ItemMetadata,
    /// The wallet.
    pub address: String,
    /// What was asked for, where that is not the wallet's address.
    pub resolved_from: Option<String>,
    /// What that is: `name`, or `key` (the address signs for the wallet). Null for an address or its page.
    pub resolved_by: Option<String>,
    /// Where its import stands.
    pub import: ImportView,
    /// What is held of its history; null until the first import has ended: then nothing else is known either.
    pub history: Option<HistoryView>,
    /// What every cost, profit and loss of ours in the answer rests on; null without a history.
    pub books: Option<BooksView>,
}

/// An answer about one wallet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WalletReply<T> {
    /// Always true.
    pub success: bool,
    /// What was asked for.
    pub data: T,
    /// Whose it is and what it rests on.
    pub metadata: WalletMetadata,
}

impl<T: Serialize> WalletReply<T> {
    /// The answer. Nobody keeps it: prices and imports move on.
    pub fn respond(data: T, metadata: WalletMetadata) -> Response {
        respond(Json(Self { success: true, data, metadata }))
    }
}

// Written by hand because the derive copies the schema of `T` into each envelope instead of naming it.
impl<T: ToSchema> PartialSchema for WalletReply<T> {
    fn schema() -> RefOr<Schema> {
        envelope(Ref::from_schema_name(T::name()), &WalletMetadata::name())
    }
}

impl<T: ToSchema> ToSchema for WalletReply<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Reply", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        add_schemas::<T>(schemas);
        add_schemas::<WalletMetadata>(schemas);
    }
}

/// Where a part of a wallet's list is, and how much it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WalletListMetadata {
    /// Whose it is and what it rests on.
    #[serde(flatten)]
    pub wallet: WalletMetadata,
    /// Rows of the whole list; null where they are not counted.
    pub total: Option<u64>,
    /// Where the next page begins; null at the end, and for lists that are whole or paged by `offset`.
    pub next_cursor: Option<String>,
}

/// A list of a wallet's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WalletListReply<T> {
    /// Always true.
    pub success: bool,
    /// The rows.
    pub data: Vec<T>,
    /// Whose they are and what they rest on.
    pub metadata: WalletListMetadata,
}

impl<T: Serialize> WalletListReply<T> {
    /// The answer.
    pub fn respond(data: Vec<T>, metadata: WalletListMetadata) -> Response {
        respond(Json(Self { success: true, data, metadata }))
    }
}

impl<T: ToSchema> PartialSchema for WalletListReply<T> {
    fn schema() -> RefOr<Schema> {
        let rows = Array::new(Ref::from_schema_name(T::name()));
        envelope(Schema::Array(rows), &WalletListMetadata::name())
    }
}

impl<T: ToSchema> ToSchema for WalletListReply<T> {
    fn name() -> Cow<'static, str> {
        format!("{}ListReply", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        add_schemas::<T>(schemas);
        add_schemas::<WalletListMetadata>(schemas);
    }
}

fn respond(body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    response.extensions_mut().insert(CachePolicy::NoStore);
    response
}
