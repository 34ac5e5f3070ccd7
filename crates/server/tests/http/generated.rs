//! Files that are generated and committed.

use std::{fs, path::PathBuf};

use serde_json::Value;

fn committed(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    fs::read_to_string(&path).unwrap_or_default()
}

#[test]
fn the_reference_of_errors_is_up_to_date() {
    let generated = server::http::error::errors_markdown();
    assert!(committed("errors.md") == generated, "docs/errors.md is out of date: run `make gen`");
}

#[test]
fn the_description_of_the_api_is_up_to_date() {
    let generated = server::api::openapi::document();
    assert!(
        committed("openapi.json") == generated,
        "docs/openapi.json is out of date: run `make gen`"
    );
}

#[test]
fn every_operation_is_described() {
    let document: Value = serde_json::from_str(&server::api::openapi::document()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in [
        "MarketRow",
        "MarketDetail",
        "EventRow",
        "EventDetail",
        "RelatedMarket",
        "ListMetadata",
        "ItemMetadata",
        "Facets",
        "FacetCount",
        "SyncStatus",
        "SyncOverview",
        "SearchResults",
        "ErrorBody",
        "ErrorCode",
        "GenerationTick",
    ] {
        assert!(schemas.contains_key(name), "{name} is missing");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(id.contains('_'), "{method} {path} has no operation id");
            assert!(operation["summary"].is_string(), "{id} has no summary");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let text = parameter["description"].as_str().unwrap_or_default();
                assert!(!text.is_empty(), "{id}: {} is not described", parameter["name"]);
                assert!(parameter["schema"].is_object(), "{id}: {}", parameter["name"]);
            }
        }
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and missing");
    }
}
