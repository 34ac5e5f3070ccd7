//! `/docs`: the API for people, drawn from its OpenAPI document.

use axum::{extract::State, response::Response};
use chrono::Utc;
use domain::ErrorCode;
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::{
    PageRequest,
    shell::{Page, Section, Surroundings},
};
use crate::{
    api,
    http::{error::ApiError, state::AppState},
};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Shows the page.
pub(super) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let document = serde_json::to_value(api::openapi()).map_err(ApiError::internal)?;
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now: Utc::now() };
    let origin = app
        .settings()
        .public_url
        .as_ref()
        .map_or_else(|| "http://127.0.0.1:8080".to_owned(), ToString::to_string);
    Ok(surroundings.render(&Page {
        title: "API".to_owned(),
        description: "Every endpoint with its parameters, answers and errors.".to_owned(),
        canonical: "/docs".to_owned(),
        section: Section::Elsewhere,
        boot: None,
        density: None,
        is_unlisted: false,
        main: main_of(&document, &origin),
    }))
}

fn main_of(document: &Value, origin: &str) -> Markup {
    let operations = operations(document);
    let empty = Map::new();
    let schemas =
        document.pointer("/components/schemas").and_then(Value::as_object).unwrap_or(&empty);
    html! {
        main class="main page docs" id="main" {
            div class="hd" {
                h1 { "API" }
                p { (text(document.pointer("/info/description"))) }
                p { a class="chip" href="/openapi.json" { "OpenAPI document" } }
            }
            div class="body" {
                div class="left" {
                    section class="card" {
                        h2 { "Endpoints" }
                        ul {
                            @for operation in &operations {
                                li {
                                    a href={ "#" (operation.id()) } {
                                        code { (operation.method) " " (operation.path) }
                                    }
                                    " " (operation.summary())
                                }
                            }
                        }
                    }
                    @for operation in &operations { (operation.card(origin)) }
                    section class="card" { h2 id="errors" { "Errors" } (errors()) }
                    section class="card" {
                        h2 id="schemas" { "Schemas" }
                        @for (name, schema) in schemas { (schema_table(name, schema)) }
                    }
                }
            }
        }
    }
}

struct Operation<'a> {
    path: &'a str,
    method: String,
    value: &'a Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| {
                let value = item.get(method)?;
                Some(Operation { path, method: method.to_uppercase(), value })
            })
        })
        .collect()
}

impl Operation<'_> {
    fn id(&self) -> &str {
        text(self.value.get("operationId"))
    }

    fn summary(&self) -> &str {
        text(self.value.get("summary"))
    }

    fn card(&self, origin: &str) -> Markup {
        let parameters = items(self.value.get("parameters"));
        let responses = self.value.get("responses").and_then(Value::as_object);
        html! {
            section class="card" id=(self.id()) {
                h2 { code { (self.method) " " (self.path) } }
                p { b { (self.summary()) } ". " (text(self.value.get("description"))) }
                pre class="mono" { code { (self.curl(origin)) } }
                @if !parameters.is_empty() {
                    div class="scroll" tabindex="0" role="region" aria-label={ "Parameters of " (self.method) " " (self.path) } {
                        table class="grid" {
                            caption class="sr" { "Parameters" }
                            thead { tr { th class="l" scope="col" { "Parameter" } th class="l" scope="col" { "Type" } th class="l" scope="col" { "Meaning" } } }
                            tbody { @for parameter in parameters { (parameter_row(parameter)) } }
                        }
                    }
                }
                dl class="kv" {
                    @for (status, response) in responses.into_iter().flatten() {
                        div {
                            dt { (status) }
                            dd { (text(response.get("description"))) " " (answer(response)) }
                        }
                    }
                }
            }
        }
    }

    /// A command that asks for it, with an example of what the path leaves open.
    fn curl(&self, origin: &str) -> String {
        let path = self.path.replace("{id}", "will-it-rain").replace("{slug}", "weather");
        let query = match self.id() {
            "list_markets" => "?category=politics&price_min=0.05&sort=-volume_24h&limit=10",
            "export_markets" => "?status=all&category=crypto",
            "list_events" => "?sort=-liquidity&facets=true",
            "list_related_markets" => "?market=will-it-rain",
            "search_catalogue" => "?q=election",
            _ => "",
        };
        let flags = match (self.method.as_str(), self.id()) {
            ("POST", _) => "-X POST -H \"Authorization: Bearer $CASCADIAN_ADMIN_TOKEN\" ",
            (_, "follow_sync" | "follow_generations") => "-N ",
            _ => "",
        };
        format!("curl {flags}'{origin}{path}{query}'")
    }
}

fn parameter_row(parameter: &Value) -> Markup {
    let schema = parameter.get("schema").unwrap_or(&Value::Null);
    html! {
        tr {
            td class="l" { code { (text(parameter.get("name"))) } @if parameter.get("required") == Some(&Value::Bool(true)) { " (required)" } }
            td class="l" { (type_of(schema)) }
            td class="l wrap" {
                (text(parameter.get("description")))
                @if let Some(default) = schema.get("default") { " Default " code { (plain(default)) } "." }
                @let words = words_of(schema);
                @if !words.is_empty() { " One of " code { (words.join(", ")) } "." }
            }
        }
    }
}

/// What an answer holds: the names of its schemas.
fn answer(response: &Value) -> Markup {
    let content = response.get("content").and_then(Value::as_object);
    html! {
        @for (kind, media) in content.into_iter().flatten() {
            code { (kind) } " " (type_of(media.get("schema").unwrap_or(&Value::Null)))
        }
    }
}

fn schema_table(name: &str, schema: &Value) -> Markup {
    let parts = items(schema.get("allOf"));
    let parts = if parts.is_empty() { std::slice::from_ref(schema) } else { parts };
    html! {
        h3 id={ "schema-" (name) } { (name) }
        p { (text(schema.get("description"))) }
        @let words = words_of(schema);
        @if !words.is_empty() { p { code { (words.join(", ")) } } }
        @for part in parts {
            @if part.get("$ref").is_some() { p { "Everything of " (type_of(part)) ", and:" } }
            @let properties = part.get("properties").and_then(Value::as_object);
            @if properties.is_some_and(|properties| !properties.is_empty()) {
                dl class="kv" {
                    @for (property, schema) in properties.into_iter().flatten() {
                        div {
                            dt { code { (property) } }
                            dd { (type_of(schema)) " " (text(schema.get("description"))) }
                        }
                    }
                }
            }
        }
    }
}

/// A schema in a few words, the names of others as links.
fn type_of(schema: &Value) -> Markup {
    if let Some(name) =
        schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next())
    {
        return html! { a href={ "#schema-" (name) } { (name) } };
    }
    let alternatives = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| schema.get(key));
    if let Some(alternatives) = alternatives {
        let alternatives = items(Some(alternatives));
        return html! {
            @for (index, alternative) in alternatives.iter().enumerate() {
                @if index > 0 { " | " }
                (type_of(alternative))
            }
        };
    }
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().map(plain).collect::<Vec<_>>().join(" | "),
        _ => "any".to_owned(),
    };
    html! {
        (kind)
        @if let Some(item) = schema.get("items") { " of " (type_of(item)) }
        @if let Some(format) = schema.get("format") { " (" (plain(format)) ")" }
    }
}

fn words_of(schema: &Value) -> Vec<String> {
    let item = schema.get("items").unwrap_or(schema);
    items(item.get("enum")).iter().map(plain).collect()
}

fn errors() -> Markup {
    html! {
        dl class="kv" {
            @for code in ErrorCode::ALL {
                div {
                    dt { code { (code.code()) } " " (code.status()) }
                    dd { (code.message()) " " (code.remedy()) @if code.is_retryable() { " Worth repeating." } }
                }
            }
        }
    }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
