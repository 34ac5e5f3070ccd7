//! Reading columns into domain types. A value the domain refuses is a defect of what wrote it, and says so.

use std::error::Error;
use std::str::FromStr;

use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row, Type};

use crate::StoreError;

/// A column by name.
pub(crate) fn column<'r, T>(row: &'r PgRow, name: &str) -> Result<T, StoreError>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    Ok(row.try_get(name)?)
}

/// Text as the domain type it was written from.
pub(crate) fn parsed<T>(text: &str) -> Result<T, StoreError>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    text.parse().map_err(StoreError::other)
}

/// A nullable decimal as the domain type it was written from.
pub(crate) fn amount<D, T>(value: Option<D>) -> Result<Option<T>, StoreError>
where
    T: TryFrom<D, Error: Error + Send + Sync + 'static>,
{
    value.map(T::try_from).transpose().map_err(StoreError::other)
}
