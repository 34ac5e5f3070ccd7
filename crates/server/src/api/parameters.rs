//! Descriptions of the parameters that several endpoints take, made from the lists that read them.

use domain::{Category, Closes, EventSortColumn, MarketStatus, RangeColumn, SortColumn, Trait};
use serde_json::{Value, json};
use utoipa::{
    IntoParams,
    openapi::{
        Array, ObjectBuilder, RefOr, Required, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
        schema::{KnownFormat, SchemaFormat, Type},
    },
};

use crate::api::list::{DEFAULT_LIMIT, MAX_LIMIT};

/// Filters and order of markets.
pub(crate) struct MarketFilters;

impl IntoParams for MarketFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = vec![
            text(
                "q",
                "Words to find in titles and tags; typing mistakes are forgiven. At most 200 characters.",
            ),
            list("category", "Any of these categories.", categories()),
            list("tag", "All of these tags, by slug.", Vec::new()),
            statuses(MarketStatus::ALL.map(MarketStatus::slug).as_slice()),
            flag("active", "Upstream's own flag, true of nearly everything."),
            flag(
                "closed",
                "Upstream's own flag. Given without `status`, it replaces the default status.",
            ),
        ];
        for column in RangeColumn::ALL {
            let (min, max) = column.parameters();
            parameters.push(number(min, &format!("Smallest {}.", column.label())));
            parameters.push(number(max, &format!("Largest {}.", column.label())));
        }
        let sorts = SortColumn::ALL.iter().map(|column| column.slug());
        parameters.extend([
            number("volume_min", "Another name of `volume_24h_min`."),
            number("volume_max", "Another name of `volume_24h_max`."),
            instant("ends_after", "End date at or after: RFC 3339, or a day (UTC)."),
            instant("ends_before", "End date before: RFC 3339, or a day (UTC)."),
            list(
                "closes",
                "Any of these: how soon an open market is due.",
                Closes::ALL.iter().map(|closes| closes.slug().to_owned()).collect(),
            ),
            list(
                "traits",
                "All of these properties.",
                Trait::ALL.iter().map(|one| one.slug().to_owned()).collect(),
            ),
            order(sorts, "`-volume_24h`, or `-relevance,-volume_24h` with a search text"),
        ]);
        parameters
    }
}

/// Filters and order of events.
pub(crate) struct EventFilters;

impl IntoParams for EventFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let sorts = EventSortColumn::ALL.iter().map(|column| column.slug());
        vec![
            text(
                "q",
                "Words to find in titles and tags; typing mistakes are forgiven. At most 200 characters.",
            ),
            list("category", "Any of these categories.", categories()),
            list("tag", "All of these tags, by slug.", Vec::new()),
            statuses(&["open", "closed"]),
            order(sorts, "`-volume_24h`"),
        ]
    }
}

/// Which part of a list.
pub(crate) struct PagingParameters;

impl IntoParams for PagingParameters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = integer(1, Some(MAX_LIMIT)).default(Some(json!(DEFAULT_LIMIT)));
        let offset = integer(0, None).default(Some(json!(0)));
        vec![
            parameter("limit", "The most rows to answer with.", limit),
            parameter(
                "offset",
                "Rows to skip, counted from the cursor where one is given.",
                offset,
            ),
            text(
                "cursor",
                "`metadata.next_cursor` of the page before, under the same filters and order. Pages by cursor neither repeat nor lose rows while the catalogue changes.",
            ),
            flag("facets", "Also count what each filter value would leave: `metadata.facets`."),
        ]
    }
}

/// A parameter of the query.
pub(crate) fn parameter(
    name: &str,
    description: &str,
    schema: impl Into<RefOr<Schema>>,
) -> Parameter {
    builder(name, description, schema).build()
}

fn builder(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
}

/// An integer schema with bounds.
pub(crate) fn integer(minimum: usize, maximum: Option<usize>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(minimum)).maximum(maximum)
}

/// A text parameter.
pub(crate) fn text(name: &str, description: &str) -> Parameter {
    parameter(name, description, ObjectBuilder::new().schema_type(Type::String))
}

fn flag(name: &str, description: &str) -> Parameter {
    parameter(name, description, ObjectBuilder::new().schema_type(Type::Boolean))
}

fn number(name: &str, description: &str) -> Parameter {
    parameter(name, description, ObjectBuilder::new().schema_type(Type::Number))
}

fn instant(name: &str, description: &str) -> Parameter {
    let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    let schema = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
    parameter(name, description, schema)
}

/// A list of words separated by commas; `words` empty: any.
fn list(name: &str, description: &str, words: Vec<String>) -> Parameter {
    let mut item = ObjectBuilder::new().schema_type(Type::String);
    if !words.is_empty() {
        item = item.enum_values(Some(words));
    }
    builder(name, description, Array::new(item))
        .style(Some(ParameterStyle::Form))
        .explode(Some(false))
        .build()
}

fn order<'a>(columns: impl Iterator<Item = &'a str>, default: &str) -> Parameter {
    let words = columns.flat_map(|column| [column.to_owned(), format!("-{column}")]).collect();
    let description = format!(
        "At most four columns, the first deciding; a leading `-` sorts largest first. Default {default}."
    );
    list("sort", &description, words)
}

fn statuses(words: &[&str]) -> Parameter {
    let words: Vec<Value> = words.iter().copied().chain(["all"]).map(Value::from).collect();
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .default(Some(json!("open")));
    parameter("status", "Where they stand.", schema)
}

fn categories() -> Vec<String> {
    let known = Category::ALL.iter().map(|category| category.slug().to_owned());
    known.chain(["unknown".to_owned()]).collect()
}
