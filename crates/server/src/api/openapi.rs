//! The description of the API, from the same attributes as its routes.

use domain::{
    BarSource, Category, Interval, MarketStatus, Side, UmaStatus, Window,
    null_audit::{Subject, Trial},
    signals::Kind,
    whales::Class,
};
use serde_json::Value;
use store::intelligence::scores::Verdict;
use utoipa::{
    OpenApi as _,
    openapi::{
        Object, OpenApi, RefOr, Schema,
        schema::{SchemaType, Type},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    api::{self, stream::GenerationTick},
    http::error::{ErrorBody, ErrorName, Failure},
    view::{
        OrderBookView, PriceTick, ResolutionTick, TradeView,
        intelligence::{SCORES, ScoreName, SignalResultTick},
    },
};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Cascadian",
        description = "Screen the markets of Polymarket. Every answer is `{\"success\":true,\"data\":…,\"metadata\":…}` \
            or `{\"success\":false,\"error\":{\"code\":…,\"message\":…,\"details\":…}}`. Prices are dollars per share, \
            0 to 1; amounts are USDC; changes are differences of prices; instants are RFC 3339 in UTC; null means \
            unknown, never zero. A parameter that is unknown or out of range is refused by name. Answers say how old \
            they are: `metadata.as_of`, `last_synced`, `stale`, `completeness`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "markets", description = "One condition with its outcomes"),
        (name = "events", description = "Families of markets"),
        (name = "wallets", description = "Who trades: history, books, figures. A wallet that is not held yet, or not \
            lately, is asked for and answered at once: `metadata.import` says how far its import is, \
            `metadata.history` how complete what is held is, `metadata.books` by which method costs are allotted. \
            What names no wallet is refused: `invalid_query` with what would, `protocol_contract`, \
            `wallet_not_found` for a name that nobody has; `rate_limited` for too many wallets that nobody had \
            heard of."),
        (name = "intelligence", description = "Whales, informed trading, signals and scores. Every list pages by \
            `cursor`, and says in `waiting_for` what must come first while nothing is there. Rows name the records \
            they rest on. A score over its declared error budget is withdrawn: it ranks nobody, `min_score` of it is \
            refused, and rows show it as null."),
        (name = "sync", description = "Bringing the catalogue up to date"),
        (name = "system", description = "Health, metrics, this document"),
    ),
    components(schemas(
        Failure,
        ErrorBody,
        ErrorName,
        GenerationTick,
        PriceTick,
        OrderBookView,
        TradeView,
        ResolutionTick,
        SignalResultTick,
    )),
)]
struct Description;

/// Properties that answers leave out where they have nothing to say. All others are always present, null
/// where unknown.
const OMITTED: [(&str, &str); 9] = [
    ("ErrorDetails", "fields"),
    ("FieldError", "value"),
    ("ListMetadata", "facets"),
    ("TapeFigures", "change"),
    ("TapeWindows", "10m"),
    ("TapeWindows", "1h"),
    ("TapeWindows", "6h"),
    ("TapeWindows", "12h"),
    ("TapeWindows", "24h"),
];

/// Properties that hold a word of a list, and the list. The views cannot say so themselves, because the
/// lists are `domain`'s, which knows nothing of OpenAPI.
fn vocabularies() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let categories: Vec<_> = Category::ALL.iter().map(|category| category.slug()).collect();
    let statuses = MarketStatus::ALL.map(MarketStatus::slug).to_vec();
    let book_states = vec!["live", "stale", "gap", "unknown"];
    let sides = Side::ALL.map(Side::slug).to_vec();
    let intervals = Interval::ALL.map(Interval::slug).to_vec();
    let completeness = vec!["full", "capped", "gap"];
    let classes = Class::ALL.map(Class::slug).to_vec();
    let yes_no = vec!["yes", "no"];
    let signals = Kind::ALL.map(Kind::slug).to_vec();
    let scores = SCORES.map(ScoreName::slug).to_vec();
    let verdicts = Verdict::ALL.map(Verdict::slug).to_vec();
    let trials = Trial::ALL.map(Trial::slug).to_vec();
    let gates = vec!["open", "shut", "unknown"];
    vec![
        ("WalletMarket", "category", categories.clone()),
        ("WalletMarket", "status", statuses.clone()),
        (
            "ImportView",
            "state",
            vec!["unknown", "waiting", "importing", "imported", "failed", "empty"],
        ),
        ("HistoryView", "completeness", completeness.clone()),
        ("PnlView", "completeness", completeness.clone()),
        ("PnlSeries", "completeness", completeness.clone()),
        ("BooksView", "completeness", completeness),
        ("WalletProfile", "found_by", vec!["tape", "holders", "leaderboard", "asked"]),
        ("PositionView", "mark_source", vec!["bid", "payout"]),
        (
            "PositionView",
            "withheld",
            vec!["gap", "capped", "transfer_cost", "conversion_cost", "no_mark"],
        ),
        ("BooksView", "source", vec!["ledger"]),
        ("BooksView", "method", vec!["average_cost"]),
        ("PnlView", "source", vec!["ledger"]),
        ("ActivityView", "side", vec!["buy", "sell", "in", "out"]),
        ("ActivityView", "role", vec!["maker", "taker"]),
        ("PnlSeries", "source", vec!["ledger", "venue", "site"]),
        (
            "ReconciliationView",
            "class",
            vec!["none", "gap", "transfer", "mark_timing", "method", "neg_risk", "unclassified"],
        ),
        ("MarketRow", "category", categories.clone()),
        ("MarketRow", "status", statuses.clone()),
        ("MarketRow", "uma_status", UmaStatus::ALL.map(UmaStatus::slug).to_vec()),
        ("ResolutionView", "basis", vec!["payout", "uma"]),
        ("FoundMarket", "status", statuses),
        ("EventRow", "category", categories),
        ("EventRow", "status", vec!["open", "closed"]),
        ("OrderBookView", "state", book_states.clone()),
        ("OrderBookView", "source", vec!["stream", "rest"]),
        ("PriceTick", "state", book_states.clone()),
        ("SlippageView", "book_state", book_states),
        ("SlippageView", "side", sides.clone()),
        ("TradeView", "side", sides),
        ("BarView", "source", BarSource::ALL.map(BarSource::slug).to_vec()),
        ("OhlcView", "interval", intervals.clone()),
        ("EventHistory", "interval", intervals),
        ("WindowView", "window", Window::ALL.map(Window::slug).to_vec()),
        ("WalletRef", "class", classes.clone()),
        ("WalletScores", "class", classes.clone()),
        ("ClassFlow", "class", classes.clone()),
        ("ClassNet", "class", classes),
        ("WhaleTrade", "action", Side::ALL.map(Side::slug).to_vec()),
        ("WhaleTrade", "side", yes_no.clone()),
        ("WhaleFlip", "from_side", yes_no.clone()),
        ("WhaleFlip", "to_side", yes_no.clone()),
        ("Signal", "side", yes_no),
        ("Signal", "kind", signals.clone()),
        ("SignalTally", "kind", signals.clone()),
        ("SignalResultTick", "kind", signals),
        ("SignalResult", "status", vec!["settled", "push", "void"]),
        ("ScoreRow", "kind", scores.clone()),
        ("PastScore", "kind", scores.clone()),
        ("ScoreDefinition", "kind", scores),
        ("ScoreAudit", "kind", Subject::ALL.map(Subject::slug).to_vec()),
        ("AuditGap", "trial", trials.clone()),
        ("ScoreRow", "verdict", verdicts.clone()),
        ("PastScore", "verdict", verdicts),
        ("TrialSummary", "trial", trials.clone()),
        ("AuditTrial", "trial", trials),
        ("InformedMarket", "gate", gates.clone()),
        ("InformedWallet", "gate", gates.clone()),
        ("MarketInformed", "gate", gates),
        ("InformedWallet", "layer", vec!["pair", "history"]),
        ("Evidence", "kind", vec!["trade", "activity", "market", "wallet", "event", "run"]),
        (
            "Ingredient",
            "unit",
            vec!["usd", "share", "probability", "log_odds", "count", "days", "score", "sd"],
        ),
        ("ExcludedMarket", "reason", vec!["placeholder", "other", "closed", "no_price"]),
    ]
}

/// The description of every route.
pub fn openapi() -> OpenApi {
    let described: OpenApiRouter<_> =
        OpenApiRouter::with_openapi(Description::openapi()).merge(api::routes());
    let mut document = described.into_openapi();
    let token = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The admin token the server was started with."))
        .build();
    if let Some(components) = &mut document.components {
        components.add_security_scheme("admin_token", SecurityScheme::Http(token));
        for (name, schema) in &mut components.schemas {
            if let RefOr::T(schema) = schema {
                require_all(name, schema);
            }
        }
        for (name, property, words) in vocabularies() {
            if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name)
                && let Some(RefOr::T(Schema::Object(property))) =
                    object.properties.get_mut(property)
            {
                enumerate(property, &words);
            }
        }
    }
    document
}

/// The description as the text of `docs/openapi.json`.
pub fn document() -> String {
    let mut text = openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn enumerate(property: &mut Object, words: &[&str]) {
    let mut values: Vec<Value> = words.iter().copied().map(Value::from).collect();
    if let SchemaType::Array(kinds) = &property.schema_type
        && kinds.contains(&Type::Null)
    {
        values.push(Value::Null);
    }
    property.enum_values = Some(values);
}

/// Marks properties as always present. The derive takes each `Option` for a property that may be missing,
/// while our answers write null.
fn require_all(name: &str, schema: &mut Schema) {
    match schema {
        Schema::Object(object) => {
            let omitted = |property: &str| OMITTED.contains(&(name, property));
            object.required =
                object.properties.keys().filter(|property| !omitted(property)).cloned().collect();
        }
        Schema::AllOf(parts) => {
            for part in &mut parts.items {
                if let RefOr::T(part) = part {
                    require_all(name, part);
                }
            }
        }
        _ => {}
    }
}
