//! `GET /api/scores`: what scores are, and how often they are wrong.

use std::borrow::Cow;

use axum::{extract::State, response::Response};
use domain::{ErrorCode, null_audit::Subject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::context::Context;
use crate::{
    api::reply::Reply,
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{NoParameters, Path, Query},
        state::AppState,
    },
    view::intelligence::{SCORES, ScoreAudit, ScoreDefinition, definition},
};

/// What every score is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScoreDefinitions(pub Vec<ScoreDefinition>);

// The derive would copy the schema of the rows.
impl utoipa::PartialSchema for ScoreDefinitions {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let rows = utoipa::openapi::Ref::from_schema_name(ScoreDefinition::name());
        utoipa::openapi::Array::new(rows).into()
    }
}

impl ToSchema for ScoreDefinitions {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ScoreDefinitions")
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        crate::api::reply::add_schemas::<ScoreDefinition>(schemas);
    }
}

/// Every definition.
pub(crate) fn definitions() -> ScoreDefinitions {
    ScoreDefinitions(SCORES.map(definition).to_vec())
}

type ScoreDefinitionsReply = Reply<ScoreDefinitions>;

/// List scores
///
/// What each score says, how it is computed, and the error rate it declares.
#[utoipa::path(
    get, path = "/api/scores", tag = "intelligence", operation_id = "list_scores",
    responses(
        (status = 200, description = "The definitions", body = ScoreDefinitionsReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_scores(
    State(app): State<AppState>,
    Query(NoParameters): Query<NoParameters>,
) -> Result<Response, ApiError> {
    let context = Context::load(&app).await?;
    Ok(context.reply(definitions()).respond(CachePolicy::NoStore))
}

/// What a word means that is audited.
pub(crate) fn find(word: &str) -> Result<Subject, ApiError> {
    Subject::of_slug(word).ok_or_else(|| {
        let word: String = word.chars().take(80).collect();
        let all = Subject::ALL.map(Subject::slug).to_vec();
        ApiError::new(ErrorCode::ScoreNotFound).with("kind", word).with("known", all)
    })
}

type ScoreAuditReply = Reply<ScoreAudit>;

/// Show how often a score is wrong
///
/// Or what else makes claims of wallets and markets. /// The last trial of each kind: on made-up wallets without skill, on real bets with outcomes drawn by their prices, on
/// a simulated world of which it is known who is what.
#[utoipa::path(
    get, path = "/api/scores/{kind}/audit", tag = "intelligence", operation_id = "get_score_audit",
    params(("kind" = String, Path, description = "A score (`whale`, `smart_money`, `reputation`, `maker`, `bot`), or what else makes claims: `insiders`, `flips`, `wash`, `clusters`")),
    responses(
        (status = 200, description = "The trials", body = ScoreAuditReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_score_audit(
    State(app): State<AppState>,
    Path(kind): Path<String>,
    Query(NoParameters): Query<NoParameters>,
) -> Result<Response, ApiError> {
    let subject = find(&kind)?;
    let context = Context::load(&app).await?;
    let audit = ScoreAudit::of(subject, &context.standing);
    Ok(context.reply(audit).respond(CachePolicy::NoStore))
}
