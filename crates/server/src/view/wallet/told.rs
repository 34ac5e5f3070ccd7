//! Figures that may be withheld.

use std::borrow::Cow;

use ingest::wallets::figures::Told as Kept;
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Array, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, schema::Type},
};

/// A number, or why there is none. Both null: it is not defined, as a rate of nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToldNumber {
    /// The number.
    pub value: Option<f64>,
    /// Why the history does not support one: `gap`, `capped`, `transfer_cost`, `conversion_cost`, `no_mark`, `no_fee`
    /// or `no_close_time`.
    pub withheld: Option<String>,
    /// With `no_mark`: the number is not below this, which it is if what nobody bids for is worth nothing.
    pub at_least: Option<f64>,
}

impl ToldNumber {
    /// A number that is known, or not defined.
    pub fn known(value: Option<f64>) -> Self {
        Self { value, withheld: None, at_least: None }
    }

    /// No number, because of this.
    pub fn withheld(reason: &str) -> Self {
        Self { value: None, withheld: Some(reason.to_owned()), at_least: None }
    }

    /// The same with what is certain of it.
    #[must_use]
    pub fn at_least(self, least: Option<f64>) -> Self {
        Self { at_least: least.filter(|_| self.withheld.is_some()), ..self }
    }
}

impl From<&Kept<f64>> for ToldNumber {
    fn from(kept: &Kept<f64>) -> Self {
        match kept {
            Kept::Known(value) => Self::known(Some(*value)),
            Kept::Withheld(reason) => Self::withheld(reason),
        }
    }
}

impl From<&Kept<Option<f64>>> for ToldNumber {
    fn from(kept: &Kept<Option<f64>>) -> Self {
        match kept {
            Kept::Known(value) => Self::known(*value),
            Kept::Withheld(reason) => Self::withheld(reason),
        }
    }
}

/// Something, or why it is withheld. Both null: it is not defined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told<T> {
    /// It.
    pub value: Option<T>,
    /// Why the history does not support it, by name.
    pub withheld: Option<String>,
}

impl<T> Told<T> {
    /// From what is kept of it.
    pub fn of<K>(kept: &Kept<K>, follow: impl FnOnce(&K) -> T) -> Self {
        Self::maybe(kept, |kept| Some(follow(kept)))
    }

    /// The same, of what may not be defined.
    pub fn maybe<K>(kept: &Kept<K>, follow: impl FnOnce(&K) -> Option<T>) -> Self {
        match kept {
            Kept::Known(kept) => Self { value: follow(kept), withheld: None },
            Kept::Withheld(reason) => Self { value: None, withheld: Some(reason.clone()) },
        }
    }
}

/// A list, or why it is withheld.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldList<T> {
    /// Its rows.
    pub value: Option<Vec<T>>,
    /// Why the history does not support them, by name.
    pub withheld: Option<String>,
}

impl<T> ToldList<T> {
    /// From what is kept of it.
    pub fn of<K>(kept: &Kept<K>, follow: impl FnOnce(&K) -> Vec<T>) -> Self {
        let Told { value, withheld } = Told::of(kept, follow);
        Self { value, withheld }
    }
}

// Written by hand because the derive copies the schema of `T` into each of them instead of naming it.
fn schema_of(value: impl Into<RefOr<Schema>>, description: &str) -> RefOr<Schema> {
    let text = |description: &str| {
        ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some(description))
    };
    let nothing = ObjectBuilder::new().schema_type(Type::Null);
    ObjectBuilder::new()
        .description(Some(description))
        .property("value", OneOfBuilder::new().item(nothing).item(value))
        .property("withheld", text("Why the history does not support it, by name."))
        .into()
}

impl<T: ToSchema> PartialSchema for Told<T> {
    fn schema() -> RefOr<Schema> {
        schema_of(
            Ref::from_schema_name(T::name()),
            "Something, or why it is withheld. Both null: it is not defined.",
        )
    }
}

impl<T: ToSchema> ToSchema for Told<T> {
    fn name() -> Cow<'static, str> {
        format!("Told{}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for ToldList<T> {
    fn schema() -> RefOr<Schema> {
        let rows = Array::new(Ref::from_schema_name(T::name()));
        schema_of(Schema::Array(rows), "A list, or why it is withheld.")
    }
}

impl<T: ToSchema> ToSchema for ToldList<T> {
    fn name() -> Cow<'static, str> {
        format!("Told{}List", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
